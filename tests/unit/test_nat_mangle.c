/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data that helpers change: bytes put in and taken out of packets in one piece and in several, against a copy in flat
 * memory; lengths and checksums; sequence numbers shifted one way and back.
 */
#include "ct_help_setup.h"

#include <rte_random.h>
#include <rte_udp.h>

#include "ct_tcp_seg.h"
#include "nat_mangle.h"
#include "pkt_build_ip.h"
#include "pkt_chain.h"
#include "pkt_checksum.h"
#include "pkt_rewrite.h"

#define ROUNDS 3000
#define LEN_MAX 3000u

/* A packet of the master's with len random bytes of data; pieces: in segments of 100 bytes. */
static struct rte_mbuf *
packet(uint8_t family, uint8_t proto, unsigned len, bool pieces)
{
	static const uint8_t addr[16] = { 10, 1, 0, 2 };
	unsigned header = proto == IPPROTO_TCP ? 20 : 8;
	struct pkt_ip_spec ip = { .src = addr,
				  .dst = addr,
				  .family = family,
				  .proto = proto,
				  .ttl = 64,
				  .payload = header };
	struct rte_mbuf *m = pkt_alloc(0), *last = m;
	uint8_t *l4 = pkt_build_ip(m, &ip);

	memset(l4, 0, header);
	if (proto == IPPROTO_TCP)
		((struct rte_tcp_hdr *)l4)->data_off = 5 << 4;
	for (unsigned done = 0, n; done < len; done += n) {
		n = pieces ? RTE_MIN(100u, len - done) : len;
		if (done != 0) {
			last->next = pkt_alloc(0);
			last = last->next;
			m->nb_segs++;
		}
		for (unsigned i = 0; i < n; i++)
			rte_pktmbuf_mtod_offset(last, uint8_t *, last->data_len)[i] = rte_rand();
		last->data_len += n;
	}
	m->pkt_len += len;
	pkt_len_set(m, pkt(m)->len + len);
	return m;
}

static struct ct_help
help(struct rte_mbuf *m)
{
	static const struct hook_ctx ctx = { .family = HOOK_IP4, .point = HOOK_POSTROUTING };

	return (struct ct_help){ .ctx = &ctx, .m = m, .ct = &master.ct.ct, .now = now };
}

static void
check_lengths(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	unsigned len = 0;

	for (const struct rte_mbuf *s = m; s != NULL; s = s->next)
		len += s->data_len;
	assert_int_equal(len, m->pkt_len);
	assert_int_equal(len, p->l3 + p->len);
	if (p->family == AF_INET) {
		assert_int_equal(rte_be_to_cpu_16(pkt_ip4(m)->total_length), p->len);
		assert_int_equal(rte_raw_cksum(pkt_ip4(m), 20), 0xffff);
	} else {
		assert_int_equal(rte_be_to_cpu_16(pkt_ip6(m)->ip6_plen), p->len - 40);
	}
	assert_true(pkt_l4_checksum_summed(m));
}

static void
one_change(uint8_t family, uint8_t proto)
{
	static char flat[2 * LEN_MAX], now_there[2 * LEN_MAX];
	unsigned len = 1 + rte_rand_max(LEN_MAX), header = proto == IPPROTO_TCP ? 20 : 8;
	bool pieces = len > 1000 || rte_rand() & 1;
	struct rte_mbuf *m = packet(family, proto, len, pieces);
	struct ct_help h = help(m);
	unsigned off = rte_rand_max(len), from = rte_rand_max(len - off + 1),
		 to = rte_rand_max(100);
	uint8_t bytes[100];

	for (unsigned i = 0; i < to; i++)
		bytes[i] = rte_rand();
	assert_int_equal(ct_help_payload(&h, 0, flat, len), len);
	if (len == from && to == 0)
		to = 1;
	if (proto == IPPROTO_UDP)
		((struct rte_udp_hdr *)pkt_l4(m))->dgram_cksum = 1; /* wrong, but there is one */
	assert_true(nat_mangle(&h, off, from, bytes, to));
	memmove(flat + off + to, flat + off + from, len - off - from);
	memcpy(flat + off, bytes, to);
	len += to - from;
	assert_int_equal(ct_help_payload(&h, 0, now_there, sizeof(now_there)), len);
	assert_memory_equal(flat, now_there, len);
	assert_int_equal(pkt_l4_len(m), header + len);
	if (proto == IPPROTO_UDP)
		assert_int_equal(rte_be_to_cpu_16(((struct rte_udp_hdr *)pkt_l4(m))->dgram_len),
				 8 + len);
	check_lengths(m);
	rte_pktmbuf_free(m);
}

static void
bytes_change(void **state)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t proto = i & 1 ? IPPROTO_UDP : IPPROTO_TCP;

		begin(i & 2 ? AF_INET6 : AF_INET, "sip", proto, 5060);
		one_change(i & 2 ? AF_INET6 : AF_INET, proto);
	}
}

static void
refused(void **state)
{
	struct rte_mbuf *m = packet(AF_INET, IPPROTO_UDP, 1000, false);
	struct ct_help h = help(m);
	char bytes[4000] = { 0 };

	begin(AF_INET, "sip", IPPROTO_UDP, 5060);
	assert_false(nat_mangle(&h, 0, 1, bytes, sizeof(bytes)));
	assert_false(nat_mangle(&h, 999, 2, bytes, 2));
	check_lengths(m);
	assert_true(nat_mangle(&h, 999, 1, bytes, 2));
	/* Without a checksum it stays so. */
	assert_int_equal(((struct rte_udp_hdr *)pkt_l4(m))->dgram_cksum, 0);
	rte_pktmbuf_free(m);
	m = packet(AF_INET, IPPROTO_UDP, 65000, true);
	h = help(m);
	assert_true(nat_mangle(&h, 5, 0, bytes, 500));
	assert_false(nat_mangle(&h, 5, 0, bytes, 500));
	check_lengths(m);
	rte_pktmbuf_free(m);
}

/* A segment of that direction on its way out, and what its numbers are then. */
static void
leaves(enum ct_dir dir, uint32_t seq, uint32_t ack, uint32_t seq_out, uint32_t ack_out)
{
	struct rte_mbuf *m = packet(AF_INET, IPPROTO_TCP, 10, false);
	struct rte_tcp_hdr *tcp = pkt_l4(m);

	tcp->sent_seq = htonl(seq);
	tcp->recv_ack = htonl(ack);
	tcp->tcp_flags = RTE_TCP_ACK_FLAG;
	tcp->cksum = pkt_l4_checksum(m);
	assert_true(ct_seqadj_apply(m, &master.ct.ct, dir));
	assert_int_equal(ntohl(tcp->sent_seq), seq_out);
	assert_int_equal(ntohl(tcp->recv_ack), ack_out);
	assert_true(pkt_l4_checksum_summed(m));
	rte_pktmbuf_free(m);
}

/* 20 bytes at 100 became 25, 10 at 120 became 7. */
static void
numbers_shift(void **state)
{
	struct ct *ct = &master.ct.ct;

	begin(AF_INET, "ftp", IPPROTO_TCP, 21);
	ct_seqadj_note(ct, CT_ORIGINAL, 100, 0);
	assert_false(ct->status & CT_SEQ_ADJUST);
	ct_seqadj_note(ct, CT_ORIGINAL, 100, 5);
	assert_true(ct->status & CT_SEQ_ADJUST);
	leaves(CT_ORIGINAL, 100, 7, 100, 7);
	leaves(CT_ORIGINAL, 120, 7, 125, 7);
	leaves(CT_REPLY, 7, 100, 7, 100);
	leaves(CT_REPLY, 7, 125, 7, 120);
	ct_seqadj_note(ct, CT_ORIGINAL, 100, 5); /* sent again */
	leaves(CT_ORIGINAL, 120, 7, 125, 7);
	ct_seqadj_note(ct, CT_ORIGINAL, 120, -3);
	leaves(CT_ORIGINAL, 120, 7, 125, 7);
	leaves(CT_ORIGINAL, 130, 7, 132, 7);
	leaves(CT_REPLY, 7, 132, 7, 130);
	leaves(CT_REPLY, 7, 125, 7, 120);
	ct_lock(ct);
	assert_int_equal(ct_seqadj_offset(ct, CT_ORIGINAL, 131), 2);
	assert_int_equal(ct_seqadj_offset(ct, CT_REPLY, 131), 0);
	ct_unlock(ct);
}

/* What was selectively acknowledged; an option that lies. */
static void
blocks_shift(void **state)
{
	static const uint8_t options[12] = { 1, 5, 10, 0, 0, 0, 125, 0, 0, 0, 135, 1 };
	static const uint8_t lies[][4] = {
		{ 5, 10, 0, 0 }, { 1, 1, 1, 8 }, { 5, 0, 0, 0 }, { 5, 1, 0, 0 }, { 0, 1, 0, 0 }
	};
	struct rte_mbuf *m;
	struct rte_tcp_hdr *tcp;

	begin(AF_INET, "ftp", IPPROTO_TCP, 21);
	ct_seqadj_note(&master.ct.ct, CT_ORIGINAL, 100, 5);
	m = packet(AF_INET, IPPROTO_TCP, 20, false);
	tcp = pkt_l4(m);
	tcp->data_off = 8 << 4;
	tcp->tcp_flags = RTE_TCP_ACK_FLAG;
	tcp->recv_ack = htonl(100);
	memcpy(tcp + 1, options, sizeof(options));
	tcp->cksum = 0;
	tcp->cksum = pkt_l4_checksum(m);
	assert_true(ct_seqadj_apply(m, &master.ct.ct, CT_REPLY));
	assert_int_equal(((uint8_t *)(tcp + 1))[6], 120);
	assert_int_equal(((uint8_t *)(tcp + 1))[10], 130);
	assert_true(pkt_l4_checksum_summed(m));
	tcp->data_off = 6 << 4;
	for (unsigned i = 0; i < RTE_DIM(lies); i++) {
		memcpy(tcp + 1, lies[i], 4);
		assert_int_equal(ct_seqadj_apply(m, &master.ct.ct, CT_REPLY), lies[i][0] == 0);
	}
	rte_pktmbuf_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_change),
		cmocka_unit_test(refused),
		cmocka_unit_test(numbers_shift),
		cmocka_unit_test(blocks_shift),
	};

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
