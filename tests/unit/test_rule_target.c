/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/rule: what targets leave in the packet, where no frame shows it; and that no packet, however broken, makes
 * them touch a byte outside of it or spoil a checksum.
 */
#include "rule_setup.h"

#include <rte_random.h>

#include "pkt_chain.h"
#include "pkt_checksum.h"
#include "pkt_guard.h"
#include "pkt_rewrite.h"

#define ROUNDS 20000

static const struct packet syn = { .proto = IPPROTO_TCP, .w0 = 9, .w1 = 1, .tcp_flags = 2 };
static const struct packet syn6 = {
	.ip6 = true, .proto = IPPROTO_TCP, .w0 = 9, .w1 = 1, .tcp_flags = 2
};

/* The verdict of table mangle. */
static verdict_t
mangle(enum hook_point point, struct rte_mbuf *m)
{
	enum hook_family family = pkt(m)->family == AF_INET ? HOOK_IP4 : HOOK_IP6;
	struct hook_ctx ctx = { .gen = gen_current(), .family = family, .point = point };
	verdict_t v = VERDICT_ACCEPT;

	rule_hook(&ctx, rule_hook_priv(family, rule_table_type_find(family, "mangle")), &m, 1, &v);
	return v;
}

static void
mangle_reset(void)
{
	run_ok("iptables -t mangle -F");
	run_ok("ip6tables -t mangle -F");
}

static void
test_class(void **state)
{
	struct rte_mbuf *m = packet_make(&syn);

	mangle_reset();
	assert_int_equal(pkt(m)->class, 0);
	run_ok("iptables -t mangle -A FORWARD -j CLASSIFY --set-class 12:ab");
	assert_int_equal(mangle(HOOK_FORWARD, m), VERDICT_ACCEPT);
	assert_int_equal(pkt(m)->class, 0x001200ab);
	rte_pktmbuf_free(m);
}

static uint16_t
label_of(const struct packet *p)
{
	struct rte_mbuf *m = packet_make(p);
	uint16_t label;

	assert_int_equal(mangle(HOOK_FORWARD, m), VERDICT_ACCEPT);
	label = pkt(m)->secmark;
	rte_pktmbuf_free(m);
	return label;
}

/* Equal labels are one number, in every table and family. */
static void
test_label(void **state)
{
	uint16_t one, other;

	mangle_reset();
	assert_int_equal(label_of(&syn), 0);
	run_ok("iptables -t mangle -A FORWARD -j SECMARK --selctx system_u:object_r:http_t:s0");
	run_ok("ip6tables -t mangle -A FORWARD -j SECMARK --selctx system_u:object_r:http_t:s0");
	one = label_of(&syn);
	assert_int_not_equal(one, 0);
	assert_int_equal(label_of(&syn6), one);
	run_ok("iptables -t mangle -A FORWARD -j SECMARK --selctx \"an \\\"odd one\"");
	other = label_of(&syn);
	assert_int_not_equal(other, 0);
	assert_int_not_equal(other, one);
	run_ok("iptables -t security -A INPUT -j SECMARK --selctx a");
	assert_int_equal(run("iptables -A INPUT -j SECMARK --selctx a"), 1);
	assert_int_equal(run("iptables -t mangle -A INPUT -j SECMARK"), 2);
	run_ok("iptables -t mangle -S FORWARD");
	assert_string_equal(str_text(&rule_out),
			    "-P FORWARD ACCEPT\n"
			    "-A FORWARD -j SECMARK --selctx \"system_u:object_r:http_t:s0\"\n"
			    "-A FORWARD -j SECMARK --selctx \"an \\\"odd one\"\n");
	run_ok("iptables -t security -F");
}

/* As if put together from fragments: a chain. */
static void
lengthen(struct rte_mbuf *m)
{
	uint32_t len = pkt(m)->len + 4000;

	assert_true(pkt_chain_extend(m, 4000));
	assert_true(m->nb_segs > 1);
	pkt_len_set(m, len);
}

/* A frame of random bytes, but for what makes a TCP packet of it. */
static struct rte_mbuf *
random_packet(void)
{
	static const uint8_t kinds[] = { 0, 1, 2, 2, 3, 4, 5, 8, 30, 255 };
	static const struct rte_ether_addr mac = { { 2, 0, 0, 0, 0, 1 } };
	bool ip6 = rte_rand() & 1;
	unsigned header = ip6 ? 40 : 20 + 4 * rte_rand_max(11), l4 = rte_rand_max(80);
	uint8_t frame[256];
	uint8_t *ip = frame + 14, *tcp = ip + header;
	struct rte_mbuf *m = pkt_alloc(0);
	uint16_t reason;

	for (unsigned i = 0; i < sizeof(frame); i++)
		frame[i] = rte_rand() & 1 ? kinds[rte_rand_max(RTE_DIM(kinds))] : rte_rand_max(8);
	memcpy(frame, &mac, 6);
	frame[12] = ip6 ? 0x86 : 0x08;
	frame[13] = ip6 ? 0xdd : 0x00;
	if (ip6) {
		ip[0] = 0x60;
		ip[8] = ip[24] = 0xfd;
		*(uint16_t *)(ip + 4) = rte_cpu_to_be_16(l4);
		ip[6] = rte_rand_max(4) != 0 ? IPPROTO_TCP : IPPROTO_DSTOPTS;
		if (ip[6] == IPPROTO_DSTOPTS)
			tcp[0] = IPPROTO_TCP;
	} else {
		ip[0] = 0x40 | header / 4;
		*(uint16_t *)(ip + 2) = rte_cpu_to_be_16(header + l4);
		*(uint16_t *)(ip + 6) =
			rte_cpu_to_be_16(rte_rand_max(8) == 0 ? rte_rand_max(3) : 0);
		ip[9] = IPPROTO_TCP;
		*(uint16_t *)(ip + 10) = 0;
		*(uint16_t *)(ip + 10) = ~rte_raw_cksum(ip, header);
	}
	tcp[12] = rte_rand_max(16) << 4;
	memcpy(rte_pktmbuf_append(m, 14 + header + l4), frame, 14 + header + l4);
	if (pkt_parse(m, 0, &mac, &reason) == PKT_KIND_DROP)
		fail_msg("the test's packet is refused: %s", drop_info(reason)->name);
	if (rte_rand_max(8) == 0)
		lengthen(m);
	else
		pkt_guard(m);
	return m;
}

/* What the checksums are wrong by: of the IPv4 header, and of TCP when there is one. */
struct wrong {
	uint16_t ip, tcp;
};

static struct wrong
wrong_by(const struct rte_mbuf *m)
{
	struct wrong w = { 0 };

	if (pkt_const(m)->family == AF_INET)
		w.ip = rte_raw_cksum(pkt_ip4(m), rte_ipv4_hdr_len(pkt_ip4(m)));
	if (pkt_const(m)->flags & PKT_L4 && pkt_l4_len(m) >= sizeof(struct rte_tcp_hdr))
		w.tcp = pkt_l4_checksum(m);
	return w;
}

static void
check_random(const char *rules, const char *rules6, bool tcp_sum)
{
	mangle_reset();
	assert_int_equal(run_with("iptables-restore", rules), 0);
	assert_int_equal(run_with("ip6tables-restore", rules6), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct rte_mbuf *m = random_packet();
		struct wrong before = wrong_by(m), after;
		uint32_t len = m->pkt_len;

		if (mangle(HOOK_FORWARD, m) == VERDICT_ACCEPT) {
			after = wrong_by(m);
			assert_int_equal(before.ip, after.ip);
			assert_true(!tcp_sum || before.tcp == after.tcp);
			assert_int_equal(m->pkt_len, pkt(m)->l3 + pkt(m)->len);
			assert_in_range(m->pkt_len, len, len + 4);
		}
		pkt_unguard(m);
		rte_pktmbuf_free(m);
	}
}

static void
test_random(void **state)
{
	static const char strip[] = "*mangle\n-A FORWARD -p tcp -j TCPOPTSTRIP --strip-options "
				    "2,3,5,8,30,255\nCOMMIT\n";
	static const char mss[] =
		"*mangle\n-A FORWARD -p tcp --tcp-flags SYN SYN -j TCPMSS --set-mss 5\n"
		"-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 3\n"
		"-A FORWARD -p tcp -m tcpmss --mss 1:100\n"
		"-A FORWARD -p tcp -m ecn --ecn-tcp-ece\nCOMMIT\n";

	check_random(
		"*mangle\n-A FORWARD -p tcp -j ECN --ecn-tcp-remove\n"
		"-A FORWARD -p tcp -j ECN --ecn-tcp-ece 1 --ecn-ip-ect 1\n"
		"-A FORWARD -j TOS --xor-tos 0x55\n-A FORWARD -j TTL --ttl-inc 3\nCOMMIT\n",
		"*mangle\n-A FORWARD -j DSCP --set-dscp 9\n-A FORWARD -j HL --hl-dec 3\nCOMMIT\n",
		true);
	check_random(strip, strip, true);
	/* An option at an odd place gets a wrong checksum, as in Linux. */
	check_random(mss, mss, false);
}

/* How many hooks the text of `show hooks` has, and where: "nat" at that priority. */
static unsigned
nat_at(const char *priority)
{
	unsigned n = 0;

	run_ok("show hooks");
	for (char *line = strtok(rule_out.text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		n += strstr(line, priority) != NULL && strstr(line, " nat ") != NULL;
	return n;
}

/* Looking at nat is enough: its functions come, before filter and behind security. */
static void
test_nat_hooks(void **state)
{
	assert_int_equal(nat_at(" -100 "), 0);
	run_ok("iptables -t nat -S");
	assert_int_equal(nat_at(" -100 "), 2);
	assert_int_equal(nat_at(" 100 "), 2);
	run_ok("ip6tables -t nat -L");
	assert_int_equal(nat_at(" -100 "), 4);
	assert_int_equal(nat_at(" 100 "), 4);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_class),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_nat_hooks),
	};

	return cmocka_run_group_tests(tests, route_setup, NULL);
}
