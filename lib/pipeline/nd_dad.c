/* SPDX-License-Identifier: BSD-3-Clause */
/* What duplicate address detection (addr_dad.h) sends and hears. */
#include <netinet/icmp6.h>

#include "addr_conf6.h"
#include "addr_dad.h"
#include "nd.h"
#include "pipeline.h"
#include "pkt_build.h"
#include "pkt_pool.h"

#define ND_OPT_NONCE 14 /* RFC 3971 5.3.2 */

bool
nd_claims_tentative(const struct walk *w, const struct rte_mbuf *m, const struct ip_addr *target)
{
	const uint8_t *msg = pkt_l4(m);
	const uint8_t *nonce = NULL;
	bool bad = false;

	if (!addr_is_tentative(w->ctx.gen, pkt_const(m)->in, target))
		return false;
	if (*msg == ND_NEIGHBOR_SOLICIT) {
		/* Who asks from an address of his own only wants to talk. */
		if (!IN6_IS_ADDR_UNSPECIFIED(&pkt_ip6(m)->ip6_src))
			return true;
		nonce = (const uint8_t *)nd_option(m, sizeof(struct nd_neighbor_solicit),
						   ND_OPT_NONCE, &bad);
	}
	addr_dad_heard(pkt_const(m)->in, target, nonce);
	return true;
}

/* Control lcore: gives the message, which spec describes but for what all have, to lane 0. */
static void
give(uint16_t port, struct pkt_nd *spec, void (*build)(struct rte_mbuf *, const struct pkt_nd *))
{
	struct rte_mbuf *m = pkt_alloc(0);

	if (m == NULL)
		return;
	spec->tos = nd_traffic_class(port);
	build(m, spec);
	pkt(m)->out = port;
	pkt(m)->flags |= PKT_ROUTED;
	pkt(m)->entry = PKT_ENTRY_LOCAL_OUT;
	pipeline_hand_over(0, m);
}

static void
probe(uint16_t port, const struct ip_addr *a, const uint8_t *nonce)
{
	static const uint8_t nobody[16];
	uint8_t group[16] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff };
	struct pkt_nd spec = { .src = nobody, .dst = group, .target = a->v6, .nonce = nonce };

	memcpy(group + 13, a->v6 + 13, 3);
	give(port, &spec, pkt_build_ns);
}

static void
announce(uint16_t port, const struct ip_addr *a)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
	const struct port *p = port_get(gen_current(), port);
	struct pkt_nd spec = {
		.mac = &p->mac,
		.src = a->v6,
		.dst = all_nodes,
		.target = a->v6,
		.flags = ND_NA_FLAG_OVERRIDE | (addr_is_router6(port) ? ND_NA_FLAG_ROUTER : 0),
	};

	give(port, &spec, pkt_build_na);
}

void
nd_dad_init(void)
{
	addr_dad_ops.probe = probe;
	addr_dad_ops.announce = announce;
}
