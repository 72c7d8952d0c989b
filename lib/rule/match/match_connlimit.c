/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m connlimit: how many connections the packet's source (or destination, or its network) has. See rule_ext.h for who
 * calls what.
 */
#include <errno.h>

#include "base_drop.h"
#include "ct_conncount.h"
#include "ct_track.h"
#include "rule_host.h"
#include "rule_value.h"

DROP_REASON(none, "rule-connlimit-none",
	    "match connlimit counts no connection at all: the packet's is closed, or there is no "
	    "memory for it");
DROP_REASON(no_tuple, "rule-connlimit-malformed",
	    "match connlimit cannot tell the connection of a malformed packet");

enum { OPT_UPTO, OPT_ABOVE, OPT_MASK, OPT_SADDR, OPT_DADDR };

struct connlimit {
	uint32_t limit;
	uint8_t upto, dst;
	uint8_t len; /* of the prefix that makes one of all its hosts */
	union rule_addr mask;
};

static struct rule_ext_type type;

static const struct rule_opt opts[] = {
	{ "connlimit-upto", OPT_UPTO, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE,
	  1u << OPT_ABOVE },
	{ "connlimit-above", OPT_ABOVE, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE,
	  1u << OPT_UPTO },
	{ "connlimit-mask", OPT_MASK, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "connlimit-saddr", OPT_SADDR, RULE_OPT_ONCE, 1u << OPT_DADDR },
	{ "connlimit-daddr", OPT_DADDR, RULE_OPT_ONCE, 1u << OPT_SADDR },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct connlimit *c = data;

	switch (id) {
	case OPT_UPTO:
	case OPT_ABOVE:
		c->upto = (id == OPT_UPTO) != invert;
		return rule_value_number(p, arg, 0, UINT32_MAX, &c->limit);
	case OPT_MASK:
		return rule_host_prefix(p, arg, &c->len);
	default:
		c->dst = id == OPT_DADDR;
		return 0;
	}
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct connlimit *c = data;

	if (!(seen & (1u << OPT_UPTO | 1u << OPT_ABOVE)))
		return err_set(p->err, -EINVAL,
			       "You must specify \"--connlimit-above\" or \"--connlimit-upto\".");
	if (!(seen & 1u << OPT_MASK))
		c->len = rule_host_bits(p->family);
	c->mask = rule_host_mask(c->len);
	return 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	return ct_conncount_prepare();
}

static void
restart(const void *data, void *state)
{
	ct_conncount_clear(state);
}

static void
key_of(struct ct_conncount_key *key, const struct connlimit *c, const struct rte_mbuf *m)
{
	*key = (struct ct_conncount_key){ 0 };
	if (pkt_const(m)->family == AF_INET) {
		const struct rte_ipv4_hdr *h = pkt_ip4(m);

		key->addr.v4 = (c->dst ? h->dst_addr : h->src_addr) & c->mask.v4;
		return;
	}
	memcpy(&key->addr, c->dst ? &pkt_ip6(m)->ip6_dst : &pkt_ip6(m)->ip6_src, 16);
	key->addr.q[0] &= c->mask.q[0];
	key->addr.q[1] &= c->mask.q[1];
}

static bool
drop(struct rule_packet *rp, uint16_t reason)
{
	rp->hotdrop = true;
	rp->why = VERDICT_DROP_FOR(reason);
	return false;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct connlimit *c = data;
	struct ct_conncount_key key;
	struct ct_tuple tuple;
	enum ct_info info;
	const struct ct *ct = ct_of(rp->m, &info);
	uint32_t nb;

	key_of(&key, c, rp->m);
	if (ct != NULL) {
		tuple = ct_tuple(ct, CT_ORIGINAL);
		key.zone = tuple.zone;
	} else if (!ct_tuple_of_pkt(rp->ctx, rp->m, &tuple)) {
		return drop(rp, DROP(no_tuple));
	}
	nb = ct_conncount(rule_ext_state(&type, data), rp->ctx, &key, &tuple, ct);
	/* So does Linux, also where it is the last packet of a closed connection. */
	if (unlikely(nb == 0))
		return drop(rp, DROP(none));
	return (nb > c->limit) != c->upto;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connlimit *c = data;

	str_printf(out, " #conn %s/%u %s %u", c->dst ? "dst" : "src", c->len, c->upto ? "<=" : ">",
		   c->limit);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connlimit *c = data;

	str_printf(out, " --connlimit-%s %u --connlimit-mask %u --connlimit-%s",
		   c->upto ? "upto" : "above", c->limit, c->len, c->dst ? "daddr" : "saddr");
}

/* What a burst makes new counts before it is confirmed, so its packets need not wait for each other. */
static struct rule_ext_type type = {
	.name = "connlimit",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct connlimit),
	.state_size = sizeof(struct ct_conncount),
	.restart = restart,
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE | RULE_DEP_CTSTATE | RULE_DEP_ORDER,
	.needs = RULE_NEEDS_TRACK,
	.release = restart,
};

RULE_EXT_REGISTER(type)
