/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_random.h>

#include "nat_follow.h"

#define ATTEMPTS_MAX 128

void
nat_follow_end(unsigned lane, struct ct *ct, const union ct_addr *addr, const uint16_t *port,
	       uint32_t now, enum nat_manip manip)
{
	const struct hook_ctx ctx = {
		.lane = lane,
		.now = (uint64_t)now << CT_TIME_SHIFT,
		.family = ct->family == AF_INET6 ? HOOK_IP6 : HOOK_IP4,
		.point = manip == NAT_SRC ? HOOK_POSTROUTING : HOOK_PREROUTING,
	};
	struct nat_range r = { .flags = NAT_MAP_IPS, .min_addr = *addr, .max_addr = *addr };

	if (port != NULL) {
		r.flags |= NAT_PROTO_SPECIFIED;
		r.min_port = r.max_port = rte_be_to_cpu_16(*port);
	}
	nat_setup(&ctx, ct, &r, manip);
}

void
nat_follow(unsigned lane, struct ct *ct, const struct ct_expect *e, uint32_t now)
{
	struct ct_tuple other = ct_tuple(e->master, !e->dir);

	nat_follow_end(lane, ct, &other.dst, NULL, now, NAT_SRC);
	nat_follow_end(lane, ct, &other.src, &e->saved_port, now, NAT_DST);
}

int
nat_expect(const struct ct_help *h, const struct ct_expect *e)
{
	uint32_t seconds = h->ct->ext->helper->policy[e->class].timeout;

	return ct_expect_add(h->ctx->lane, e, seconds, h->now);
}

void
nat_unexpect(const struct ct_help *h, const struct ct_expect *e)
{
	struct ct_tuple t = e->tuple;

	t.zone = ct_expect_zone(h->ct);
	ct_expect_cancel(h->ctx->lane, &t, h->now);
}

uint16_t
nat_expect_port(const struct ct_help *h, struct ct_expect *e, uint16_t port)
{
	unsigned from = port, above = UINT16_MAX - port, left = RTE_MIN(above, ATTEMPTS_MAX + 0u);
	int rc;

	for (;;) {
		e->tuple.dport = rte_cpu_to_be_16(port);
		rc = nat_expect(h, e);
		if (rc == 0)
			return port;
		if (rc != -EBUSY || left-- == 0)
			return 0;
		port = from + rte_rand_max(above);
	}
}
