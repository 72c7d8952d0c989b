/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP, SCTP and DCCP packets of one connection: their headers, options and chunks. The input: a byte that chooses the
 * protocol, then packets: a byte for direction, size (6 bits) and whether it is the connection's first, and L4 bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "ct_proto.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1000
#define IP_HEADER 20

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

/* The packet's bytes are all of its memory: what is read behind them is found. */
static enum ct_result
give(struct ct *ct, const struct ct_proto *proto, const uint8_t *l4, size_t len, uint8_t head)
{
	static const struct hook_ctx ctx;
	struct frame f = {
		.p = { .family = AF_INET, .proto = proto->proto, .flags = PKT_L4, .l4 = IP_HEADER }
	};
	struct ct_pkt p = { .ctx = &ctx, .m = &f.m, .ct = ct, .now = NOW, .dir = head & 1 };
	enum ct_result r = CT_INVALID;

	f.m.buf_addr = malloc(IP_HEADER + len);
	if (f.m.buf_addr == NULL)
		abort();
	memset(f.m.buf_addr, 0, IP_HEADER);
	memcpy((uint8_t *)f.m.buf_addr + IP_HEADER, l4, len);
	f.m.data_len = f.m.pkt_len = f.p.len = IP_HEADER + len;
	f.m.nb_segs = 1;
	p.fresh = (head & 2) != 0;
	p.dir = p.fresh ? CT_ORIGINAL : p.dir;
	if (proto->valid(&f.m, head & 1))
		r = proto->packet(&p);
	free(f.m.buf_addr);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_SCTP, IPPROTO_DCCP };
	const struct ct_proto *proto;
	/* A fixed timeout: the entry is in no table whose sweep would have to know. */
	struct ct ct = { .family = AF_INET, .status = CT_FIXED_TIMEOUT };

	if (size < 1)
		return 0;
	ct.proto = protos[data[0] % RTE_DIM(protos)];
	proto = ct_proto(HOOK_IP4, ct.proto);
	for (data++, size--; size > 0;) {
		size_t len = RTE_MIN((size_t)*data >> 2, size - 1);

		if (*data & 2)
			ct = (struct ct){ .family = AF_INET,
					  .proto = ct.proto,
					  .status = CT_FIXED_TIMEOUT };
		if (give(&ct, proto, data + 1, len, *data) == CT_OK && *data & 1)
			ct_status_set(&ct, CT_SEEN_REPLY);
		data += 1 + len;
		size -= 1 + len;
	}
	return 0;
}
