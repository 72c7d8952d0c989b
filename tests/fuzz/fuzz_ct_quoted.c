/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an ICMP error quotes, and errors themselves, without a table. The input: a byte for the family and where the
 * packet is divided into two segments (0: nowhere), then L4 bytes from type and code on.
 */
#include <stdlib.h>
#include <string.h>

#include "ct_icmp_error.h"
#include "ct_quoted.h"

#define HEADER 8

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Laid out as mbufs of the pool are. */
struct frame {
	struct rte_mbuf m;
	struct pkt p;
};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return 0;
}

/* Memory of exactly that size: a byte read behind it is found. */
static void
fill(struct rte_mbuf *m, const uint8_t *bytes, size_t len)
{
	m->buf_addr = malloc(len);
	m->data_len = len;
	m->nb_segs = 1;
	if (m->buf_addr == NULL)
		abort();
	memcpy(m->buf_addr, bytes, len);
}

static void
ask(const uint8_t *frame, size_t len, size_t cut, uint8_t family, uint16_t hlen)
{
	static const uint16_t zones[CT_DIRS] = { 0, 7 };
	struct hook_ctx ctx = { .family = family == AF_INET ? HOOK_IP4 : HOOK_IP6 };
	struct frame f = { .p = { .family = family, .flags = PKT_L4, .l4 = hlen, .len = len } };
	struct rte_mbuf second;
	struct ct_tuple t;

	memset(&second, 0, sizeof(second));
	f.p.proto = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	fill(&f.m, frame, len - cut);
	f.m.pkt_len = len;
	if (cut != 0) {
		fill(&second, frame + len - cut, cut);
		f.m.next = &second;
		f.m.nb_segs = 2;
	}
	ct_quoted(&f.m, hlen + HEADER, &t);
	ct_icmp_error(&f.m, &ctx, zones, false, &t);
	ct_icmp_error(&f.m, &ctx, zones, true, &t);
	free(second.buf_addr);
	free(f.m.buf_addr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t frame[2048] = { 0 };
	size_t hlen, len, cut;

	if (size < 1)
		return 0;
	hlen = data[0] & 1 ? 40 : 20;
	len = RTE_MIN(size - 1, sizeof(frame) - hlen);
	cut = RTE_MIN((size_t)data[0] >> 1, len);
	/* A redirect of a neighbour. */
	if (hlen == 40)
		memcpy(frame + 7, "\xff\xfe\x80", 3);
	memcpy(frame + hlen, data + 1, len);
	ask(frame, hlen + len, cut, hlen == 40 ? AF_INET6 : AF_INET, hlen);
	return 0;
}
