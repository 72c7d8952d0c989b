/* SPDX-License-Identifier: BSD-3-Clause */
/* Protocols of connections without states: what is valid, which ports, which timeouts. */
#include "eal.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "ct_ext.h"
#include "ct_gre.h"
#include "ct_proto.h"
#include "ct_timeouts.h"
#include "pkt_checksum.h"

#define L3 14

static const struct hook_ctx ctx = { .family = HOOK_IP4 };

static struct rte_mbuf *
packet(uint8_t family, uint8_t proto, const void *l4, unsigned len)
{
	unsigned hlen = family == AF_INET ? 20 : 40;
	struct rte_mbuf *m = pkt_alloc(0);

	assert_non_null(m);
	memset(rte_pktmbuf_append(m, L3 + hlen), 0, L3 + hlen);
	*pkt(m) = (struct pkt){ .family = family,
				.proto = proto,
				.flags = PKT_L4,
				.l3 = L3,
				.l4 = L3 + hlen,
				.len = hlen + len };
	memcpy(rte_pktmbuf_append(m, len), l4, len);
	return m;
}

static bool
is_valid(uint8_t family, uint8_t proto, const void *l4, unsigned len, bool check_sum)
{
	const struct ct_proto *p = ct_proto(family == AF_INET ? HOOK_IP4 : HOOK_IP6, proto);
	struct rte_mbuf *m = packet(family, proto, l4, len);
	bool valid = p->valid(m, check_sum);

	rte_pktmbuf_free(m);
	return valid;
}

static void
test_udp_valid(void **state)
{
	uint16_t h[6] = { 1, 2, rte_cpu_to_be_16(12), 0, 3, 4 };

	(void)state;
	for (unsigned cut = 0; cut < 12; cut++)
		assert_false(is_valid(AF_INET, IPPROTO_UDP, h, cut, false));
	for (unsigned len = 0; len < 20; len++) {
		h[2] = rte_cpu_to_be_16(len);
		assert_int_equal(is_valid(AF_INET, IPPROTO_UDP, h, 12, true),
				 len >= 8 && len <= 12);
		assert_int_equal(is_valid(AF_INET6, IPPROTO_UDP, h, 12, true),
				 len >= 8 && len <= 12);
	}
	h[2] = rte_cpu_to_be_16(12);
	h[3] = 1;
	assert_false(is_valid(AF_INET, IPPROTO_UDP, h, 12, true));
	assert_true(is_valid(AF_INET, IPPROTO_UDP, h, 12, false));
}

/* Coverage, and a checksum with UDP's number: addresses are 0. */
static void
test_udplite_valid(void **state)
{
	uint16_t h[6] = { 1, 2, 0, 0, 3, 4 };
	uint16_t sum = ~rte_cpu_to_be_16(17 + 12 + 0x0100 + 0x0200 + 0x0300 + 0x0400);

	(void)state;
	assert_false(is_valid(AF_INET, IPPROTO_UDPLITE, h, 12, false));
	h[3] = sum;
	assert_true(is_valid(AF_INET, IPPROTO_UDPLITE, h, 12, true));
	assert_false(is_valid(AF_INET, IPPROTO_UDPLITE, h, 7, false));
	h[3] = sum + 1;
	assert_false(is_valid(AF_INET, IPPROTO_UDPLITE, h, 12, true));
	for (unsigned covered = 1; covered < 20; covered++) {
		h[2] = rte_cpu_to_be_16(covered);
		assert_int_equal(is_valid(AF_INET, IPPROTO_UDPLITE, h, 12, false),
				 covered >= 8 && covered <= 12);
	}
	/* What is not covered is not summed. */
	h[2] = rte_cpu_to_be_16(8);
	h[3] = ~rte_cpu_to_be_16(17 + 12 + 0x0100 + 0x0200 + 8);
	h[5] = 77;
	assert_true(is_valid(AF_INET, IPPROTO_UDPLITE, h, 12, true));
}

/* ports() of the header, cut at every byte before least: no flow. */
static struct ct_tuple
ports_of(uint8_t family, uint8_t proto, const uint8_t *l4, unsigned len, unsigned least)
{
	const struct ct_proto *p = ct_proto(family == AF_INET ? HOOK_IP4 : HOOK_IP6, proto);
	struct ct_tuple t = { .family = family, .proto = proto };

	for (unsigned cut = 0; cut < least; cut++)
		assert_false(p->ports(&t, l4, cut));
	t.sport = t.dport = 0;
	assert_true(p->ports(&t, l4, len));
	return t;
}

static void
inverts(uint8_t family, uint8_t proto, uint8_t question, uint8_t answer)
{
	uint8_t l4[8] = { question, 7, 0, 0, 0x12, 0x34, 0, 1 };
	struct ct_tuple t = ports_of(family, proto, l4, sizeof(l4), 8), r, back;

	t.src.v4 = 1;
	t.dst.v4 = 2;
	assert_int_equal(t.sport, rte_cpu_to_be_16(0x1234));
	assert_int_equal(ct_icmp_type(&t), question);
	assert_int_equal(ct_icmp_code(&t), 7);
	assert_true(ct_invert(&r, &t));
	assert_int_equal(r.src.v4, 2);
	assert_int_equal(r.dst.v4, 1);
	assert_int_equal(r.sport, t.sport);
	assert_int_equal(ct_icmp_type(&r), answer);
	assert_int_equal(ct_icmp_code(&r), 7);
	assert_true(ct_invert(&back, &r));
	assert_memory_equal(&back, &t, sizeof(t));
}

/* Which of all types have a counterpart. */
static void
nb_inverted(uint8_t family, uint8_t proto, unsigned expected)
{
	unsigned n = 0;

	for (unsigned type = 0; type < 256; type++) {
		struct ct_tuple r, t = { .family = family, .proto = proto };

		t.dport = ct_icmp_dport(type, 0);
		n += ct_invert(&r, &t);
	}
	assert_int_equal(n, expected);
}

static void
test_icmp_tuples(void **state)
{
	(void)state;
	inverts(AF_INET, IPPROTO_ICMP, ICMP_ECHO, ICMP_ECHOREPLY);
	inverts(AF_INET, IPPROTO_ICMP, ICMP_TIMESTAMP, ICMP_TIMESTAMPREPLY);
	inverts(AF_INET, IPPROTO_ICMP, ICMP_INFO_REQUEST, ICMP_INFO_REPLY);
	inverts(AF_INET, IPPROTO_ICMP, ICMP_ADDRESS, ICMP_ADDRESSREPLY);
	nb_inverted(AF_INET, IPPROTO_ICMP, 8);
	inverts(AF_INET6, IPPROTO_ICMPV6, ICMP6_ECHO_REQUEST, ICMP6_ECHO_REPLY);
	inverts(AF_INET6, IPPROTO_ICMPV6, 139, 140);
	nb_inverted(AF_INET6, IPPROTO_ICMPV6, 4);
}

/* One more packet of the entry; its timeout in seconds from now. */
static uint32_t
timeout_after(struct ct *ct, uint32_t now, bool fresh)
{
	const struct ct_proto *proto =
		ct_proto(ct->family == AF_INET ? HOOK_IP4 : HOOK_IP6, ct->proto);
	struct rte_mbuf *m = packet(ct->family, ct->proto, "", 0);
	struct ct_pkt p = { .ctx = &ctx, .m = m, .ct = ct, .now = now, .fresh = fresh };

	assert_int_equal(proto->packet(&p), CT_OK);
	rte_pktmbuf_free(m);
	return ((ct->expires - (fresh ? 0 : now)) << CT_TIME_SHIFT) / 1000;
}

static void
confirm(struct ct *ct, uint32_t now)
{
	ct->expires += now;
	ct->status |= CT_CONFIRMED;
}

/* Close to the end of time as entries know it. */
#define NOW (UINT32_MAX - 60)

static void
test_udp_stream(void **state)
{
	static struct ct_ext ext;
	struct ct ct = { .family = AF_INET, .proto = IPPROTO_UDP };
	uint32_t two = ct_seconds(2);

	(void)state;
	assert_int_equal(timeout_after(&ct, NOW, true), 30);
	confirm(&ct, NOW);
	assert_int_equal(timeout_after(&ct, NOW + two - 1, false), 30);
	ct.status |= CT_SEEN_REPLY;
	ct.udp.stream_from = NOW + two;
	assert_int_equal(timeout_after(&ct, NOW + two, false), 30);
	assert_false(ct.status & CT_ASSURED);
	assert_int_equal(timeout_after(&ct, NOW + two + 1, false), 120);
	assert_true(ct.status & CT_ASSURED);
	assert_int_equal(timeout_after(&ct, NOW + two + 2, false), 120);
	ct.ext = &ext;
	assert_int_equal(timeout_after(&ct, NOW + two + 2, false), 120);
	ext.timeouts = &(struct ct_timeouts){ .seconds = { 5, 200 } };
	assert_int_equal(timeout_after(&ct, NOW + two + 2, false), 200);
	ct.status |= CT_FIXED_TIMEOUT;
	assert_int_equal(timeout_after(&ct, NOW + 2 * two + 2, false), 198);
}

static void
test_udplite_stream(void **state)
{
	struct ct ct = { .family = AF_INET, .proto = IPPROTO_UDPLITE };

	(void)state;
	assert_int_equal(timeout_after(&ct, NOW, true), 30);
	confirm(&ct, NOW);
	ct.status |= CT_SEEN_REPLY;
	assert_int_equal(timeout_after(&ct, NOW, false), 120);
	assert_true(ct.status & CT_ASSURED);
}

static void
test_gre_stream(void **state)
{
	struct ct ct = { .family = AF_INET, .proto = IPPROTO_GRE };

	(void)state;
	assert_int_equal(timeout_after(&ct, NOW, true), 30);
	confirm(&ct, NOW);
	ct.status |= CT_SEEN_REPLY;
	assert_int_equal(timeout_after(&ct, NOW, false), 180);
	assert_true(ct.status & CT_ASSURED);
	ct.gre.stream_timeout = 18000;
	assert_int_equal(timeout_after(&ct, NOW, false), 18000);
}

static void
icmp_result(uint8_t family, uint8_t proto, uint8_t type, bool fresh, enum ct_result expected)
{
	struct ct6 entry = { .ct = { .family = family, .proto = proto } };
	struct ct_tuple t = { .family = family, .proto = proto, .dport = ct_icmp_dport(type, 0) };
	struct ct_pkt p = { .ctx = &ctx, .ct = &entry.ct, .now = NOW, .fresh = fresh };

	entry.ct.expires = NOW;
	ct_tuple_set(&entry.ct, CT_ORIGINAL, &t);
	p.m = packet(family, proto, "", 0);
	assert_int_equal(ct_proto(family == AF_INET ? HOOK_IP4 : HOOK_IP6, proto)->packet(&p),
			 expected);
	rte_pktmbuf_free(p.m);
}

static void
test_icmp_packets(void **state)
{
	(void)state;
	icmp_result(AF_INET, IPPROTO_ICMP, ICMP_ECHO, true, CT_OK);
	icmp_result(AF_INET, IPPROTO_ICMP, ICMP_ECHO, false, CT_OK);
	icmp_result(AF_INET, IPPROTO_ICMP, ICMP_ECHOREPLY, true, CT_INVALID);
	icmp_result(AF_INET, IPPROTO_ICMP, ICMP_ECHOREPLY, false, CT_INVALID);
	icmp_result(AF_INET6, IPPROTO_ICMP, ICMP_ECHO, true, CT_INVALID);
	icmp_result(AF_INET6, IPPROTO_ICMPV6, ICMP6_ECHO_REQUEST, true, CT_OK);
	icmp_result(AF_INET6, IPPROTO_ICMPV6, 139, true, CT_OK);
	icmp_result(AF_INET6, IPPROTO_ICMPV6, ICMP6_ECHO_REPLY, true, CT_INVALID);
	icmp_result(AF_INET6, IPPROTO_ICMPV6, ICMP6_ECHO_REPLY, false, CT_OK);
	icmp_result(AF_INET, IPPROTO_ICMPV6, ICMP6_ECHO_REQUEST, true, CT_INVALID);
}

static void
test_gre_keys(void **state)
{
	const struct ct masters[2] = { 0 };
	uint8_t pptp[12] = { 0x30, 0x81, 0x88, 0x0b, 0, 0, 0x12, 0x34 };
	struct ct_tuple call = { .family = AF_INET, .dport = rte_cpu_to_be_16(0x1234), .sport = 5 };
	struct ct_tuple t = { .family = AF_INET };
	const struct ct_proto *gre = ct_proto(HOOK_IP4, IPPROTO_GRE);

	(void)state;
	for (unsigned cut = 0; cut < 8; cut++) {
		assert_true(gre->ports(&t, pptp, cut));
		assert_int_equal(t.dport, 0);
	}
	assert_true(gre->ports(&t, pptp, 8));
	assert_int_equal(t.sport, 0);
	assert_int_equal(t.dport, call.dport);
	assert_int_equal(ct_gre_call_add(&masters[0], CT_REPLY, &call), 0);
	assert_int_equal(ct_gre_call_add(&masters[0], CT_REPLY, &call), 0);
	assert_true(gre->ports(&t, pptp, 8));
	assert_int_equal(t.sport, 5);
	call.dport++;
	assert_int_equal(ct_gre_call_add(&masters[0], CT_REPLY, &call), -EEXIST);
	ct_gre_calls_forget(&masters[0]);
	assert_true(gre->ports(&t, pptp, 8));
	assert_int_equal(t.sport, 0);
	pptp[3]++;
	assert_false(gre->ports(&t, pptp, 8));
	pptp[1] = 0;
	assert_true(gre->ports(&t, pptp, 8));
	assert_int_equal(t.dport, 0);
}

/* More than fit, and all again after they are forgotten. */
static void
test_gre_calls_full(void **state)
{
	static struct ct masters[CT_GRE_CALLS + 1];
	struct ct_tuple t = { .family = AF_INET6 };

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i <= CT_GRE_CALLS; i++) {
			t.src.w[1] = i % 100;
			t.dport = i;
			t.sport = i + 1;
			assert_int_equal(ct_gre_call_add(&masters[i], CT_ORIGINAL, &t),
					 i == CT_GRE_CALLS ? -ENOSPC : 0);
		}
		t.src.w[1] = 77;
		t.dport = 1077;
		assert_int_equal(ct_gre_call_find(&t), 1078);
		for (unsigned i = 0; i <= CT_GRE_CALLS; i++)
			ct_gre_calls_forget(&masters[i]);
		assert_int_equal(ct_gre_call_find(&t), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_valid),      cmocka_unit_test(test_udplite_valid),
		cmocka_unit_test(test_icmp_tuples),    cmocka_unit_test(test_udp_stream),
		cmocka_unit_test(test_udplite_stream), cmocka_unit_test(test_gre_stream),
		cmocka_unit_test(test_icmp_packets),   cmocka_unit_test(test_gre_keys),
		cmocka_unit_test(test_gre_calls_full),
	};

	return cmocka_run_group_tests_name("ct_protos", tests, eal_setup, NULL);
}
