/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j TEE --gateway ADDRESS: a copy of the packet goes to that neighbour, as something the box sends. It
 * belongs to no connection, and is not copied again. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "ct.h"
#include "hook_emit.h"
#include "neigh.h"
#include "pkt_chain.h"
#include "pkt_pool.h"
#include "port.h"
#include "route_key.h"
#include "rule_host.h"
#include "rule_quote.h"

enum { OPT_GATEWAY, OPT_OIF };

struct tee {
	union rule_addr gateway;
	char oif[RULE_IFACE_NAME]; /* empty: as the route says */
};

static const struct rule_opt opts[] = {
	{ "gateway", OPT_GATEWAY, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "oif", OPT_OIF, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct tee *t = data;

	if (id == OPT_OIF)
		strncpy(t->oif, arg, sizeof(t->oif) - 1);
	else
		return rule_host_addr(p, arg, &t->gateway);
	return 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct tee *t = data;

	return t->gateway.q[0] == 0 && t->gateway.q[1] == 0 ? -EINVAL : 0;
}

/* 0: there is none of that name, and the route alone decides, as in Linux. */
static uint16_t
port_named(const struct gen *gen, const char *name)
{
	const struct port_table *ports = port_table_get(gen);

	for (uint16_t i = 1; name[0] != '\0' && i < PORT_MAX; i++)
		if (ports->by_index[i] != NULL && strcmp(ports->by_index[i]->name, name) == 0)
			return i;
	return 0;
}

/* The way to the gateway. false: there is none. */
static bool
route_copy(const struct rule_packet *rp, const struct tee *t, struct pkt *p)
{
	struct route_key k = { .in = ROUTE_IN_SELF, .out = port_named(rp->ctx->gen, t->oif) };
	const struct nexthop *nh;

	if (p->family == AF_INET) {
		k.dst = ip_addr_v4(t->gateway.v4);
		k.tos = pkt_ip4(rp->m)->type_of_service;
	} else {
		k.dst = ip_addr_v6(t->gateway.v6);
	}
	p->nh = route_lookup_key(rp->ctx->gen, &k);
	nh = nexthop_get(p->nh);
	if (nh->type != NEXTHOP_UNICAST)
		return false;
	p->out = nh->port;
	p->via = nh->neigh != NULL ? nh->neigh : neigh_get(nh->port, &k.dst);
	return p->via != NULL;
}

/* Loops end: a copy of what just came in has a hop less. */
static void
edit_header(const struct rule_packet *rp, struct rte_mbuf *m)
{
	bool hop = rp->ctx->point == HOOK_PREROUTING || rp->ctx->point == HOOK_INPUT;

	if (pkt(m)->family == AF_INET) {
		struct rte_ipv4_hdr *h = pkt_ip4(m);

		h->fragment_offset |= rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG);
		h->time_to_live -= hop;
		h->hdr_checksum = 0;
		h->hdr_checksum = ~rte_raw_cksum(h, rte_ipv4_hdr_len(h));
	} else {
		pkt_ip6(m)->ip6_hlim -= hop;
	}
}

/* What the copy is from here on: the box's own, untracked, with the packet's marks. */
static void
describe(const struct rule_packet *rp, struct rte_mbuf *m)
{
	const uint16_t stays = PKT_FRAG | PKT_FRAG_LATER | PKT_L4 | PKT_OPTIONS | PKT_EXT_BAD |
			       PKT_L3_MULTI | PKT_REASSEMBLED | PKT_TRACE;
	struct pkt *p = pkt(m);

	*p = *rp->p;
	p->flags = (p->flags & stays) | PKT_ORIGINATED | PKT_ROUTED | PKT_COPY;
	p->l4 = RTE_ETHER_HDR_LEN + (p->l4 - p->l3);
	p->l3 = RTE_ETHER_HDR_LEN;
	p->in = 0;
	p->entry = PKT_ENTRY_LOCAL_OUT;
	p->twin = 0;
	p->options = 0;
	p->record = 0;
	p->ct = CT_INFO_UNTRACKED;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	struct rte_mbuf *m;

	if (rp->p->flags & PKT_COPY)
		return RULE_VERDICT_CONTINUE;
	m = pkt_alloc(rp->ctx->lane);
	if (m == NULL)
		return RULE_VERDICT_CONTINUE;
	if (!pkt_chain_extend(m, RTE_ETHER_HDR_LEN + rp->p->len)) {
		rte_pktmbuf_free(m);
		return RULE_VERDICT_CONTINUE;
	}
	pkt_chain_copy(m, RTE_ETHER_HDR_LEN, rp->m, rp->p->l3, rp->p->len);
	describe(rp, m);
	edit_header(rp, m);
	if (route_copy(rp, data, pkt(m)))
		hook_emit.local_out(rp->ctx, m);
	else
		rte_pktmbuf_free(m);
	return RULE_VERDICT_CONTINUE;
}

static void
gateway_text(struct str *out, const struct rule_where *w, const struct tee *t)
{
	char text[IP_ADDR_TEXT];
	struct ip_addr a =
		w->family == HOOK_IP4 ? ip_addr_v4(t->gateway.v4) : ip_addr_v6(t->gateway.v6);

	str_add(out, ip_addr_text(&a, text));
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct tee *t = data;

	str_add(out, " TEE gw:");
	gateway_text(out, w, t);
	if (t->oif[0] != '\0')
		str_printf(out, " oif=%s", t->oif);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct tee *t = data;

	str_add(out, " --gateway ");
	gateway_text(out, w, t);
	if (t->oif[0] == '\0')
		return;
	str_add(out, " --oif");
	if (strpbrk(t->oif, " \t\"'\\") != NULL)
		rule_quote(out, t->oif);
	else
		str_printf(out, " %s", t->oif);
}

static struct rule_ext_type type = {
	.name = "TEE",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct tee),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_EFFECT | RULE_DEP_ROUTE,
};

RULE_EXT_REGISTER(type)
