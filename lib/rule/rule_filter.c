/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes filters of rules. Called by rule_code.c on the control lcore.
 */
#include "rule_filter.h"

#include "rule_ctstate.h"
#include "rule_iface.h"

/*
 * A match like this does something (sets may count), or may drop the packet, whatever the matches behind it say: what they ask must
 * not keep packets away from it.
 */
#define UNCLEAN \
	(RULE_DEP_ACTS | RULE_DEP_TCP_OPTIONS | RULE_DEP_EXT6 | RULE_DEP_FRAG | RULE_DEP_PAYLOAD)

static void
add_iface(struct rule_filter *f, const struct rule_ip *ip, bool out)
{
	struct rule_iface_pattern p = { .out = out };
	uint64_t bit;
	int n;

	memcpy(p.name, out ? ip->out : ip->in, sizeof(p.name));
	memcpy(p.mask, out ? ip->out_mask : ip->in_mask, sizeof(p.mask));
	n = rule_iface_hold(&p);
	if (n < 0) {
		f->exact = false;
		return;
	}
	f->ifaces |= UINT64_C(1) << n;
	bit = UINT64_C(1) << (RULE_WORD_IFACE_SHIFT + n);
	f->care |= bit;
	if (!(ip->inv & (out ? RULE_INV_OUT : RULE_INV_IN)))
		f->want |= bit;
}

static void
add_ip(struct rule_filter *f, const struct rule_ip *ip)
{
	f->src = ip->src;
	f->smask = ip->smask;
	f->dst = ip->dst;
	f->dmask = ip->dmask;
	f->not_src = ip->inv & RULE_INV_SRC;
	f->not_dst = ip->inv & RULE_INV_DST;
	if (ip->proto != 0 && !(ip->inv & RULE_INV_PROTO)) {
		f->want |= ip->proto;
		f->care |= UINT8_MAX;
	} else if (ip->proto != 0) {
		f->exact = false;
	}
	if (ip->flags & RULE_IP_FRAG)
		f->exact = false;
	if (ip->in[0] != '\0')
		add_iface(f, ip, false);
	if (ip->out[0] != '\0')
		add_iface(f, ip, true);
}

static void
add_ports(struct rule_filter *f, enum rule_port_side side, const struct rule_test *t)
{
	struct rule_port_range *p = &f->port[side];
	bool free = p->lo == 0 && p->hi == UINT16_MAX && !p->invert;

	/* One range a side; none that is empty, as "90:80" of match udp. */
	if (!free || t->nb == 0 || (t->nb > 1 && t->invert) || t->range[0].lo > t->range[0].hi) {
		f->exact = false;
		return;
	}
	/* Of several ranges what they span together. */
	f->exact &= t->nb == 1;
	*p = (struct rule_port_range){ t->range[0].lo, t->range[0].hi, t->invert };
	for (unsigned i = 1; i < t->nb; i++) {
		p->lo = RTE_MIN(p->lo, t->range[i].lo);
		p->hi = RTE_MAX(p->hi, t->range[i].hi);
	}
}

static void
add_states(struct rule_filter *f, const struct rule_test *t)
{
	uint64_t named = (uint64_t)t->range[0].lo << RULE_WORD_STATE_SHIFT;

	/* A packet has one state: none of those that are not named. */
	f->care |= (t->invert ? named : ~named) & RULE_WORD_STATES;
}

static void
add_test(struct rule_filter *f, const struct rule_test *t)
{
	switch (t->field) {
	case RULE_FIELD_SPORT:
		add_ports(f, RULE_PORT_SRC, t);
		break;
	case RULE_FIELD_DPORT:
	case RULE_FIELD_ICMP:
		add_ports(f, RULE_PORT_DST, t);
		break;
	case RULE_FIELD_CTSTATE:
		add_states(f, t);
		break;
	default:
		f->exact = false;
	}
}

void
rule_filter_of(const struct rule *r, struct rule_filter *f)
{
	struct rule_test t[RULE_TESTS_MAX];

	*f = (struct rule_filter){
		.exact = true,
		.port = { { 0, UINT16_MAX, false }, { 0, UINT16_MAX, false } },
	};
	add_ip(f, &r->ip);
	for (unsigned i = 0; i < r->nb_matches; i++) {
		const struct rule_ext *x = &r->match[i];
		int n = x->type->tests != NULL ? x->type->tests(x->data, t) : -ENOTSUP;

		f->exact &= n >= 0;
		for (int k = 0; k < n; k++)
			add_test(f, &t[k]);
		if (rule_ext_deps(x) & UNCLEAN) {
			f->exact = false;
			break;
		}
	}
}

void
rule_filter_drop(uint64_t ifaces)
{
	for (; ifaces != 0; ifaces &= ifaces - 1)
		rule_iface_drop(__builtin_ctzll(ifaces));
}
