/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets and sets of the types that the kernel which tests/kernel compares with has not got: who is in, who is not. What
 * is expected is what Debian's kernel says (tests/guest/set_types.txt).
 */
#include "eal.h"

#include <arpa/inet.h>
#include <string.h>

#include <rte_udp.h>

#include "base_clock.h"
#include "cmd.h"
#include "pkt_parse.h"
#include "set_packet.h"

#define FOR_EVER UINT32_C(2000000) /* ms; what has a timeout of 1000 s is gone by then */
#define MAC_C "\x02\0\0\0\0\x02"
#define MAC_R "\x02\0\0\0\0\x01"
#define MAC_X "\x02\0\0\0\0\x09"
#define MAC_0 "\0\0\0\0\0\0"

struct frame {
	const char *src, *dst; /* addresses */
	uint16_t port;         /* destination's */
	const char *mac;       /* source's; NULL: MAC_C */
	uint32_t mark;
};

static void
run(const char *line)
{
	struct str out = { 0 }, err = { 0 };

	if (cmd_run_line(line, "", 0, &out, &err) != 0)
		fail_msg("%s: %s", line, str_text(&err));
	str_free(&out);
	str_free(&err);
}

static bool
has(const char *set, const char *element)
{
	struct str out = { 0 }, err = { 0 };
	char line[120];
	int rc;

	snprintf(line, sizeof(line), "ipset test %s %s", set, element);
	rc = cmd_run_line(line, "", 0, &out, &err);
	str_free(&out);
	str_free(&err);
	return rc == 0;
}

static void
fill_ip4(struct rte_ipv4_hdr *h, const struct frame *f)
{
	*h = (struct rte_ipv4_hdr){ .version_ihl = 0x45,
				    .total_length = htons(28),
				    .time_to_live = 64,
				    .next_proto_id = IPPROTO_UDP };
	assert_int_equal(inet_pton(AF_INET, f->src, &h->src_addr), 1);
	assert_int_equal(inet_pton(AF_INET, f->dst, &h->dst_addr), 1);
	h->hdr_checksum = rte_ipv4_cksum(h);
}

static void
fill_ip6(struct ip6_hdr *h, const struct frame *f)
{
	*h = (struct ip6_hdr){ .ip6_flow = htonl(6u << 28),
			       .ip6_plen = htons(8),
			       .ip6_nxt = IPPROTO_UDP,
			       .ip6_hlim = 64 };
	assert_int_equal(inet_pton(AF_INET6, f->src, &h->ip6_src), 1);
	assert_int_equal(inet_pton(AF_INET6, f->dst, &h->ip6_dst), 1);
}

static struct rte_mbuf *
make(const struct frame *f)
{
	static const struct rte_ether_addr mac = { { 2, 0, 0, 0, 0, 1 } };
	bool six = strchr(f->src, ':') != NULL;
	struct rte_mbuf *m = pkt_alloc(0);
	unsigned l4 = 14 + (six ? 40 : 20);
	uint8_t *b = (void *)rte_pktmbuf_append(m, l4 + 8);
	uint16_t reason = 0;

	memset(b, 0, l4 + 8);
	memcpy(b, MAC_R, 6);
	memcpy(b + 6, f->mac != NULL ? f->mac : MAC_C, 6);
	b[12] = six ? 0x86 : 0x08;
	b[13] = six ? 0xdd : 0x00;
	if (six)
		fill_ip6((void *)(b + 14), f);
	else
		fill_ip4((void *)(b + 14), f);
	*(struct rte_udp_hdr *)(b + l4) =
		(struct rte_udp_hdr){ htons(1), htons(f->port), htons(8), 0 };
	assert_int_not_equal(pkt_parse(m, 0, &mac, &reason), PKT_KIND_DROP);
	pkt(m)->mark = f->mark;
	return m;
}

/* dirs: "sdd". */
static struct set_ref
refer(const char *set, const char *dirs)
{
	struct set_ref r = { .number = set_find(set), .nb = strlen(dirs) };

	assert_int_not_equal(r.number, SET_NO_NUMBER);
	for (unsigned i = 0; i < r.nb; i++)
		r.dirs |= (dirs[i] == 's') << i;
	return r;
}

static bool
asked(const char *set, const char *dirs, const struct frame *f, uint32_t later, bool return_nomatch)
{
	static const char none[16];
	struct set_packet p = { .m = make(f), .in = none, .out = none, .framed = true };
	struct set_ref r = refer(set, dirs);
	struct set_ask a = { .now = clock_ms() + later };
	bool is = set_packet_test(&p, &r, &a, return_nomatch);

	rte_pktmbuf_free(p.m);
	return is;
}

static bool
in(const char *set, const char *dirs, const struct frame f)
{
	return asked(set, dirs, &f, 0, false);
}

static int
add(const char *set, const char *dirs, const struct frame f)
{
	static const char none[16];
	struct set_packet p = { .m = make(&f), .in = none, .out = none, .framed = true };
	struct set_ref r = refer(set, dirs);
	int rc = set_packet_add(&p, &r, SET_NO_TIMEOUT, false, clock_ms());

	rte_pktmbuf_free(p.m);
	return rc;
}

/* From, to, port, and what else is said by name. */
#define F(s, d, p, ...) ((struct frame){ .src = s, .dst = d, .port = p, ##__VA_ARGS__ })

static void
macs(void **state)
{
	struct frame gone = F("10.1.0.2", "10.2.0.2", 9, .mac = MAC_X);

	run("ipset create m hash:mac timeout 0");
	run("ipset add m 02:00:00:00:00:02");
	run("ipset add m 02:00:00:00:00:09 timeout 1000");
	assert_true(in("m", "s", F("10.1.0.2", "10.2.0.2", 9)));
	assert_true(in("m", "s", F("fd01::2", "fd02::2", 9)));
	assert_true(in("m", "ss", F("10.1.0.2", "10.2.0.2", 9)));
	assert_false(in("m", "d", F("10.1.0.2", "10.2.0.2", 9)));
	assert_false(in("m", "s", F("10.1.0.2", "10.2.0.2", 9, .mac = MAC_R)));
	assert_true(asked("m", "s", &gone, 0, false));
	assert_false(asked("m", "s", &gone, FOR_EVER, false));
	run("ipset add m 02:00:00:00:00:01");
	assert_true(in("m", "d", F("10.1.0.2", "10.2.0.2", 9, .mac = MAC_0)));
	assert_int_not_equal(add("m", "s", F("10.1.0.2", "10.2.0.2", 9, .mac = MAC_0)), 0);
	assert_int_equal(add("m", "s", F("10.1.0.2", "10.2.0.2", 9)), -EEXIST);
	run("ipset destroy m");
}

static void
addresses_with_macs(void **state)
{
	run("ipset create im hash:ip,mac");
	run("ipset create im6 hash:ip,mac family inet6 timeout 1000");
	run("ipset add im 10.1.0.2,02:00:00:00:00:02");
	run("ipset add im 10.2.0.2,02:00:00:00:00:01");
	run("ipset add im6 fd01::2,02:00:00:00:00:02");
	assert_true(in("im", "ss", F("10.1.0.2", "10.9.0.1", 9)));
	assert_false(in("im", "ss", F("10.1.0.3", "10.9.0.1", 9)));
	assert_false(in("im", "ss", F("10.1.0.2", "10.9.0.1", 9, .mac = MAC_X)));
	assert_true(in("im", "dd", F("10.1.0.9", "10.2.0.2", 9)));
	assert_false(in("im", "ds", F("10.1.0.9", "10.2.0.2", 9)));
	assert_false(in("im", "s", F("10.1.0.2", "10.9.0.1", 9)));
	assert_false(in("im6", "ss", F("10.1.0.2", "10.9.0.1", 9)));
	assert_true(in("im6", "ss", F("fd01::2", "fd02::2", 9)));
	assert_false(asked("im6", "ss", &F("fd01::2", "fd02::2", 9), FOR_EVER, false));
	assert_false(in("im6", "ss", F("fd01::2", "fd02::2", 9, .mac = MAC_X)));
	assert_int_equal(add("im", "ss", F("0.0.0.0", "10.2.0.2", 9)), 0);
	assert_int_not_equal(add("im", "ss", F("10.1.0.9", "10.2.0.2", 9, .mac = MAC_0)), 0);
	run("ipset destroy im");
	run("ipset destroy im6");
}

static void
addresses_with_marks(void **state)
{
	run("ipset create k hash:ip,mark markmask 0xff");
	run("ipset create k6 hash:ip,mark family inet6 timeout 1000");
	run("ipset add k 10.1.0.2,0x110");
	run("ipset add k6 fd01::2,0x110");
	assert_true(in("k", "ss", F("10.1.0.2", "10.2.0.2", 9, .mark = 0x210)));
	assert_false(in("k", "ss", F("10.1.0.2", "10.2.0.2", 9, .mark = 0x211)));
	assert_true(in("k", "dd", F("10.2.0.2", "10.1.0.2", 9, .mark = 0x10)));
	assert_false(in("k", "dd", F("10.1.0.2", "10.2.0.2", 9, .mark = 0x10)));
	assert_false(in("k", "s", F("10.1.0.2", "10.2.0.2", 9, .mark = 0x10)));
	assert_true(in("k6", "ss", F("fd01::2", "fd02::2", 9, .mark = 0x110)));
	assert_false(in("k6", "ss", F("fd01::2", "fd02::2", 9, .mark = 0x210)));
	assert_false(
		asked("k6", "ss", &F("fd01::2", "fd02::2", 9, .mark = 0x110), FOR_EVER, false));
	/* A command must not, a packet may. */
	assert_int_equal(add("k", "ss", F("0.0.0.0", "10.2.0.2", 9, .mark = 0x100)), 0);
	run("ipset destroy k");
	run("ipset destroy k6");
}

static void
pairs_of_networks(void **state)
{
	run("ipset create n hash:net,net timeout 0");
	run("ipset create n6 hash:net,net family inet6");
	run("ipset add n 10.1.0.0/24,10.2.0.0/24");
	run("ipset add n 10.1.0.2/31,10.2.0.3 nomatch");
	run("ipset add n 10.1.0.0/16,10.4.0.0/16 timeout 1000");
	run("ipset add n6 fd01::/64,fd02::/64");
	run("ipset add n6 fd01::2,fd02::3 nomatch");
	assert_true(in("n", "sd", F("10.1.0.2", "10.2.0.2", 9)));
	assert_false(in("n", "ds", F("10.1.0.2", "10.2.0.2", 9)));
	assert_false(in("n", "ss", F("10.1.0.2", "10.2.0.2", 9)));
	assert_false(in("n", "s", F("10.1.0.2", "10.2.0.2", 9)));
	assert_false(in("n", "sd", F("10.1.1.2", "10.2.0.2", 9)));
	assert_false(in("n", "sd", F("10.1.0.3", "10.2.0.3", 9)));
	assert_true(asked("n", "sd", &F("10.1.0.3", "10.2.0.3", 9), 0, true));
	assert_false(asked("n", "sd", &F("10.1.0.2", "10.2.0.2", 9), 0, true));
	assert_true(in("n", "sd", F("10.1.0.4", "10.2.0.3", 9)));
	assert_true(asked("n", "sd", &F("10.1.9.4", "10.4.0.3", 9), 0, false));
	assert_false(asked("n", "sd", &F("10.1.9.4", "10.4.0.3", 9), FOR_EVER, false));
	assert_true(in("n6", "sd", F("fd01::3", "fd02::3", 9)));
	assert_false(in("n6", "sd", F("fd01::2", "fd02::3", 9)));
	assert_true(asked("n6", "sd", &F("fd01::2", "fd02::3", 9), 0, true));
	assert_false(in("n6", "sd", F("fd01:0:0:1::2", "fd02::3", 9)));
	run("ipset destroy n");
	run("ipset destroy n6");
	/* Packets add the longest lengths that are there. */
	run("ipset create n hash:net,net");
	run("ipset add n 10.9.0.0/20,10.9.0.0/22");
	assert_int_equal(add("n", "sd", F("10.1.1.2", "10.2.1.2", 9)), 0);
	assert_true(has("n", "10.1.0.0/20,10.2.0.0/22"));
	run("ipset destroy n");
}

static void
networks_with_ports(void **state)
{
	run("ipset create p hash:net,port,net timeout 0");
	run("ipset create p6 hash:net,port,net family inet6");
	run("ipset add p 10.1.0.0/24,udp:2,10.2.0.0/24");
	run("ipset add p 10.1.0.2,udp:2,10.2.0.3 nomatch");
	run("ipset add p 0.0.0.0/0,udp:3,10.2.0.3 timeout 1000");
	run("ipset add p6 fd01::/64,udp:2,fd02::/64");
	run("ipset add p6 fd01::3,udp:2,fd02::2 nomatch");
	assert_true(in("p", "sdd", F("10.1.0.2", "10.2.0.2", 2)));
	assert_false(in("p", "sdd", F("10.1.0.2", "10.2.0.2", 3)));
	assert_false(in("p", "ssd", F("10.1.0.2", "10.2.0.2", 2)));
	assert_false(in("p", "dds", F("10.1.0.2", "10.2.0.2", 2)));
	assert_false(in("p", "sd", F("10.1.0.2", "10.2.0.2", 2)));
	assert_false(in("p", "sdd", F("10.1.0.2", "10.2.0.3", 2)));
	assert_true(asked("p", "sdd", &F("10.1.0.2", "10.2.0.3", 2), 0, true));
	assert_true(in("p", "sdd", F("192.0.2.1", "10.2.0.3", 3)));
	assert_false(asked("p", "sdd", &F("192.0.2.1", "10.2.0.3", 3), FOR_EVER, false));
	assert_false(in("p", "sdd", F("192.0.2.1", "10.2.0.4", 3)));
	assert_true(in("p6", "sdd", F("fd01::2", "fd02::2", 2)));
	assert_false(in("p6", "sdd", F("fd01::3", "fd02::2", 2)));
	assert_false(in("p6", "sdd", F("fd01::2", "fd02::2", 3)));
	assert_int_equal(add("p6", "sdd", F("fd01::2", "fd02::2", 3)), 0);
	assert_true(has("p6", "fd01::2,udp:3,fd02::2"));
	run("ipset destroy p");
	run("ipset destroy p6");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(macs),
		cmocka_unit_test(addresses_with_macs),
		cmocka_unit_test(addresses_with_marks),
		cmocka_unit_test(pairs_of_networks),
		cmocka_unit_test(networks_with_ports),
	};

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
