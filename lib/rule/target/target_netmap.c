/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j NETMAP: addresses of a network become those of another, with their host bits: destinations where packets come from,
 * sources where they go. See rule_ext.h for who calls what.
 */
#include "rule_host.h"
#include "rule_nat_range.h"

static const struct rule_opt opts[] = {
	RULE_NAT_OPT_TO_MUST("to"),
};

/* The data: a range from the network's first address to its last. */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct nat_range *r = data;
	struct rule_host net;
	union rule_addr mask;
	int rc = rule_host_parse(p, arg, &net);

	if (rc != 0)
		return rc;
	mask = rule_host_mask(net.len);
	r->flags = NAT_MAP_IPS;
	for (unsigned i = 0; i < rule_host_bits(p->family) / 32u; i++) {
		r->min_addr.w[i] = net.addr.w[i] & mask.w[i];
		r->max_addr.w[i] = net.addr.w[i] | ~mask.w[i];
	}
	return 0;
}

/* The address whose end is mapped here. */
static const void *
address_of(const struct rule_packet *rp, enum nat_manip manip)
{
	if (rp->p->family == AF_INET6) {
		const struct ip6_hdr *h = pkt_ip6(rp->m);

		return manip == NAT_SRC ? &h->ip6_src : &h->ip6_dst;
	}
	const struct rte_ipv4_hdr *h = pkt_ip4(rp->m);

	return manip == NAT_SRC ? &h->src_addr : &h->dst_addr;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct nat_range *net = data;
	enum nat_manip manip = nat_manip_at(rp->ctx->point);
	struct ip_addr a = { .family = rp->p->family };
	unsigned bytes = ip_addr_bits(a.family) / 8;
	struct nat_range r = *net;

	memcpy(a.v6, address_of(rp, manip), bytes);
	for (unsigned i = 0; i < bytes / 4; i++) {
		uint32_t host = net->min_addr.w[i] ^ net->max_addr.w[i];

		a.w[i] = (a.w[i] & host) | net->min_addr.w[i];
	}
	rule_nat_address(&r, &a);
	return rule_nat_setup(rp, &r, manip);
}

static void
text(struct str *out, const char *before, const struct rule_where *w, const struct nat_range *r)
{
	uint8_t bits = rule_host_bits(w->family);
	struct rule_host net = { .len = bits };

	memcpy(&net.addr, &r->min_addr, sizeof(net.addr));
	for (unsigned i = 0; i < bits / 32u; i++)
		net.len -= __builtin_popcount(r->min_addr.w[i] ^ r->max_addr.w[i]);
	str_add(out, before);
	rule_host_print(out, w->family, &net);
	if (net.len == bits)
		str_printf(out, "/%u", bits);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, " to:", w, data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, " --to ", w, data);
}

static struct rule_ext_type type = {
	.name = "NETMAP",
	.target = true,
	.ends = true,
	.table = "nat",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct nat_range),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_SOURCE,
};

RULE_EXT_REGISTER(type)
