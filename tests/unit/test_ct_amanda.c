/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_amanda.c: the ports of the answer, and the patience with it. */
#include "ct_help_setup.h"

#define ANSWER "Amanda 2.5 REP HANDLE 0 SEQ 1\nCONNECT DATA 50004 MESG 50005 INDEX 50006\nOPTIONS\n"

static bool
to(unsigned port)
{
	return expected("10.1.0.2", 7, "10.2.0.2", port, IPPROTO_TCP);
}

static void
ports(void **state)
{
	begin(AF_INET, "amanda", IPPROTO_UDP, 10080);
	assert_int_equal(say_at(CT_ORIGINAL, 0, ANSWER), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
	assert_int_equal(master.ct.ct.expires, now);
	assert_int_equal(say_at(CT_REPLY, 0, ANSWER), VERDICT_ACCEPT);
	assert_int_equal(master.ct.ct.expires, now + ct_seconds(300));
	assert_true(to(50004));
	assert_true(to(50005));
	assert_true(to(50006));
	assert_int_equal(say_at(CT_REPLY, 0, "CONNECT STATE 7 DATA x\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
	assert_int_equal(say_at(CT_REPLY, 0, "CONNECT STATE 123456\n"), VERDICT_ACCEPT);
	assert_true(to(12345));
	begin(AF_INET6, "amanda", IPPROTO_UDP, 10080);
	assert_int_equal(say_at(CT_REPLY, 0, ANSWER), VERDICT_ACCEPT);
	assert_true(expected("fd01::2", 7, "fd02::2", 50004, IPPROTO_TCP));
}

static void
every_cut(void **state)
{
	for (unsigned cut = 0; cut < strlen(ANSWER); cut++) {
		begin(AF_INET, "amanda", IPPROTO_UDP, 10080);
		assert_int_equal(say_bytes(CT_REPLY, 0, ANSWER, cut, 0), VERDICT_ACCEPT);
		assert_int_equal(ct_nb_expects, cut >= strlen(ANSWER) - 8 ? 3 : 0);
		say_bytes(CT_REPLY, 0, ANSWER, strlen(ANSWER), cut);
		assert_int_equal(ct_nb_expects, 3);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(ports), cmocka_unit_test(every_cut) };

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
