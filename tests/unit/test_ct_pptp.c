/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_pptp.c: sessions, calls both ways, and their end. */
#include "ct_help_setup.h"

#include "ct_gre.h"

enum {
	START_REQUEST = 1,
	START_REPLY,
	STOP_REQUEST,
	STOP_REPLY,
	OUT_REQUEST = 7,
	OUT_REPLY,
	IN_REQUEST,
	IN_REPLY,
	IN_CONNECT,
	CLEAR_REQUEST,
	DISCONNECT,
};

#define CLIENT_ID 0x0101
#define SERVER_ID 0x0202

static unsigned
message(uint8_t *b, unsigned kind, unsigned id, unsigned peer, unsigned result)
{
	memset(b, 0, 220);
	b[3] = 1;
	memcpy(b + 4, "\x1a\x2b\x3c\x4d", 4);
	b[9] = kind;
	memcpy(b + 12, (uint16_t[]){ id }, 2);
	memcpy(b + 14, (uint16_t[]){ peer }, 2);
	b[kind == START_REPLY ? 14 : kind == STOP_REPLY ? 12 : 16] = result;
	return 220;
}

static void
says(enum ct_dir dir, unsigned kind, unsigned id, unsigned peer, unsigned result)
{
	uint8_t b[220];
	unsigned len = message(b, kind, id, peer, result);

	assert_int_equal(say_bytes(dir, 1, b, len, 0), VERDICT_ACCEPT);
}

#define CLIENT_SAYS(...) says(CT_ORIGINAL, __VA_ARGS__)
#define SERVER_SAYS(...) says(CT_REPLY, __VA_ARGS__)

static void
session(void)
{
	ct_gre_calls_forget(&master.ct.ct);
	begin(AF_INET, "pptp", IPPROTO_TCP, 1723);
	CLIENT_SAYS(START_REQUEST, 0, 0, 0);
	SERVER_SAYS(START_REPLY, 0, 1, 1);
}

/* GRE of the client's, as its packets are. */
static struct ct_tuple
outwards(void)
{
	struct ct_tuple t = tuple("10.1.0.2", 0, "10.2.0.2", 0, IPPROTO_GRE);

	t.dport = SERVER_ID;
	t.sport = ct_gre_call_find(&t);
	return t;
}

static struct ct_tuple
inwards(void)
{
	struct ct_tuple t = tuple("10.2.0.2", 0, "10.1.0.2", 0, IPPROTO_GRE);

	t.dport = CLIENT_ID;
	t.sport = ct_gre_call_find(&t);
	return t;
}

static void
both_ways_expected(void)
{
	struct ct_tuple out = outwards(), in = inwards();

	assert_int_equal(out.sport, CLIENT_ID);
	assert_int_equal(in.sport, SERVER_ID);
	assert_int_equal(ct_nb_expects, 2);
	assert_true(meets(&in));
	assert_int_equal(ct_nb_expects, 0);
	assert_false(meets(&out));
}

static void
call_out(void **state)
{
	session();
	CLIENT_SAYS(OUT_REQUEST, CLIENT_ID, 0, 0);
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID + 1, 1);
	assert_int_equal(ct_nb_expects, 0);
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID, 1);
	/* Said again. */
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID, 1);
	both_ways_expected();
	CLIENT_SAYS(CLEAR_REQUEST, CLIENT_ID, 0, 0);
	SERVER_SAYS(DISCONNECT, SERVER_ID, 0, 0);
	assert_int_equal(outwards().sport, 0);
}

static void
call_in(void **state)
{
	session();
	SERVER_SAYS(IN_REQUEST, SERVER_ID, 0, 0);
	CLIENT_SAYS(IN_REPLY, CLIENT_ID, SERVER_ID, 1);
	assert_int_equal(ct_nb_expects, 0);
	SERVER_SAYS(IN_CONNECT, CLIENT_ID, 0, 0);
	both_ways_expected();
	session();
	SERVER_SAYS(IN_REQUEST, SERVER_ID, 0, 0);
	CLIENT_SAYS(IN_REPLY, CLIENT_ID, SERVER_ID, 2);
	SERVER_SAYS(IN_CONNECT, CLIENT_ID, 0, 0);
	assert_int_equal(ct_nb_expects, 0);
}

static void
no_call(void **state)
{
	/* Without a session, with one that was refused, after its end, refused itself. */
	begin(AF_INET, "pptp", IPPROTO_TCP, 1723);
	CLIENT_SAYS(OUT_REQUEST, CLIENT_ID, 0, 0);
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID, 1);
	CLIENT_SAYS(START_REQUEST, 0, 0, 0);
	SERVER_SAYS(START_REPLY, 0, 1, 2);
	CLIENT_SAYS(OUT_REQUEST, CLIENT_ID, 0, 0);
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID, 1);
	session();
	CLIENT_SAYS(OUT_REQUEST, CLIENT_ID, 0, 0);
	CLIENT_SAYS(STOP_REQUEST, 0, 0, 0);
	SERVER_SAYS(STOP_REPLY, 0, 0, 1);
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID, 1);
	session();
	CLIENT_SAYS(OUT_REQUEST, CLIENT_ID, 0, 0);
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID, 2);
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID, 1);
	assert_int_equal(ct_nb_expects, 0);
	assert_int_equal(outwards().sport, 0);
}

static void
ends_with_its_master(void **state)
{
	session();
	CLIENT_SAYS(OUT_REQUEST, CLIENT_ID, 0, 0);
	SERVER_SAYS(OUT_REPLY, SERVER_ID, CLIENT_ID, 1);
	assert_int_equal(outwards().sport, CLIENT_ID);
	master.ext.helper->destroy(0, &master.ct.ct);
	assert_int_equal(ct_nb_expects, 0);
	assert_int_equal(outwards().sport, 0);
}

static void
every_cut(void **state)
{
	uint8_t b[220];

	for (unsigned kind = 0; kind < 256; kind++) {
		for (unsigned cut = 0; cut <= 220; cut++) {
			message(b, kind, CLIENT_ID, SERVER_ID, 1);
			begin(AF_INET, "pptp", IPPROTO_TCP, 1723);
			say_bytes(cut & 1, 1, b, cut, 0);
			assert_int_equal(ct_nb_expects, 0);
		}
	}
	session();
	CLIENT_SAYS(OUT_REQUEST, CLIENT_ID, 0, 0);
	message(b, OUT_REPLY, SERVER_ID, CLIENT_ID, 1);
	say_bytes(CT_REPLY, 1, b, 31, 0);
	assert_int_equal(ct_nb_expects, 0);
	b[7] = 0;
	say_bytes(CT_REPLY, 1, b, 32, 0);
	assert_int_equal(ct_nb_expects, 0);
	b[7] = 0x4d;
	say_bytes(CT_REPLY, 1, b, 32, 5);
	assert_int_equal(ct_nb_expects, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_out),
		cmocka_unit_test(call_in),
		cmocka_unit_test(no_call),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(ends_with_its_master),
	};

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
