/* SPDX-License-Identifier: BSD-3-Clause */
/* SANE, network scanners: the answer to SANE_NET_START names the port that the image comes from. */
#include "ct_nat_ops.h"

#define NET_START 7

/* In ct_ext.helper_data. */
struct sane {
	uint8_t starting; /* the next answer is one to SANE_NET_START */
};

struct request {
	rte_be32_t code, handle;
};

struct answer {
	rte_be32_t status;
	rte_be16_t zero, port;
};

static verdict_t
announce(struct ct_help *h, uint16_t port)
{
	struct ct_tuple from = ct_tuple(h->ct, !h->dir);
	struct ct_expect e;

	ct_expect_init(&e, h->ct, 0, &from.src, &from.dst, IPPROTO_TCP, NULL, port);
	return ct_help_announce(h, CT_SAID_NOTHING, 0, 0, &e);
}

static verdict_t
sane_help(struct ct_help *h)
{
	struct sane *s = (struct sane *)h->ct->ext->helper_data;
	union {
		struct request request;
		struct answer answer;
		uint8_t bytes[sizeof(struct request) + 1];
	} u;
	uint32_t len;

	if (h->info != CT_INFO_ESTABLISHED && h->info != CT_INFO_ESTABLISHED_REPLY)
		return VERDICT_ACCEPT;
	len = ct_help_payload(h, 0, &u, sizeof(u.bytes));
	if (len == 0)
		return VERDICT_ACCEPT;
	if (h->dir == CT_ORIGINAL) {
		if (len == sizeof(u.request))
			__atomic_store_n(&s->starting, u.request.code == RTE_BE32(NET_START),
					 __ATOMIC_RELAXED);
		return VERDICT_ACCEPT;
	}
	if (!__atomic_load_n(&s->starting, __ATOMIC_RELAXED))
		return VERDICT_ACCEPT;
	__atomic_store_n(&s->starting, 0, __ATOMIC_RELAXED);
	if (len < sizeof(u.answer) || u.answer.status != 0 || u.answer.zero != 0)
		return VERDICT_ACCEPT;
	return announce(h, u.answer.port);
}

static const struct ct_expect_policy policy = { .name = "sane", .max = 1, .timeout = 300 };

static struct ct_helper sane = {
	.name = "sane",
	.proto = IPPROTO_TCP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.policy = &policy,
	.nb_classes = 1,
	.help = sane_help,
};

CT_HELPER_REGISTER(sane)
