/* SPDX-License-Identifier: BSD-3-Clause */
/* What ICMP errors quote: every cut, lying lengths, extension headers, and that nothing behind the packet is read. */
#include "eal.h"

#include <netinet/ip6.h>

#include "ct_icmp_error.h"
#include "ct_quoted.h"
#include "ct_stat.h"
#include "pkt_checksum.h"

#define L3 14
#define HEADER 8

/* An error from any address to dst that quotes len bytes, in segments of at most seg. */
static struct rte_mbuf *
error(uint8_t family, uint8_t type, const void *quoted, unsigned len, unsigned seg)
{
	unsigned hlen = family == AF_INET ? 20 : 40, at = L3 + hlen;
	struct rte_mbuf *m = pkt_alloc(0), *last = m;
	uint8_t *l4;

	assert_non_null(m);
	memset(rte_pktmbuf_append(m, at + HEADER), 0, at + HEADER);
	*pkt(m) = (struct pkt){ .family = family,
				.proto = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6,
				.flags = PKT_L4,
				.l3 = L3,
				.l4 = at,
				.len = hlen + HEADER + len };
	l4 = pkt_l4(m);
	l4[0] = type;
	for (unsigned from = 0, n; from < len; from += n) {
		n = RTE_MIN(seg, len - from);
		if (from != 0) {
			last->next = pkt_alloc(0);
			last = last->next;
			assert_non_null(last);
			m->nb_segs++;
		}
		memcpy(rte_pktmbuf_append(last, n), (const uint8_t *)quoted + from, n);
		if (last != m)
			m->pkt_len += n;
	}
	return m;
}

static bool
quoted(uint8_t family, const void *bytes, unsigned len, unsigned seg, struct ct_tuple *t)
{
	struct rte_mbuf *m = error(family, 3, bytes, len, seg);
	bool told = ct_quoted(m, pkt(m)->l4 + HEADER, t);

	rte_pktmbuf_free(m);
	return told;
}

/* 20 bytes of options at most, then ports 0x0102 and 0x0304. */
static unsigned
packet4(uint8_t *b, uint8_t proto, unsigned options, uint16_t frag)
{
	memset(b, 0, 20 + options);
	b[0] = 0x40 | (20 + options) / 4;
	b[6] = frag >> 8;
	b[7] = frag;
	b[9] = proto;
	memcpy(b + 12, "\x0a\x01\x00\x02\x0a\x02\x00\x02", 8);
	memcpy(b + 20 + options, "\1\2\3\4\5\6\7\x8", 8);
	return 28 + options;
}

static void
test_cuts4(void **state)
{
	uint8_t b[64];
	struct ct_tuple t;

	(void)state;
	for (unsigned options = 0; options <= 20; options += 4) {
		unsigned len = packet4(b, IPPROTO_UDP, options, 0);

		for (unsigned cut = 0; cut <= len; cut++)
			for (unsigned seg = 1; seg < 30; seg += 7)
				assert_int_equal(quoted(AF_INET, b, cut, seg, &t),
						 cut >= 24 + options);
		assert_int_equal(t.sport, rte_cpu_to_be_16(0x0102));
		assert_int_equal(t.dport, rte_cpu_to_be_16(0x0304));
		assert_int_equal(t.src.v4, rte_cpu_to_be_32(0x0a010002));
		assert_int_equal(t.proto, IPPROTO_UDP);
		packet4(b, IPPROTO_ICMP, options, 0);
		for (unsigned cut = 0; cut <= len; cut++)
			assert_int_equal(quoted(AF_INET, b, cut, 64, &t), cut >= 28 + options);
		assert_int_equal(t.sport, rte_cpu_to_be_16(0x0506));
		packet4(b, 200, options, 0);
		for (unsigned cut = 0; cut <= len; cut++)
			assert_int_equal(quoted(AF_INET, b, cut, 64, &t), cut >= 20 + options);
		assert_int_equal(t.sport | t.dport, 0);
	}
}

static void
test_lies4(void **state)
{
	uint8_t b[64];
	struct ct_tuple t;
	unsigned len = packet4(b, IPPROTO_UDP, 0, 0x2000);

	(void)state;
	assert_true(quoted(AF_INET, b, len, 64, &t)); /* the first fragment */
	packet4(b, IPPROTO_UDP, 0, 0x2001);
	assert_false(quoted(AF_INET, b, len, 64, &t));
	packet4(b, IPPROTO_UDP, 0, 0);
	for (unsigned ihl = 0; ihl < 16; ihl++) {
		b[0] = 0x60 | ihl; /* nobody looks at the version */
		assert_int_equal(quoted(AF_INET, b, len, 64, &t), ihl * 4 + 4 <= len);
	}
}

static unsigned
packet6(uint8_t *b, uint8_t next, const void *headers, unsigned len)
{
	memset(b, 0, 40);
	b[0] = 0x60;
	b[6] = next;
	b[23] = 1;
	b[39] = 2;
	memcpy(b + 40, headers, len);
	memcpy(b + 40 + len, "\1\2\3\4\5\6\7\x8", 8);
	return 48 + len;
}

static void
chain6(uint8_t next, const void *headers, unsigned len, bool told)
{
	uint8_t b[128];
	struct ct_tuple t;
	unsigned total = packet6(b, next, headers, len);

	for (unsigned cut = 0; cut <= total; cut++)
		for (unsigned seg = 1; seg < 90; seg += 11)
			assert_int_equal(quoted(AF_INET6, b, cut, seg, &t),
					 told && cut >= 44 + len);
	if (!told)
		return;
	assert_int_equal(t.sport, rte_cpu_to_be_16(0x0102));
	assert_int_equal(t.proto, IPPROTO_UDP);
	assert_int_equal(t.src.v6[15], 1);
	assert_int_equal(t.dst.v6[15], 2);
}

static void
test_chains6(void **state)
{
	static const uint8_t options[8] = { IPPROTO_UDP, 0, 1, 4 };
	static const uint8_t first[8] = { IPPROTO_UDP, 0, 0, 1 },
			     later[8] = { IPPROTO_UDP, 0, 0, 8 };
	static const uint8_t ah[16] = { IPPROTO_UDP, 2 };
	static const uint8_t two[16] = { IPPROTO_ROUTING, 0, 1, 4, 0, 0, 0, 0, IPPROTO_UDP, 0 };

	(void)state;
	chain6(IPPROTO_UDP, "", 0, true);
	chain6(IPPROTO_HOPOPTS, options, 8, true);
	chain6(IPPROTO_DSTOPTS, options, 8, true);
	chain6(IPPROTO_ROUTING, options, 8, true);
	chain6(IPPROTO_FRAGMENT, first, 8, true);
	chain6(IPPROTO_FRAGMENT, later, 8, false);
	chain6(IPPROTO_AH, ah, 16, true);
	chain6(IPPROTO_DSTOPTS, two, 16, true);
	chain6(IPPROTO_NONE, "", 0, false);
}

/* Headers that lie about their lengths, and a chain that never ends. */
static void
test_lies6(void **state)
{
	uint8_t b[1300], options[8] = { IPPROTO_UDP, 200 };
	struct ct_tuple t;

	(void)state;
	assert_false(quoted(AF_INET6, b, packet6(b, IPPROTO_DSTOPTS, options, 8), 64, &t));
	options[0] = 253; /* no ports are needed: Linux takes it */
	assert_true(quoted(AF_INET6, b, packet6(b, IPPROTO_DSTOPTS, options, 8), 64, &t));
	memset(b, 0, sizeof(b)); /* hop-by-hop headers all the way */
	assert_false(quoted(AF_INET6, b, sizeof(b), 1400, &t));
}

static enum ct_icmp
asked(uint8_t family, uint8_t type, unsigned len, struct ct_tuple *inner)
{
	struct hook_ctx ctx = { .family = family == AF_INET ? HOOK_IP4 : HOOK_IP6 };
	uint8_t b[64];
	unsigned whole =
		family == AF_INET ? packet4(b, IPPROTO_UDP, 0, 0) : packet6(b, IPPROTO_UDP, "", 0);
	struct rte_mbuf *m = error(family, type, b, RTE_MIN(len, whole), 64);
	enum ct_icmp said = ct_icmp_error(m, &ctx, (uint16_t[CT_DIRS]){ 5, 6 }, false, inner);

	assert_int_equal(ct_untracked(m), said == CT_ICMP_UNTRACKED);
	rte_pktmbuf_free(m);
	return said;
}

/* What each type is; the table does not exist. */
static void
test_types(void **state)
{
	struct ct_tuple inner;
	uint64_t errors = ct_stats[0].error;

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		bool error4 = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
		bool never6 =
			(type >= 130 && type <= 136) || type == 143 || type == 151 || type == 152;
		enum ct_icmp said4 = asked(AF_INET, type, 64, &inner);
		enum ct_icmp said6 = asked(AF_INET6, type, 64, &inner);

		assert_int_equal(said4, error4      ? CT_ICMP_UNKNOWN
					: type > 18 ? CT_ICMP_INVALID
						    : CT_ICMP_FLOW);
		assert_int_equal(said6, never6        ? CT_ICMP_UNTRACKED
					: type == 137 ? CT_ICMP_INVALID
					: type < 128  ? CT_ICMP_UNKNOWN
						      : CT_ICMP_FLOW);
	}
	assert_int_equal(asked(AF_INET, 3, 64, &inner), CT_ICMP_UNKNOWN);
	assert_int_equal(inner.sport, rte_cpu_to_be_16(0x0304));
	assert_int_equal(inner.dport, rte_cpu_to_be_16(0x0102));
	assert_int_equal(inner.src.v4, rte_cpu_to_be_32(0x0a020002));
	assert_int_equal(inner.zone, 6);
	assert_int_equal(ct_stats[0].error - errors, 256 - 19 + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts4),   cmocka_unit_test(test_lies4),
		cmocka_unit_test(test_chains6), cmocka_unit_test(test_lies6),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests_name("ct_quoted", tests, eal_setup, NULL);
}
