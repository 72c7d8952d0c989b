/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets through translated connections, both ways. The input is a list of steps: a connection is opened (answered,
 * and an ICMP error sent about it), a packet of one comes again with bytes changed or cut off, an error about one
 * quotes it wrongly, or any bytes come. Nothing crashes; what leaves has right checksums when what came in
 * had; an answer and a quotation arrive as those of what the client has sent.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_hexdump.h>

#include "base_clock.h"
#include "cmd.h"
#include "ct_table.h"
#include "dp.h"
#include "nat_frame.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 24
#define KEPT 8
#define SIP 5060 /* its messages change on the way */

static const char *const lines[] = {
	"ip addr add 10.1.0.1/24 dev p0",
	"ip addr add 10.2.0.1/24 dev p1",
	"ip addr add fd01::1/64 dev p0",
	"ip addr add fd02::1/64 dev p1",
	"ip neigh add 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0",
	"ip neigh add 10.1.0.3 lladdr 02:00:00:00:01:00 dev p0",
	"ip neigh add 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1",
	"ip neigh add fd01::2 lladdr 02:00:00:00:01:00 dev p0",
	"ip neigh add fd02::2 lladdr 02:00:00:00:01:01 dev p1",
	"sysctl -w net.ipv4.ip_forward=1",
	"sysctl -w net.ipv6.conf.all.forwarding=1",
	"sysctl -w net.ipv4.conf.all.send_redirects=0",
	"sysctl -w net.ipv4.conf.p0.send_redirects=0",
	"sysctl -w net.netfilter.nf_conntrack_max=1024",
	"iptables -A FORWARD -m conntrack --ctstate NEW",
	"ip6tables -A FORWARD -m conntrack --ctstate NEW",
	"iptables -t raw -A PREROUTING -p udp --dport 5060 -j CT --helper sip",
	"iptables -t nat -A POSTROUTING -o p1 -p tcp -s 10.1.0.2 -j SNAT --to-source "
	"10.2.0.50-10.2.0.51:1-1000",
	"iptables -t nat -A POSTROUTING -o p1 -p icmp -j SNAT --to-source 10.2.0.60",
	"iptables -t nat -A POSTROUTING -o p1 -j MASQUERADE",
	"iptables -t nat -A POSTROUTING -o p0 -s 10.1.0.0/24 -j MASQUERADE",
	"iptables -t nat -A PREROUTING -i p1 -p udp --dport 5000:6000 -j DNAT --to-destination "
	"10.1.0.2:53-99/5000",
	"iptables -t nat -A PREROUTING -i p1 -d 10.2.0.77 -j DNAT --to-destination "
	"10.1.0.2-10.1.0.3",
	"iptables -t nat -A PREROUTING -i p0 -d 10.1.0.77 -j DNAT --to-destination 10.1.0.3",
	"iptables -t nat -A PREROUTING -i p0 -p tcp --dport 9 -j REDIRECT --to-ports 7",
	"iptables -t nat -A INPUT -p tcp --dport 7 -j SNAT --to-source 10.1.0.2:99",
	"iptables -t nat -A PREROUTING -d 10.9.0.0/24 -j NETMAP --to 10.2.0.0/24",
	"ip6tables -t nat -A POSTROUTING -o p1 -p tcp -j MASQUERADE --to-ports 700-800",
	"ip6tables -t nat -A POSTROUTING -o p1 -j SNAT --to-source fd02::50-fd02::51",
	"ip6tables -t nat -A PREROUTING -i p1 -d fd02::77 -j DNAT --to-destination fd01::2",
	"ip6tables -t nat -A PREROUTING -d fd09::/64 -j NETMAP --to fd02::/64",
};

/* Who may open to whom. */
static const struct {
	const char *src, *dst;
	uint8_t side;
} pairs[] = {
	{ "10.1.0.2", "10.2.0.2", 0 }, { "10.1.0.3", "10.2.0.2", 0 },
	{ "10.1.0.2", "10.9.0.2", 0 }, { "10.1.0.2", "10.1.0.77", 0 },
	{ "10.1.0.2", "10.2.0.1", 0 }, { "10.2.0.2", "10.2.0.77", 1 },
	{ "10.2.0.2", "10.2.0.1", 1 }, { "fd01::2", "fd02::2", 0 },
	{ "fd01::2", "fd09::2", 0 },   { "fd02::2", "fd02::77", 1 },
	{ "fd02::2", "fd01::2", 1 },
};

/* What was opened: as it came, and as it left. */
static struct {
	struct dp_frame in, out;
} kept[KEPT];

static struct input {
	const uint8_t *data;
	size_t size;
} input;

static uint8_t
byte(void)
{
	if (input.size == 0)
		return 0;
	input.size--;
	return *input.data++;
}

static uint16_t
word(void)
{
	uint8_t high = byte();

	return high << 8 | byte();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct str out = { 0 }, err = { 0 };

	if (dp_setup(NULL) != 0)
		exit(1);
	for (unsigned i = 0; i < RTE_DIM(lines); i++)
		if (cmd_run_line(lines[i], NULL, 0, &out, &err) != 0) {
			fprintf(stderr, "%s: %s", lines[i], str_text(&err));
			exit(1);
		}
	str_free(&out);
	str_free(&err);
	return 0;
}

/* Gives the frame, and takes what leaves. out: the one that was forwarded, by which port; false: none was. */
static bool
pass(const struct dp_frame *f, struct dp_frame *out, unsigned *by)
{
	bool right = frame_sums(f) == SUMS_RIGHT, found = false;
	struct rte_mbuf *m;

	dp_give(frame_side(f), f->bytes, f->len);
	dp_run();
	for (unsigned side = 0; side < DP_SIDES; side++) {
		while ((m = dp_take(side)) != NULL) {
			struct dp_frame left;

			frame_of(&left, m);
			rte_pktmbuf_free(m);
			if (right && frame_sums(&left) == SUMS_WRONG) {
				rte_hexdump(stderr, "came", f->bytes, f->len);
				rte_hexdump(stderr, "left", left.bytes, left.len);
				abort();
			}
			if (frame_forwarded(&left)) {
				*out = left;
				*by = side;
				found = true;
			}
		}
	}
	return found;
}

/* The far side's answer, and its error about it, have to come to the client as if nothing were translated. */
static void
way_back(const struct dp_frame *in, const struct dp_frame *out, unsigned by, uint8_t how)
{
	struct dp_frame answer, got;
	unsigned at;

	answer = how & 1 ? frame_error(out, by, how >> 1) : frame_answer(out, by);
	if (!pass(&answer, &got, &at) || at != frame_side(in))
		abort();
	if (how & 1 ? !frame_quotes(&got, in) : !frame_answers(&got, in))
		abort();
}

static void
open_one(void)
{
	static const uint8_t protocols[] = { IPPROTO_UDP,  IPPROTO_TCP, IPPROTO_ICMP,
					     IPPROTO_SCTP, IPPROTO_GRE, 200 };
	uint8_t pair = byte() % RTE_DIM(pairs), how = byte();
	uint16_t sport = word(), dport = word();
	struct dp_frame in, out;
	unsigned before = ct_count(), by;

	in = frame_first(pairs[pair].src, pairs[pair].dst, pairs[pair].side,
			 protocols[how % RTE_DIM(protocols)], sport, dport);
	for (unsigned i = 0, n = byte() % FRAME_PAYLOAD; i < n; i++)
		frame_payload(&in)[i] = byte();
	frame_sum(&in);
	if (!pass(&in, &out, &by))
		return;
	memmove(&kept[1], &kept[0], sizeof(kept) - sizeof(kept[0]));
	kept[0].in = in;
	kept[0].out = out;
	frame_comes_back(&kept[0].out, by);
	if (ct_count() != before + 1 || dport == SIP)
		return;
	way_back(&in, &out, by, how >> 3);
	if (how & 0x80)
		way_back(&in, &out, by, how >> 3 ^ 1);
}

/* A frame with some bytes changed, or its end cut off. */
static void
spoil(struct dp_frame *f)
{
	for (unsigned i = 0, n = byte() % 4; i < n; i++) {
		uint16_t at = word();

		f->bytes[14 + at % (f->len - 14)] = byte();
	}
	if (byte() % 4 == 0)
		f->len = RTE_MAX(14 + word() % (f->len - 14), 15);
	if (byte() % 2 == 0)
		frame_sum(f);
}

static void
again(uint8_t op)
{
	struct dp_frame f = op & 4 ? kept[op >> 4 & 7].out : kept[op >> 4 & 7].in, out;
	unsigned by;

	if (f.len == 0)
		return;
	if (op & 8)
		f = frame_error(&f, frame_side(&f), byte());
	spoil(&f);
	pass(&f, &out, &by);
}

static void
any_bytes(uint8_t op)
{
	struct dp_frame f = frame_empty(op >> 2 & 1, op & 8), out;
	unsigned by;

	for (unsigned n = byte(); n > 0 && input.size > 0; n--)
		f.bytes[f.len++] = byte();
	if (op & 16)
		frame_sum(&f);
	pass(&f, &out, &by);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str out = { 0 }, err = { 0 };

	input = (struct input){ data, size };
	memset(kept, 0, sizeof(kept));
	for (unsigned i = 0; i < STEPS_MAX && input.size > 0; i++) {
		uint8_t op = byte();

		if (op % 4 < 2)
			open_one();
		else if (op % 4 == 2)
			again(op);
		else
			any_bytes(op);
	}
	dp_balance();
	/* An input starts without connections and fragments of others. */
	cmd_run_line("conntrack -F", NULL, 0, &out, &err);
	clock_advance(61000);
	dp_run();
	dp_balance();
	str_free(&out);
	str_free(&err);
	return 0;
}
