/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments through a router that tracks connections, and for the router itself: eight bytes of the input say what one
 * is like. All is accounted for, and nothing waits when time is over.
 */
#include <netinet/ip6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ip.h>

#include "base_clock.h"
#include "cmd.h"
#include "dp.h"
#include "pkt_reasm.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct choice {
	uint8_t kind;   /* family, direction, for the box, DF, options */
	uint8_t id;     /* of few */
	uint8_t off[2]; /* in the header, with "more" */
	uint8_t len[2]; /* of the payload */
	uint8_t first;  /* byte of the payload, mostly a next header */
	uint8_t proto;
};

enum { SIX = 1, BACK = 2, FOR_BOX = 4, DF = 8, OPTIONS = 16, ALONE = 32 };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const lines[] = {
		"ip addr add 10.1.0.1/24 dev p0",
		"ip addr add 10.2.0.1/24 dev p1",
		"ip addr add fd01::1/64 dev p0",
		"ip addr add fd02::1/64 dev p1",
		"ip neigh add 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0",
		"ip neigh add 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1",
		"ip neigh add fd01::2 lladdr 02:00:00:00:01:00 dev p0",
		"ip neigh add fd02::2 lladdr 02:00:00:00:01:01 dev p1",
		"ip link set p1 mtu 1280",
		"sysctl -w net.ipv4.ip_forward=1",
		"sysctl -w net.ipv6.conf.all.forwarding=1",
		"sysctl -w net.ipv4.icmp_ratelimit=0",
		"sysctl -w net.ipv6.icmp.ratelimit=0",
		"sysctl -w net.netfilter.nf_conntrack_max=512", /* all are swept for each input */
		"sysctl -w net.pollux.conntrack=on",
		"iptables -t raw -A PREROUTING -j LOG --log-ip-options --log-tcp-options",
		"ip6tables -t raw -A PREROUTING -j LOG --log-ip-options",
		"iptables -A FORWARD -p udp -m multiport --dports 1:100 -j REJECT",
		"ip6tables -A FORWARD -p tcp --tcp-option 5 -j REJECT --reject-with tcp-reset",
		"ip6tables -A FORWARD -m rt --rt-type 0 --rt-0-addrs ::1 --rt-0-not-strict",
		"ip6tables -A FORWARD -m dst --dst-opts 30,1,30:6",
		"ip6tables -A FORWARD -m frag --fragid 1:5 --fragmore",
		"ip6tables -A FORWARD -m ipv6header --header dst --soft",
	};
	struct str out = { 0 }, err = { 0 };

	if (dp_setup(NULL) != 0)
		exit(1);
	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (cmd_run_line(lines[i], NULL, 0, &out, &err) != 0) {
			fprintf(stderr, "%s: %s", lines[i], str_text(&err));
			exit(1);
		}
	str_free(&out);
	str_free(&err);
	return 0;
}

/* The payload starts with one chosen byte, so that headers can be made of it. */
static unsigned
put_payload(uint8_t *to, const struct choice *c)
{
	unsigned len = (c->len[0] << 8 | c->len[1]) % 1400;

	for (unsigned i = 0; i < len; i++)
		to[i] = i * c->first;
	if (len > 0)
		to[0] = c->first;
	return len;
}

static unsigned
make4(uint8_t *ip4, const struct choice *c)
{
	struct rte_ipv4_hdr *ip = (void *)ip4;
	unsigned hlen = c->kind & OPTIONS ? 28 : 20, len;
	bool back = c->kind & BACK;

	memset(ip4, 1, 28); /* options: no operation */
	len = hlen + put_payload(ip4 + hlen, c);
	*ip = (struct rte_ipv4_hdr){
		.version_ihl = 0x40 | hlen / 4,
		.total_length = rte_cpu_to_be_16(len),
		.packet_id = c->id % 4,
		.fragment_offset = rte_cpu_to_be_16((c->off[0] << 8 | c->off[1]) & 0x3fff),
		.time_to_live = 64,
		.next_proto_id = c->proto,
		.src_addr = back ? RTE_BE32(0x0a020002) : RTE_BE32(0x0a010002),
		.dst_addr = back ? RTE_BE32(0x0a010002) : RTE_BE32(0x0a020002),
	};
	if (c->kind & DF)
		ip->fragment_offset |= RTE_BE16(0x4000);
	if (c->kind & FOR_BOX)
		ip->dst_addr = RTE_BE32(0x0a010001);
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	return len;
}

static unsigned
make6(uint8_t *ip6, const struct choice *c)
{
	struct ip6_hdr *ip = (void *)ip6;
	unsigned len = sizeof(*ip);
	bool back = c->kind & BACK;

	memset(ip6, 0, 64);
	ip->ip6_vfc = 0x60;
	ip->ip6_hlim = 64;
	memcpy(&ip->ip6_src, "\xfd\1\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	memcpy(&ip->ip6_dst, "\xfd\2\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	ip->ip6_src.s6_addr[1] = back ? 2 : 1;
	ip->ip6_dst.s6_addr[1] = back || c->kind & FOR_BOX ? 1 : 2;
	ip->ip6_dst.s6_addr[15] = c->kind & FOR_BOX ? 1 : 2;
	ip->ip6_nxt = IPPROTO_FRAGMENT;
	if (c->kind & OPTIONS) {
		ip->ip6_nxt = c->kind & DF ? IPPROTO_DSTOPTS : IPPROTO_HOPOPTS;
		memcpy(ip6 + len, (uint8_t[]){ IPPROTO_FRAGMENT, 0, 1, 4 }, 4);
		len += 8;
	}
	memcpy(ip6 + len, (uint8_t[]){ c->proto, 0, c->off[0], c->off[1], 0, 0, 0, c->id % 4 }, 8);
	len += 8;
	len += put_payload(ip6 + len, c);
	ip->ip6_plen = rte_cpu_to_be_16(len - sizeof(*ip));
	return len;
}

static void
give(const struct choice *c)
{
	unsigned side = c->kind & BACK ? 1 : 0, len;
	uint8_t frame[2048] = { 2, 0, 0, 0, 0, 0x10 + side, 2, 0, 0, 0, 1, side };

	frame[12] = c->kind & SIX ? 0x86 : 0x08;
	frame[13] = c->kind & SIX ? 0xdd : 0;
	len = c->kind & SIX ? make6(frame + 14, c) : make4(frame + 14, c);
	dp_give(side, frame, 14 + len);
	if (c->kind & ALONE)
		dp_run();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choice c;

	for (; size >= sizeof(c); data += sizeof(c), size -= sizeof(c)) {
		memcpy(&c, data, sizeof(c));
		give(&c);
	}
	dp_run();
	dp_balance();
	clock_advance(61000);
	dp_run();
	dp_balance();
	if (pkt_reasm_stats().waiting != 0 || pkt_reasm_stats().bytes != 0)
		abort();
	return 0;
}
