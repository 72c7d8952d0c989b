/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of rules, as `ip rule` changes it. Control lcore. Each change is compiled and published
 * as a generation before the command answers.
 */
#include <stdlib.h>
#include <string.h>

#include "base_log.h"
#include "policy_compile.h"
#include "rib_table.h"
#include "route_nexthop.h"

#define PREF_MAIN 32766
#define PREF_DEFAULT 32767

static struct list {
	struct policy_rule **of;
	unsigned n;
} lists[2]; /* [0] IPv4, [1] IPv6; by preference, then age */

static bool default_used[2]; /* table default had routes when it was last compiled */
static uint32_t id_blackhole, id_prohibit;

static struct list *
list_of(uint8_t family)
{
	return &lists[family == AF_INET6];
}

uint32_t
policy_refusal(enum policy_action action)
{
	return action == POLICY_BLACKHOLE ? id_blackhole : id_prohibit;
}

static void
set_free(void *obj)
{
	struct policy_set *s = obj;

	free(s->of[0]);
	free(s->of[1]);
	free(s);
}

static bool
plain(const struct policy_rule *r, uint32_t pref, uint32_t table)
{
	struct policy_rule want = { .family = r->family,
				    .action = POLICY_TABLE,
				    .proto = r->proto,
				    .pref = pref,
				    .has_pref = true,
				    .table = table,
				    .suppress = -1 };

	return memcmp(r, &want, sizeof(want)) == 0;
}

/* The fast look-up does what these rules ask for. */
static bool
is_default(uint8_t family)
{
	const struct list *l = list_of(family);
	const struct rib *d = rib_of(family, RT_TABLE_DEFAULT);
	bool main_last =
		l->n == 2 || (l->n == 3 && plain(l->of[2], PREF_DEFAULT, RT_TABLE_DEFAULT) &&
			      (d == NULL || d->nb_routes == 0));

	return main_last && plain(l->of[0], 0, RT_TABLE_LOCAL) &&
	       plain(l->of[1], PREF_MAIN, RT_TABLE_MAIN);
}

static int
publish(struct err *e)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct policy_set *s = calloc(1, sizeof(*s));
	struct gen *draft;

	if (s == NULL)
		return err_set(e, -ENOMEM, "no memory for one more rule");
	for (unsigned i = 0; i < 2; i++) {
		const struct rib *d = rib_of(families[i], RT_TABLE_DEFAULT);

		default_used[i] = d != NULL && d->nb_routes > 0;
		if (is_default(families[i]))
			continue;
		s->of[i] = policy_compile((const struct policy_rule *const *)lists[i].of,
					  lists[i].n, e);
		if (s->of[i] == NULL) {
			set_free(s);
			return -ENOMEM;
		}
	}
	if (s->of[0] == NULL && s->of[1] == NULL) {
		set_free(s);
		s = NULL;
	}
	if (s == NULL && gen_current()->slot[policy_slot] == NULL)
		return 0;
	draft = gen_draft();
	gen_draft_set(draft, policy_slot, s);
	gen_commit(draft);
	return 0;
}

void
policy_follow_tables(void)
{
	struct err e = { "" };

	for (unsigned i = 0; i < 2; i++) {
		const struct rib *d = rib_of(i == 0 ? AF_INET : AF_INET6, RT_TABLE_DEFAULT);

		if (default_used[i] != (d != NULL && d->nb_routes > 0)) {
			if (publish(&e) != 0)
				LOG(ERR, "%s", e.text);
			return;
		}
	}
}

static int
insert(struct list *l, const struct policy_rule *r, unsigned at)
{
	struct policy_rule **of = realloc(l->of, (l->n + 1) * sizeof(*of)), *copy;

	if (of == NULL || (copy = malloc(sizeof(*copy))) == NULL)
		return -ENOMEM;
	*copy = *r;
	l->of = of;
	memmove(of + at + 1, of + at, (l->n - at) * sizeof(*of));
	of[at] = copy;
	l->n++;
	return 0;
}

static void
remove_at(struct list *l, unsigned at)
{
	free(l->of[at]);
	l->n--;
	memmove(l->of + at, l->of + at + 1, (l->n - at) * sizeof(*l->of));
}

/* Before the second rule, so that it comes after local. */
static uint32_t
free_pref(const struct list *l)
{
	return l->n > 1 && l->of[1]->pref > 0 ? l->of[1]->pref - 1 : 0;
}

static int
check(const struct list *l, struct policy_rule *r, struct err *e)
{
	e->text[0] = '\0';
	if (r->action == POLICY_GOTO && r->target <= (r->has_pref ? r->pref : free_pref(l)))
		return err_set(e, -EINVAL, "Backward goto not supported");
	if (r->tos & 3)
		return err_set(e, -EINVAL, "Invalid dsfield (tos): ECN bits must be 0");
	if (r->family == AF_INET && r->tos & ~0x1e)
		return err_set(e, -EINVAL, "Invalid tos");
	if (lists[0].n + lists[1].n >= POLICY_RULES_MAX)
		return err_set(e, -ENOSPC, "There are %u rules already, the most there can be",
			       POLICY_RULES_MAX);
	return 0;
}

int
policy_add(struct policy_rule *r, struct err *e)
{
	struct list *l = list_of(r->family);
	int rc = check(l, r, e);
	unsigned at = 0;

	if (rc != 0)
		return rc;
	if (!r->has_pref)
		r->pref = free_pref(l);
	r->has_pref = true;
	for (unsigned i = 0; i < l->n; i++) {
		struct policy_rule other = *l->of[i];

		other.proto = r->proto;
		if (memcmp(&other, r, sizeof(other)) == 0)
			return -EEXIST;
	}
	while (at < l->n && l->of[at]->pref <= r->pref)
		at++;
	if (insert(l, r, at) != 0)
		return err_set(e, -ENOMEM, "no memory for one more rule");
	rc = publish(e);
	if (rc != 0)
		remove_at(l, at);
	return rc;
}

static bool
same_prefix(const struct ip_prefix *a, const struct ip_prefix *b)
{
	return a->addr.family == b->addr.family && a->len == b->len &&
	       (a->addr.family == AF_UNSPEC || ip_addr_equal(&a->addr, &b->addr));
}

static bool
same_ports(const struct policy_ports *want, const struct policy_ports *p)
{
	return want->last == 0 || (want->first == p->first && want->last == p->last);
}

/* What a deletion names has to be the rule's; the rest may be anything, as its action POLICY_NOP. */
static bool
meant(const struct policy_rule *want, const struct policy_rule *r)
{
	return (want->action == POLICY_NOP || want->action == r->action) &&
	       (!want->has_pref || want->pref == r->pref) &&
	       (want->table == 0 || want->table == r->table) &&
	       (want->proto == 0 || want->proto == r->proto) &&
	       (want->suppress < 0 || want->suppress == r->suppress) &&
	       (want->mask == 0 || (want->mark == r->mark && want->mask == r->mask)) &&
	       (want->target == 0 || want->target == r->target) &&
	       (want->in[0] == '\0' || strcmp(want->in, r->in) == 0) &&
	       (want->out[0] == '\0' || strcmp(want->out, r->out) == 0) &&
	       (want->ip_proto == 0 || want->ip_proto == r->ip_proto) &&
	       (want->tos == 0 || want->tos == r->tos) &&
	       (want->src.addr.family == AF_UNSPEC || same_prefix(&want->src, &r->src)) &&
	       (want->dst.addr.family == AF_UNSPEC || same_prefix(&want->dst, &r->dst)) &&
	       same_ports(&want->sport, &r->sport) && same_ports(&want->dport, &r->dport);
}

int
policy_del(const struct policy_rule *r, struct err *e)
{
	struct list *l = list_of(r->family);

	e->text[0] = '\0';
	for (unsigned i = 0; i < l->n; i++) {
		struct policy_rule *gone = l->of[i];

		if (!meant(r, gone))
			continue;
		l->n--;
		memmove(l->of + i, l->of + i + 1, (l->n - i) * sizeof(*l->of));
		if (publish(e) == 0) {
			free(gone);
			return 0;
		}
		memmove(l->of + i + 1, l->of + i, (l->n - i) * sizeof(*l->of));
		l->of[i] = gone;
		l->n++;
		return -ENOMEM;
	}
	return -ENOENT;
}

void
policy_flush(uint8_t family, uint8_t proto)
{
	struct list *l = list_of(family);
	struct err e = { "" };

	for (unsigned i = l->n; i-- > 0;)
		if (l->of[i]->pref != 0 && (proto == 0 || l->of[i]->proto == proto))
			remove_at(l, i);
	if (publish(&e) != 0)
		LOG(ERR, "%s", e.text);
}

void
policy_walk(uint8_t family, void (*fn)(const struct policy_rule *r, void *arg), void *arg)
{
	const struct list *l = list_of(family);

	for (unsigned i = 0; i < l->n; i++)
		fn(l->of[i], arg);
}

bool
policy_has(uint8_t family, uint32_t pref)
{
	const struct list *l = list_of(family);

	for (unsigned i = 0; i < l->n; i++)
		if (l->of[i]->pref == pref)
			return true;
	return false;
}

/* Rules name ports that need not exist. */
static void
on_port_event(enum port_event event, const struct port *p)
{
	struct err e = { "" };

	if (event == PORT_ADDED && gen_current()->slot[policy_slot] != NULL && publish(&e) != 0)
		LOG(ERR, "%s: %s", p->name, e.text);
}

int
policy_init(struct err *e)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct nexthop blackhole = { .type = NEXTHOP_BLACKHOLE };
	struct nexthop prohibit = { .type = NEXTHOP_PROHIBIT };
	int rc = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct policy_rule r = { .family = families[i],
					 .table = RT_TABLE_LOCAL,
					 .proto = RTPROT_KERNEL,
					 .has_pref = true,
					 .suppress = -1 };

		rc |= insert(&lists[i], &r, 0);
		r.pref = PREF_MAIN;
		r.table = RT_TABLE_MAIN;
		rc |= insert(&lists[i], &r, 1);
		r.pref = PREF_DEFAULT;
		r.table = RT_TABLE_DEFAULT;
		/* IPv6 has no table default. */
		if (families[i] == AF_INET)
			rc |= insert(&lists[i], &r, 2);
	}
	if (rc != 0 || nexthop_ref(&blackhole, &id_blackhole) != 0 ||
	    nexthop_ref(&prohibit, &id_prohibit) != 0)
		return err_set(e, -ENOMEM, "no memory for routing rules");
	return 0;
}

RTE_INIT(policy_rules_init)
{
	policy_slot = gen_slot("policy rules", set_free);
	port_on_event(on_port_event);
}
