/* SPDX-License-Identifier: BSD-3-Clause */
/* What match conntrack asks of a packet's connection. Workers; called as match() of match_conntrack.c. */
#include "ct_template.h"
#include "rule_conntrack.h"
#include "rule_ctstate.h"

static inline bool
gives(const struct rule_conntrack *c, enum rule_conntrack_opt opt)
{
	return c->given & 1u << opt;
}

/* Whether an option that is given says no. */
static inline bool
fails(const struct rule_conntrack *c, enum rule_conntrack_opt opt, bool is)
{
	return gives(c, opt) && is == !!(c->invert & 1u << opt);
}

static bool
state_fails(const struct rule_conntrack *c, const struct rte_mbuf *m, const struct ct *ct)
{
	uint32_t state = rule_ctstate(m), status = ct != NULL ? ct_status(ct) : 0;

	if (status & CT_SRC_NAT)
		state |= RULE_CTSTATE_SNAT;
	if (status & CT_DST_NAT)
		state |= RULE_CTSTATE_DNAT;
	return fails(c, RULE_CT_STATE, c->states & state);
}

static bool
host_fails(const struct rule_conntrack *c, unsigned end, const union ct_addr *a)
{
	const union rule_addr *want = &c->host[end].addr, *mask = &c->mask[end];
	bool same = ((a->q[0] ^ want->q[0]) & mask->q[0]) == 0 &&
		    ((a->q[1] ^ want->q[1]) & mask->q[1]) == 0;

	return fails(c, RULE_CT_ORIGSRC + end, same);
}

static bool
port_fails(const struct rule_conntrack *c, unsigned end, uint16_t be)
{
	uint16_t port = rte_be_to_cpu_16(be);

	return fails(c, RULE_CT_ORIGSRCPORT + end,
		     port >= c->port[end].lo && port <= c->port[end].hi);
}

/* One direction's addresses and ports; end: its source's index. */
static bool
tuple_fails(const struct rule_conntrack *c, unsigned end, const struct ct_tuple *t)
{
	return host_fails(c, end, &t->src) || host_fails(c, end + 1, &t->dst) ||
	       port_fails(c, end, t->sport) || port_fails(c, end + 1, t->dport);
}

#define TUPLE_OPTS(end) (3u << (RULE_CT_ORIGSRC + (end)) | 3u << (RULE_CT_ORIGSRCPORT + (end)))

/* Seconds until it expires; one that is not in the table yet has none left, as in Linux. */
static uint32_t
seconds_left(const struct rule_packet *rp, const struct ct *ct)
{
	int32_t left;

	if (!(ct_status(ct) & CT_CONFIRMED))
		return 0;
	left = __atomic_load_n(&ct->expires, __ATOMIC_RELAXED) - ct_time(rp->ctx->now);
	return left > 0 ? ((uint64_t)left << CT_TIME_SHIFT) / 1000 : 0;
}

bool
rule_conntrack_match(struct rule_packet *rp, const void *data)
{
	const struct rule_conntrack *c = data;
	enum ct_info info;
	const struct ct *ct = ct_seen_of(rp->m, &info);

	if (gives(c, RULE_CT_STATE) && state_fails(c, rp->m, ct))
		return false;
	/* Without a connection nothing else is asked. */
	if (ct == NULL)
		return gives(c, RULE_CT_STATE);
	if (fails(c, RULE_CT_DIR, ct_info_dir(info) == c->dir) ||
	    fails(c, RULE_CT_PROTO, ct->proto == c->proto) ||
	    fails(c, RULE_CT_STATUS, c->status & ct_status(ct)))
		return false;
	for (unsigned d = 0; d < CT_DIRS; d++) {
		struct ct_tuple t;

		if (!(c->given & TUPLE_OPTS(2 * d)))
			continue;
		t = ct_tuple(ct, d);
		if (tuple_fails(c, 2 * d, &t))
			return false;
	}
	return !gives(c, RULE_CT_EXPIRE) ||
	       !fails(c, RULE_CT_EXPIRE, rule_range_has(&c->expire, seconds_left(rp, ct)));
}
