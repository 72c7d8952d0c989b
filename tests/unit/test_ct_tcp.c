/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP's tracker: the conversations of ct_tcp.txt, headers cut short, options whose lengths lie. */
#include "ct_play.h"

#include <stdlib.h>

#include <rte_tcp.h>

#include "ct_tcp_seg.h"
#include "pkt_checksum.h"

#define SYSCTL "net.netfilter.nf_conntrack_tcp_"

static const struct ct_proto *tcp;

static int
setup(void **state)
{
	tcp = ct_proto(HOOK_IP4, IPPROTO_TCP);
	return ct_play_setup(state);
}

struct segment {
	char dir;
	char flags[8];
	uint32_t seq, ack;
	unsigned win, len;
	uint8_t options[40];
	unsigned nb_options;
};

static uint8_t
flags_of(const char *s)
{
	static const char all[] = "FSRPAUEC";
	uint8_t flags = 0;

	for (; *s != '\0' && *s != '0'; s++)
		flags |= 1u << (strchr(all, *s) - all);
	return flags;
}

static struct rte_mbuf *
packet_of(const struct segment *s)
{
	unsigned header = sizeof(struct rte_tcp_hdr) + s->nb_options;
	struct rte_mbuf *m = ct_play_ip(s->dir == '<', IPPROTO_TCP, header + s->len);
	struct rte_tcp_hdr *th = pkt_l4(m);

	th->sent_seq = rte_cpu_to_be_32(s->seq);
	th->recv_ack = rte_cpu_to_be_32(s->ack);
	th->rx_win = rte_cpu_to_be_16(s->win);
	th->tcp_flags = flags_of(s->flags);
	th->data_off = header / 4 << 4;
	memcpy(th + 1, s->options, s->nb_options);
	th->cksum = pkt_l4_checksum(m);
	return m;
}

static struct rte_mbuf *
packet(const char *line)
{
	struct segment s;
	char options[81];

	assert_int_equal(sscanf(line, "%c %7s %u %u %u %u %80s", &s.dir, s.flags, &s.seq, &s.ack,
				&s.win, &s.len, options),
			 7);
	s.nb_options = options[0] == '-' ? 0 : strlen(options) / 2;
	for (unsigned i = 0; i < s.nb_options; i++)
		sscanf(options + 2 * i, "%2hhx", &s.options[i]);
	return packet_of(&s);
}

static void
defaults(void)
{
	param_set(param_find(SYSCTL "loose"), 1);
	param_set(param_find(SYSCTL "be_liberal"), 0);
	param_set(param_find(SYSCTL "ignore_invalid_rst"), 0);
}

static void
conversations(void **state)
{
	struct ct_play play = {
		.proto = tcp, .sysctl = SYSCTL, .packet = packet, .begin = defaults
	};

	assert_true(ct_play_file(&play, "ct_tcp.txt") > 200);
}

static void
headers_cut_short(void **state)
{
	struct segment s = { .dir = '>', .flags = "A", .options = { 1, 1, 1, 1 }, .nb_options = 4 };
	struct rte_mbuf *m = packet_of(&s);
	struct rte_tcp_hdr *th = pkt_l4(m);
	uint32_t len = pkt(m)->len;

	assert_true(tcp->valid(m, true));
	for (unsigned cut = 1; cut <= 24; cut++) {
		pkt(m)->len = len - cut;
		assert_false(tcp->valid(m, false));
	}
	pkt(m)->len = len;
	for (unsigned off = 0; off < 16; off++) {
		th->data_off = off << 4;
		assert_int_equal(tcp->valid(m, false), off == 5 || off == 6);
	}
	th->data_off = 6 << 4;
	th->cksum ^= 1;
	assert_false(tcp->valid(m, true));
	assert_true(tcp->valid(m, false));
	th->cksum ^= 1;
	assert_true(tcp->valid(m, true));
	m->data_len -= 1; /* the rest is in another segment */
	assert_false(tcp->valid(m, false));
	m->data_len += 1;
	rte_pktmbuf_free(m);
}

/* Options in memory of exactly their size, so that the sanitizer sees who reads on. */
static void
walk_options(const uint8_t *bytes, unsigned len)
{
	uint8_t *copy = malloc(len + !len);
	struct ct_tcp_seg s = { .options = copy, .nb_options = len };
	struct ct_tcp_seen seen = { .flags = CT_TCP_BE_LIBERAL | CT_TCP_UNACKED };

	memcpy(copy, bytes, len);
	ct_tcp_options(&s, &seen);
	assert_true(seen.flags & CT_TCP_BE_LIBERAL);
	assert_true(seen.scale <= 14);
	ct_tcp_sack(&s, 5);
	free(copy);
}

static void
options_that_lie(void **state)
{
	const uint8_t good[] = { 2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9 };
	struct ct_tcp_seg s = { .options = good, .nb_options = sizeof(good) };
	struct ct_tcp_seen seen = { 0 };
	uint8_t bytes[40];

	ct_tcp_options(&s, &seen);
	assert_int_equal(seen.flags, CT_TCP_SACK_PERM | CT_TCP_WINDOW_SCALE);
	assert_int_equal(seen.scale, 7);
	assert_int_equal(ct_tcp_sack(&s, 5), 9);
	assert_int_equal(ct_tcp_sack(&s, 10), 10);
	assert_int_equal(ct_tcp_sack(&s, 0xfffffff0), 9); /* behind the wrap */
	for (unsigned cut = 0; cut <= sizeof(good); cut++)
		walk_options(good, cut);
	srand(1);
	for (unsigned i = 0; i < 20000; i++) {
		for (unsigned j = 0; j < sizeof(bytes); j++)
			bytes[j] = rand() % (rand() % 4 == 0 ? 256 : 12);
		walk_options(bytes, rand() % 41);
	}
}

static void
windows_forgotten(void **state)
{
	struct ct *ct = ct_play_fresh(IPPROTO_TCP);

	ct->state = CT_TCP_SYN_SENT;
	ct->tcp.seen[0].maxwin = ct->tcp.seen[1].maxwin = 7;
	ct_tcp_forget_window(ct);
	assert_int_equal(ct->tcp.seen[0].maxwin, 7);
	ct->state = CT_TCP_ESTABLISHED;
	ct_tcp_forget_window(ct);
	assert_int_equal(ct->tcp.seen[0].maxwin | ct->tcp.seen[1].maxwin, 0);
	ct_free(0, ct);
}

static void
names(void **state)
{
	struct ct ct = { .state = CT_TCP_NONE };

	assert_string_equal(tcp->state_name(&ct), "NONE");
	for (int i = CT_TCP_SYN_SENT; i < CT_TCP_STATES; i++) {
		ct.state = i;
		assert_int_equal(tcp->state_find(tcp->state_name(&ct)), i);
	}
	assert_int_equal(tcp->state_find("LISTEN"), -1);
	assert_string_equal(tcp->timeout_names[tcp->nb_timeouts - 1], "UNACKNOWLEDGED");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversations),
		cmocka_unit_test(headers_cut_short),
		cmocka_unit_test(options_that_lie),
		cmocka_unit_test(windows_forgotten),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
