/* SPDX-License-Identifier: BSD-3-Clause */
/* DCCP's tracker: the conversations of ct_dccp.txt, headers cut short. */
#include "ct_play.h"

#include "pkt_checksum.h"

#define HEADER 24 /* with long numbers and an acknowledgement */

static const struct ct_proto *dccp;

static int
setup(void **state)
{
	dccp = ct_proto(HOOK_IP4, IPPROTO_DCCP);
	return ct_play_setup(state);
}

static uint8_t
type_of(const char *name)
{
	static const char *const names[] = {
		"REQUEST",  "RESPONSE", "DATA",  "ACK",  "DATAACK",
		"CLOSEREQ", "CLOSE",    "RESET", "SYNC", "SYNCACK",
	};

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	fail_msg("%s", name);
	return 0;
}

static void
write48(uint8_t *b, uint64_t v)
{
	for (unsigned i = 0; i < 6; i++)
		b[i] = v >> (40 - 8 * i);
}

static struct rte_mbuf *
packet(const char *line)
{
	uint64_t seq, ack;
	uint16_t sum;
	char type[16];
	struct rte_mbuf *m = ct_play_ip(*line == '<', IPPROTO_DCCP, HEADER + 4);
	uint8_t *b = pkt_l4(m);

	assert_int_equal(sscanf(line + 1, "%15s %lu %lu", type, &seq, &ack), 3);
	b[4] = HEADER / 4;
	b[8] = type_of(type) << 1 | 1;
	write48(b + 10, seq);
	write48(b + 18, ack);
	sum = pkt_l4_checksum(m);
	memcpy(b + 6, &sum, sizeof(sum));
	return m;
}

static void
defaults(void)
{
	param_set(param_find("net.netfilter.nf_conntrack_dccp_loose"), 1);
}

static void
conversations(void **state)
{
	struct ct_play play = { .proto = dccp, .packet = packet, .begin = defaults };

	assert_true(ct_play_file(&play, "ct_dccp.txt") > 30);
}

static void
headers_cut_short(void **state)
{
	static const uint8_t min[] = { 16, 24, 16, 24, 24, 24, 24, 24, 24, 24 };
	struct rte_mbuf *m = packet("> ACK 1 2");
	uint32_t len = pkt(m)->len;
	uint8_t *b = pkt_l4(m);

	assert_true(dccp->valid(m, true));
	b[HEADER] ^= 1;
	assert_false(dccp->valid(m, true));
	b[5] = 1; /* data is not covered */
	b[6] = b[7] = 0;
	assert_false(dccp->valid(m, true));
	for (unsigned cut = 1; cut <= HEADER + 4; cut++) {
		pkt(m)->len = len - cut;
		assert_int_equal(dccp->valid(m, false), cut <= 4);
	}
	pkt(m)->len = len;
	b[5] = 3; /* 8 bytes of data, and there are 4 */
	assert_false(dccp->valid(m, false));
	b[5] = 2;
	for (unsigned type = 0; type < 16; type++) {
		for (unsigned words = 0; words < 8; words++) {
			b[4] = words;
			b[8] = type << 1 | 1;
			assert_int_equal(dccp->valid(m, false), type < RTE_DIM(min) &&
									4 * words >= min[type] &&
									words < 7);
		}
	}
	rte_pktmbuf_free(m);
}

static void
names(void **state)
{
	struct ct ct = { .state = 0 };

	assert_string_equal(dccp->state_name(&ct), "NONE");
	for (unsigned i = 0; i < dccp->nb_timeouts; i++) {
		ct.state = dccp->state_find(dccp->timeout_names[i]);
		assert_string_equal(dccp->state_name(&ct), dccp->timeout_names[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversations),
		cmocka_unit_test(headers_cut_short),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
