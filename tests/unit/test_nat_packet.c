/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translated packets: of any protocol, with random bytes, in one piece and in several: what changes is what should,
 * checksums are those of a full sum (and what was wrong stays wrong), and the way back restores every byte.
 */
#include "eal.h"

#include <rte_random.h>

#include "ct_proto.h"
#include "nat_packet.h"
#include "pkt_checksum.h"
#include "pkt_parse.h"

#define L3 14
#define LEN_MAX 1400
#define ROUNDS 3000

static const uint8_t protos[] = { IPPROTO_TCP,    IPPROTO_UDP,  IPPROTO_UDPLITE,
				  IPPROTO_SCTP,   IPPROTO_DCCP, IPPROTO_ICMP,
				  IPPROTO_ICMPV6, IPPROTO_GRE,  200 };

static void
fill(void *to, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		((uint8_t *)to)[i] = rte_rand();
}

/* The L4 bytes become those of such a packet, checksum right. */
static void
finish(struct rte_mbuf *m, uint8_t proto)
{
	uint8_t *l4 = pkt_l4(m);
	uint16_t *w = pkt_l4(m);
	uint32_t len = pkt_l4_len(m), crc;

	switch (proto) {
	case IPPROTO_TCP:
		w[8] = 0;
		w[8] = pkt_l4_checksum(m);
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		w[2] = proto == IPPROTO_UDP ? rte_cpu_to_be_16(len) : 0;
		w[3] = 0;
		w[3] = pkt_l4_checksum(m);
		if (w[3] == 0)
			w[3] = 0xffff;
		break;
	case IPPROTO_DCCP:
		l4[5] &= 0xf0;
		w[3] = 0;
		w[3] = pkt_l4_checksum(m);
		break;
	case IPPROTO_SCTP:
		crc = pkt_sctp_checksum(m, pkt(m)->l4);
		memcpy(l4 + 8, &crc, sizeof(crc));
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		l4[0] = proto == IPPROTO_ICMP ? 8 : 128;
		w[1] = 0;
		w[1] = pkt_l4_checksum(m);
		break;
	case IPPROTO_GRE:
		l4[1] = (l4[1] & ~7) | 1;
		break;
	}
}

/* Behind the first segment's len bytes of L4 the others follow, 100 a piece. */
static void
append(struct rte_mbuf *m, unsigned len, bool pieces)
{
	unsigned here = pieces ? RTE_MIN(len, 64u) : len;
	struct rte_mbuf *last = m;

	fill(rte_pktmbuf_append(m, here), here);
	for (unsigned at = here, n; at < len; at += n) {
		n = RTE_MIN(len - at, 100u);
		last->next = pkt_alloc(0);
		last = last->next;
		assert_non_null(last);
		fill(rte_pktmbuf_append(last, n), n);
		m->nb_segs++;
		m->pkt_len += n;
	}
}

static struct rte_mbuf *
packet(uint8_t family, uint8_t proto, unsigned len, bool pieces)
{
	unsigned hlen = family == AF_INET ? 20 : 40;
	struct rte_mbuf *m = pkt_alloc(0);
	struct pkt *p = pkt(m);

	assert_non_null(m);
	fill(rte_pktmbuf_append(m, L3 + hlen), L3 + hlen);
	*p = (struct pkt){ .family = family,
			   .proto = proto,
			   .flags = PKT_L4,
			   .l3 = L3,
			   .l4 = L3 + hlen,
			   .len = hlen + len };
	append(m, len, pieces);
	if (family == AF_INET) {
		pkt_ip4(m)->version_ihl = 0x45;
		pkt_ip4(m)->next_proto_id = proto;
		pkt_ip4(m)->hdr_checksum = 0;
		pkt_ip4(m)->hdr_checksum = rte_ipv4_cksum(pkt_ip4(m));
	}
	finish(m, proto);
	pkt_l4_set(m, proto, hlen);
	return m;
}

/* The packet's own tuple. */
static struct ct_tuple
tuple_of(struct rte_mbuf *m)
{
	const struct pkt *p = pkt(m);
	const uint16_t *w = pkt_l4(m);
	struct ct_tuple t = { .proto = p->proto, .family = p->family };

	if (p->family == AF_INET) {
		t.src.v4 = pkt_ip4(m)->src_addr;
		t.dst.v4 = pkt_ip4(m)->dst_addr;
	} else {
		memcpy(&t.src, &pkt_ip6(m)->ip6_src, 32);
	}
	t.sport = p->sport;
	t.dport = p->dport;
	if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6)
		t.sport = w[2];
	if (p->proto == IPPROTO_GRE)
		t.dport = w[3];
	return t;
}

/* A connection whose packets look as the packet does, and then like *to. */
static void
connection(struct ct6 *c, struct rte_mbuf *m, struct ct_tuple *to, enum nat_manip manip)
{
	struct ct_tuple t = tuple_of(m), reply;
	unsigned addr = t.family == AF_INET ? 4 : 16;
	bool has_id = t.proto == IPPROTO_ICMP || t.proto == IPPROTO_ICMPV6;

	*to = t;
	fill(manip == NAT_SRC ? &to->src : &to->dst, addr);
	if (manip == NAT_SRC && (t.sport != 0 || has_id))
		to->sport = rte_rand();
	if (manip == NAT_DST && t.dport != 0 && !has_id)
		to->dport = rte_rand();
	memset(c, 0, sizeof(*c));
	c->ct.family = t.family;
	c->ct.proto = t.proto;
	ct_tuple_set(&c->ct, CT_ORIGINAL, &t);
	assert_true(ct_invert(&reply, to));
	ct_tuple_set(&c->ct, CT_REPLY, &reply);
}

static void
translate(struct rte_mbuf *m, const struct ct *ct, enum nat_manip manip, bool plain)
{
	if (!plain || !nat_is_plain(ct))
		assert_int_equal(nat_packet(m, ct, CT_ORIGINAL, manip), VERDICT_ACCEPT);
	else if (ct->family == AF_INET)
		nat_plain4(m, ct, CT_ORIGINAL, manip);
	else
		nat_plain6(m, ct, CT_ORIGINAL, manip);
}

static void
copy(uint8_t *to, const struct rte_mbuf *m)
{
	for (; m != NULL; to += m->data_len, m = m->next)
		memcpy(to, rte_pktmbuf_mtod(m, void *), m->data_len);
}

static bool
has_sum(uint8_t family, uint8_t proto)
{
	return proto != IPPROTO_GRE && proto != 200 &&
	       !(family == AF_INET6 && proto == IPPROTO_ICMP);
}

static void
there_and_back(uint8_t family, uint8_t proto, unsigned len, bool plain)
{
	enum nat_manip manip = rte_rand() & 1 ? NAT_SRC : NAT_DST;
	struct rte_mbuf *m = packet(family, proto, len, rte_rand() & 1);
	static uint8_t was[L3 + 40 + LEN_MAX], is[L3 + 40 + LEN_MAX];
	struct ct_tuple want, got, reply;
	struct ct6 c;

	copy(was, m);
	connection(&c, m, &want, manip);
	translate(m, &c.ct, manip, plain);
	got = tuple_of(m);
	assert_memory_equal(&got, &want, sizeof(got));
	if (family == AF_INET)
		assert_int_equal(rte_raw_cksum(pkt_ip4(m), 20), 0xffff);
	if (has_sum(family, proto))
		assert_true(pkt_l4_checksum_summed(m));
	/* The same connection the other way round takes it back. */
	want = ct_tuple(&c.ct, CT_ORIGINAL);
	ct_tuple_set(&c.ct, CT_ORIGINAL, &got);
	assert_true(ct_invert(&reply, &want));
	ct_tuple_set(&c.ct, CT_REPLY, &reply);
	translate(m, &c.ct, manip, !plain);
	copy(is, m);
	assert_memory_equal(is, was, m->pkt_len);
	rte_pktmbuf_free(m);
}

static void
every_protocol(void **state)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		for (unsigned p = 0; p < RTE_DIM(protos); p++)
			there_and_back(rte_rand() & 1 ? AF_INET : AF_INET6, protos[p],
				       20 + rte_rand() % (LEN_MAX - 20), rte_rand() & 1);
}

static uint16_t *
udp_sum(struct rte_mbuf *m)
{
	return (uint16_t *)pkt_l4(m) + 3;
}

/* None stays none; one that would be 0 is 0xffff; one that is wrong is as wrong afterwards. */
static void
udp_sums(void **state)
{
	unsigned ones = 0;

	/* A sum of all ones comes once in 65,536 on the average. */
	for (unsigned i = 0; i < 300000 || (ones == 0 && i < 5000000); i++) {
		struct rte_mbuf *m = packet(AF_INET, IPPROTO_UDP, 20, false);
		bool none = i % 3 == 0, wrong = i % 3 == 1;
		struct ct_tuple want;
		struct ct6 c;

		if (none || wrong)
			*udp_sum(m) = none ? 0 : *udp_sum(m) + 1;
		if (*udp_sum(m) == 0)
			none = true;
		connection(&c, m, &want, NAT_SRC);
		translate(m, &c.ct, NAT_SRC, i & 1);
		assert_int_equal(*udp_sum(m) == 0, none);
		ones += *udp_sum(m) == 0xffff;
		if (!none)
			assert_int_equal(pkt_l4_checksum_summed(m), !wrong);
		rte_pktmbuf_free(m);
	}
	assert_true(ones > 0);
}

/* What quotes of 8 bytes have no room for is left out; what is shorter is refused. */
static void
short_headers(void **state)
{
	for (unsigned p = 0; p < RTE_DIM(protos); p++)
		for (unsigned len = 0; len < 24; len++) {
			struct rte_mbuf *m = packet(AF_INET, IPPROTO_TCP, 40, false);
			bool needs = protos[p] != 200;
			struct ct_tuple want;
			struct ct6 c;

			connection(&c, m, &want, NAT_SRC);
			c.ct.proto = pkt(m)->proto = protos[p];
			rte_pktmbuf_trim(m, 40 - len);
			pkt(m)->len -= 40 - len;
			assert_int_equal(nat_packet(m, &c.ct, CT_ORIGINAL, NAT_SRC) ==
						 VERDICT_ACCEPT,
					 !needs || len >= 8);
			rte_pktmbuf_free(m);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_protocol),
		cmocka_unit_test(udp_sums),
		cmocka_unit_test(short_headers),
	};

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
