/* SPDX-License-Identifier: BSD-3-Clause */
/* SCTP's tracker: the conversations of ct_sctp.txt, packets cut short, chunks whose lengths lie. */
#include "ct_play.h"

#include <stdlib.h>

#include <rte_hash_crc.h>

#define HEADER 12

static const struct ct_proto *sctp;

static int
setup(void **state)
{
	sctp = ct_proto(HOOK_IP4, IPPROTO_SCTP);
	return ct_play_setup(state);
}

static uint8_t
type_of(const char *name)
{
	static const char *const names[] = {
		"DATA",          "INIT",       "INIT_ACK", "SACK",         "HEARTBEAT",
		"HEARTBEAT_ACK", "ABORT",      "SHUTDOWN", "SHUTDOWN_ACK", "ERROR",
		"COOKIE_ECHO",   "COOKIE_ACK", "ECNE",     "CWR",          "SHUTDOWN_COMPLETE",
	};

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	fail_msg("%s", name);
	return 0;
}

/* One chunk's bytes; how many. */
static unsigned
chunk(const char *text, uint8_t *b)
{
	char name[32];
	uint32_t tag = 0;
	unsigned len = 4;

	if (*text == 'x') {
		for (len = 0; sscanf(text + 1 + 2 * len, "%2hhx", &b[len]) == 1; len++)
			;
		return len;
	}
	sscanf(text, "%31[A-Z_]", name);
	b[0] = type_of(name);
	b[1] = strstr(text, ".T") != NULL;
	if (strchr(text, ':') != NULL) {
		sscanf(strchr(text, ':') + 1, "%x", &tag);
		tag = rte_cpu_to_be_32(tag);
		memcpy(b + 4, &tag, sizeof(tag));
		len = 20;
	}
	b[2] = 0;
	b[3] = len;
	return len;
}

static struct rte_mbuf *
packet_of(bool reply, uint32_t vtag, const uint8_t *chunks, unsigned len)
{
	struct rte_mbuf *m = ct_play_ip(reply, IPPROTO_SCTP, HEADER + len);
	uint8_t *b = pkt_l4(m);
	uint32_t sum;

	vtag = rte_cpu_to_be_32(vtag);
	memcpy(b + 4, &vtag, sizeof(vtag));
	memcpy(b + HEADER, chunks, len);
	sum = rte_cpu_to_le_32(~rte_hash_crc(b, HEADER + len, UINT32_MAX));
	memcpy(b + 8, &sum, sizeof(sum));
	return m;
}

static struct rte_mbuf *
packet(const char *line)
{
	char chunks[128], *save = NULL;
	uint8_t bytes[256] = { 0 };
	unsigned len = 0;
	uint32_t vtag;

	assert_int_equal(sscanf(line + 1, "%x %127s", &vtag, chunks), 2);
	for (char *c = strtok_r(chunks, ",", &save); c != NULL; c = strtok_r(NULL, ",", &save))
		len += chunk(c, bytes + len);
	return packet_of(*line == '<', vtag, bytes, len);
}

static void
conversations(void **state)
{
	struct ct_play play = { .proto = sctp, .packet = packet };

	assert_true(ct_play_file(&play, "ct_sctp.txt") > 70);
}

static void
headers_cut_short(void **state)
{
	struct rte_mbuf *m = packet("> 1111 HEARTBEAT");
	uint32_t len = pkt(m)->len;
	uint8_t *b = pkt_l4(m);

	assert_true(sctp->valid(m, true));
	b[13] ^= 1;
	assert_false(sctp->valid(m, true));
	assert_true(sctp->valid(m, false));
	for (unsigned cut = 0; cut < HEADER; cut++) {
		pkt(m)->len = len - 4 - HEADER + cut;
		assert_false(sctp->valid(m, false));
	}
	pkt(m)->len = len;
	m->data_len -= 5; /* the rest is in another segment */
	assert_false(sctp->valid(m, false));
	m->data_len += 5;
	rte_pktmbuf_free(m);
}

/* Any bytes as chunks, the packet's end at the end of the buffer where a sanitizer looks. */
static void
chunks_that_lie(void **state)
{
	struct ct_play play = { .proto = sctp, .now = 1000 };
	uint8_t bytes[64];

	srand(1);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned len = rand() % sizeof(bytes);
		struct rte_mbuf *m;

		for (unsigned j = 0; j < len; j++)
			bytes[j] = j % 4 == 2 ? 0 : rand() % (rand() % 8 == 0 ? 256 : 24);
		m = packet_of(i & 1, rand() % 2, bytes, len);
		ct_play_track(&play, m, i & 1 ? '<' : '>');
		rte_pktmbuf_free(m);
		if (rand() % 8 == 0)
			ct_play_begin(&play);
	}
	ct_play_begin(&play);
}

static void
names(void **state)
{
	struct ct ct = { .state = 0 };

	assert_string_equal(sctp->state_name(&ct), "NONE");
	for (unsigned i = 0; i < sctp->nb_timeouts; i++) {
		ct.state = sctp->state_find(sctp->timeout_names[i]);
		assert_string_equal(sctp->state_name(&ct), sctp->timeout_names[i]);
	}
	assert_int_equal(sctp->state_find("OPEN"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversations),
		cmocka_unit_test(headers_cut_short),
		cmocka_unit_test(chunks_that_lie),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
