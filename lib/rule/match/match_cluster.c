/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m cluster: connections shared out among the boxes of a cluster, each of which sees all packets, by a
 * hash of their first source. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include <rte_jhash.h>

#include "ct_expect.h"
#include "rule_value.h"

enum { OPT_TOTAL, OPT_NODE, OPT_MASK, OPT_SEED };

#define NODES_MAX 32

struct cluster {
	uint32_t total, mask, seed;
	uint32_t invert;
};

#define NODE_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)
#define VALUE_FLAGS (RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST)

static const struct rule_opt opts[] = {
	{ "cluster-total-nodes", OPT_TOTAL, VALUE_FLAGS, 0 },
	{ "cluster-local-node", OPT_NODE, NODE_FLAGS, 1u << OPT_MASK },
	{ "cluster-local-nodemask", OPT_MASK, NODE_FLAGS, 1u << OPT_NODE },
	{ "cluster-hash-seed", OPT_SEED, VALUE_FLAGS, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct cluster *c = data;
	const char *end;
	uint64_t mask;
	uint32_t n = 1;
	int rc = 0;

	if (id == OPT_SEED)
		return rule_value_number(p, arg, 0, UINT32_MAX, &c->seed);
	/* iptables takes no mask above 32, and so does not read back all that it saves. */
	if (id == OPT_MASK && rule_value_read(arg, &end, UINT32_MAX, &mask) && *end == '\0' &&
	    mask > NODES_MAX)
		n = mask;
	else
		rc = rule_value_number(p, arg, 1, NODES_MAX, &n);
	if (rc != 0)
		return rc;
	if (id == OPT_TOTAL)
		c->total = n;
	else
		c->mask = id == OPT_NODE ? UINT32_C(1) << (n - 1) : n;
	c->invert |= invert;
	return 0;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	const struct cluster *c = data;

	if (!(seen & (1u << OPT_NODE | 1u << OPT_MASK)))
		return err_set(p->err, -EINVAL,
			       "cluster match: `--cluster-local-node' or"
			       "`--cluster-local-nodemask' is missing");
	/* What must be given is said first. */
	if (!(seen & 1u << OPT_TOTAL) || !(seen & 1u << OPT_SEED) ||
	    (uint64_t)c->mask < UINT64_C(1) << c->total)
		return 0;
	return err_set(p->err, -EINVAL,
		       seen & 1u << OPT_NODE ? "cluster match: `--cluster-local-node' must be <= "
					       "`--cluster-total-nodes'"
					     : "cluster match: `--cluster-local-nodemask' too big "
					       "for `--cluster-total-nodes'");
}

/* Of the connection, or of the one that announced it. */
static struct ct_tuple
first_tuple(const struct ct *ct)
{
	const struct ct_ext *ext = __atomic_load_n(&ct->ext, __ATOMIC_ACQUIRE);

	if (ext != NULL && __atomic_load_n(&ext->master, __ATOMIC_ACQUIRE) != NULL)
		return ext->master_key;
	return ct_tuple(ct, CT_ORIGINAL);
}

/* Linux's hash, of the first word of an IPv6 address too. */
static uint32_t
node_of(const struct cluster *c, const struct ct_tuple *t)
{
	return (uint64_t)rte_jhash_1word(t->src.w[0], c->seed) * c->total >> 32;
}

static bool
is_multicast(const struct rte_mbuf *m)
{
	if (pkt_const(m)->family == AF_INET)
		return rte_be_to_cpu_32(pkt_ip4(m)->dst_addr) >> 28 == 14;
	return pkt_ip6(m)->ip6_dst.s6_addr[0] == 0xff;
}

/* All boxes have one multicast MAC address: a frame to it is as good as one to this box, from here on. */
static void
accept_frame(struct rte_mbuf *m)
{
	if (pkt(m)->flags & PKT_L2_MCAST && !is_multicast(m))
		pkt(m)->flags &= ~PKT_L2_MCAST;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct cluster *c = data;
	enum ct_info info;
	struct ct *ct = ct_of(rp->m, &info);
	struct ct_tuple t;

	accept_frame(rp->m);
	if (ct == NULL)
		return false;
	t = first_tuple(ct);
	return (c->mask >> node_of(c, &t) & 1) != !!c->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct cluster *c = data;

	str_printf(out, " cluster %snode_mask=0x%08x total_nodes=%u hash_seed=0x%08x",
		   c->invert ? "!" : "", c->mask, c->total, c->seed);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct cluster *c = data;

	rule_save_opt(out, c->invert, "--cluster-local-nodemask");
	str_printf(out, " 0x%08x --cluster-total-nodes %u --cluster-hash-seed 0x%08x", c->mask,
		   c->total, c->seed);
}

static struct rule_ext_type type = {
	.name = "cluster",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct cluster),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE | RULE_DEP_CTSTATE | RULE_DEP_WRITER,
	.needs = RULE_NEEDS_TRACK,
};

RULE_EXT_REGISTER(type)
