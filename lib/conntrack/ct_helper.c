/* SPDX-License-Identifier: BSD-3-Clause */
/* The helpers there are, and what they do their work with. */
#include <rte_malloc.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "base_drop.h"
#include "ct_ext.h"
#include "ct_helper.h"
#include "ct_nat_ops.h"
#include "ct_proto.h"
#include "pkt_chain.h"

DROP_REASON(helper, "ct-helper",
	    "its connection's helper could not read it, or not announce what it says");

static struct ct_helper *all;
bool ct_helped;
const struct ct_nat_ops *ct_nat_ops;

void
ct_helper_register(struct ct_helper *h)
{
	h->next = all;
	all = h;
}

const struct ct_helper *
ct_helper_find(const char *name, enum hook_family family, uint8_t proto)
{
	for (const struct ct_helper *h = all; h != NULL; h = h->next)
		if (strcmp(h->name, name) == 0 && h->families & 1u << family && h->proto == proto)
			return h;
	return NULL;
}

bool
ct_helper_set(struct ct *ct, const struct ct_helper *h, unsigned lane)
{
	struct ct_ext *x = ct_ext_get(ct, lane);

	if (x == NULL)
		return false;
	memset(x->helper_data, 0, sizeof(x->helper_data));
	x->helper = h;
	ct_status_set(ct, CT_HELPER);
	__atomic_store_n(&ct_helped, true, __ATOMIC_RELAXED);
	return true;
}

verdict_t
ct_help_drop(void)
{
	return VERDICT_DROP_FOR(DROP(helper));
}

void
ct_help_refresh(const struct ct_help *h, uint32_t seconds)
{
	uint32_t expires = ct_seconds(seconds), status = ct_status(h->ct);

	if (status & CT_FIXED_TIMEOUT)
		return;
	if (status & CT_CONFIRMED) {
		expires += h->now;
		if ((int32_t)(expires - h->ct->expires) < 0)
			ct_sweep_sooner(h->ct, expires);
	}
	__atomic_store_n(&h->ct->expires, expires, __ATOMIC_RELAXED);
}

verdict_t
ct_help_announce(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len,
		 struct ct_expect *e)
{
	uint32_t seconds = h->ct->ext->helper->policy[e->class].timeout;

	if (said != CT_SAID_NOTHING && ct_help_translated(h))
		return ct_nat_ops->announce(h, said, off, len, e);
	return ct_expect_add(h->ctx->lane, e, seconds, h->now) == 0 ? VERDICT_ACCEPT
								    : ct_help_drop();
}

uint32_t
ct_help_data(const struct ct_help *h)
{
	const struct pkt *p = pkt_const(h->m);
	uint32_t header = sizeof(struct rte_udp_hdr), linear = pkt_linear(h->m) + p->l3;

	if (!(p->flags & PKT_L4) || p->proto != h->ct->proto)
		return 0;
	if (p->proto == IPPROTO_TCP) {
		const struct rte_tcp_hdr *tcp = pkt_l4(h->m);

		if (p->l4 + sizeof(*tcp) > linear)
			return 0;
		header = tcp->data_off >> 4 << 2;
		if (header < sizeof(*tcp))
			return 0;
	}
	return header < pkt_l4_len(h->m) ? p->l4 + header : 0;
}

uint32_t
ct_help_payload(const struct ct_help *h, uint32_t off, void *buf, uint32_t size)
{
	uint32_t data = ct_help_data(h), there;
	const void *bytes;

	if (data == 0)
		return 0;
	there = pkt_const(h->m)->l3 + pkt_const(h->m)->len - data;
	if (off >= there)
		return 0;
	size = RTE_MIN(size, there - off);
	bytes = rte_pktmbuf_read(h->m, data + off, size, buf);
	if (bytes == NULL)
		return 0;
	if (bytes != buf)
		memcpy(buf, bytes, size);
	return size;
}

#define LONGEST 65536u /* of IPv4 and IPv6 */

/* For data that lies in more than one segment: made when a lane first sees such. */
static char *
scratch(unsigned lane)
{
	static char *of_lane[LANE_MAX];

	if (of_lane[lane] == NULL)
		of_lane[lane] = rte_malloc("ct-helper", LONGEST, 0);
	return of_lane[lane];
}

const char *
ct_help_text(const struct ct_help *h, uint32_t *len)
{
	uint32_t data = ct_help_data(h);
	char *copy;

	*len = data != 0 ? pkt_const(h->m)->l3 + pkt_const(h->m)->len - data : 0;
	if (data == 0 || data + *len <= h->m->data_len)
		return data != 0 ? rte_pktmbuf_mtod_offset(h->m, const char *, data) : NULL;
	copy = scratch(h->ctx->lane);
	return copy != NULL && *len <= LONGEST && ct_help_payload(h, 0, copy, *len) == *len ? copy
											    : NULL;
}
