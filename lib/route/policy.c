/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules as workers walk them: an immutable object of the generation. Compiled by the control lcore
 * from the list of rules (policy_rules.c), again when a port or a table that they name comes.
 */
#include <stdlib.h>
#include <string.h>

#include "policy_compile.h"
#include "rib_table.h"

/* Linux's rules look at three bits of IPv4's TOS only (INET_DSCP_LEGACY_TOS_MASK). */
#define TOS4_MASK 0x1c
#define TOS6_MASK 0xfc

unsigned policy_slot;

static bool
port_fits(const struct policy_ports *want, uint16_t be)
{
	uint16_t port = rte_be_to_cpu_16(be);

	return want->last == 0 || (port >= want->first && port <= want->last);
}

static bool
addr_fits(const struct ip_prefix *want, const struct ip_addr *a)
{
	if (want->addr.family == AF_UNSPEC || want->len == 0)
		return true;
	return a->family == want->addr.family && ip_prefix_contains(want, a);
}

bool
policy_fits(const struct policy_step *s, const struct route_key *k)
{
	const struct policy_rule *r = &s->r;
	bool fits = (s->in == 0 || s->in == k->in) && (s->out == 0 || s->out == k->out) &&
		    ((r->mark ^ k->mark) & r->mask) == 0 && addr_fits(&r->src, &k->src) &&
		    addr_fits(&r->dst, &k->dst) &&
		    (r->tos == 0 ||
		     r->tos == (k->tos & (r->family == AF_INET ? TOS4_MASK : TOS6_MASK))) &&
		    (r->ip_proto == 0 || r->ip_proto == k->proto) &&
		    port_fits(&r->sport, k->sport) && port_fits(&r->dport, k->dport);

	return fits != r->invert;
}

uint32_t
policy_lookup(const struct policy *p, const struct route_key *k)
{
	uint8_t len = 0;
	uint32_t id;

	for (unsigned i = 0; i < p->n; i++) {
		const struct policy_step *s = &p->of[i];

		if (!policy_fits(s, k))
			continue;
		switch (s->r.action) {
		case POLICY_GOTO:
			i = s->next - 1;
			continue;
		case POLICY_NOP:
			continue;
		case POLICY_TABLE:
			id = fib_lookup(s->fib, &k->dst, k->out, &len);
			if (id == NEXTHOP_NONE || nexthop_get(id)->type == NEXTHOP_THROW ||
			    (int)len <= s->r.suppress)
				continue;
			return id;
		default:
			return s->id;
		}
	}
	return NEXTHOP_NONE;
}

static bool
step_is_local(const struct policy_step *s)
{
	const struct policy_rule *r = &s->r;

	return r->action == POLICY_TABLE && r->table == RT_TABLE_LOCAL && !r->invert &&
	       s->in == 0 && s->out == 0 && r->mask == 0 && r->src.addr.family == AF_UNSPEC &&
	       r->dst.addr.family == AF_UNSPEC && r->tos == 0 && r->ip_proto == 0 &&
	       r->sport.last == 0 && r->dport.last == 0 && r->suppress < 0;
}

/*
 * After a rule that asks table local for every packet, local and main in one say what main says;
 * else main has to have a forwarding table of its own.
 */
static struct fib *
fib_for(uint8_t family, uint32_t table, bool after_local, struct err *e)
{
	struct rib *t;

	if (table == RT_TABLE_MAIN && after_local)
		return fib_fast(family);
	if (route_table_need(family, table, e) != 0)
		return NULL;
	t = rib_of(family, table);
	if (t->fib == NULL)
		t->fib = fib_new(family, false, t, NULL, e);
	return t->fib;
}

/* No port has this index: a rule for a port that is not there fits nothing. */
#define NO_PORT (ROUTE_IN_SELF - 1)

static uint16_t
port_of(const char *name)
{
	const struct port *p;

	if (name[0] == '\0')
		return 0;
	if (strcmp(name, "lo") == 0)
		return ROUTE_IN_SELF;
	p = port_by_name(gen_current(), name);
	return p != NULL ? p->index : NO_PORT;
}

static void
resolve_gotos(struct policy *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		struct policy_step *s = &p->of[i];
		unsigned to = i + 1;

		if (s->r.action != POLICY_GOTO)
			continue;
		while (to < p->n && p->of[to].r.pref != s->r.target)
			to++;
		if (to < p->n)
			s->next = to;
		else
			s->r.action = POLICY_NOP;
	}
}

struct policy *
policy_compile(const struct policy_rule *const *rules, unsigned n, struct err *e)
{
	struct policy *p = calloc(1, sizeof(*p) + n * sizeof(p->of[0]));
	bool after_local = false;

	if (p == NULL) {
		err_set(e, -ENOMEM, "no memory for one more rule");
		return NULL;
	}
	for (; p->n < n; p->n++) {
		struct policy_step *s = &p->of[p->n];

		s->r = *rules[p->n];
		s->in = port_of(s->r.in);
		s->out = port_of(s->r.out);
		if (s->r.action == POLICY_BLACKHOLE || s->r.action == POLICY_PROHIBIT)
			s->id = policy_refusal(s->r.action);
		if (s->r.action != POLICY_TABLE)
			continue;
		s->fib = fib_for(s->r.family, s->r.table, after_local, e);
		if (s->fib == NULL) {
			free(p);
			return NULL;
		}
		after_local |= step_is_local(s);
	}
	resolve_gotos(p);
	return p;
}

const struct route *
policy_route(const struct route_key *k, int *why)
{
	const struct policy *p = policy_of(gen_current(), k->dst.family);
	const struct route *r = NULL;

	*why = -ENETUNREACH;
	if (p == NULL) {
		r = route_lookup(&k->dst, 0, k->out);
		return r != NULL && r->type == RTN_THROW ? NULL : r;
	}
	for (unsigned i = 0; i < p->n; i++) {
		const struct policy_step *s = &p->of[i];

		if (!policy_fits(s, k) || s->r.action == POLICY_NOP)
			continue;
		if (s->r.action == POLICY_GOTO) {
			i = s->next - 1;
		} else if (s->r.action == POLICY_TABLE) {
			r = route_lookup_in(s->r.table, &k->dst, 0, k->out);
			if (r != NULL && r->type != RTN_THROW && r->dst.len > s->r.suppress)
				return r;
		} else {
			*why = s->r.action == POLICY_PROHIBIT    ? -EACCES
			       : s->r.action == POLICY_BLACKHOLE ? -EINVAL
								 : -ENETUNREACH;
			return NULL;
		}
	}
	return NULL;
}
