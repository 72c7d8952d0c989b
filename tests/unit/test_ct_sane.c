/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_sane.c: the port in the answer to SANE_NET_START. */
#include "ct_help_setup.h"

static const uint8_t start[] = { 0, 0, 0, 7, 0, 0, 0, 1 };
static const uint8_t answer[] = { 0, 0, 0, 0, 0, 0, 0x1f, 0x40, 0, 0, 0x12, 0x34 };

static void
sane(uint8_t family)
{
	begin(family, "sane", IPPROTO_TCP, 6566);
}

static verdict_t
answers(const void *bytes, unsigned len)
{
	return say_bytes(CT_REPLY, 1, bytes, len, 0);
}

static void
scans(void **state)
{
	sane(AF_INET);
	assert_int_equal(answers(answer, sizeof(answer)), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
	say_bytes(CT_ORIGINAL, 1, start, sizeof(start), 0);
	assert_int_equal(answers(answer, sizeof(answer)), VERDICT_ACCEPT);
	assert_true(expected("10.1.0.2", 7, "10.2.0.2", 8000, IPPROTO_TCP));
	/* Once. */
	answers(answer, sizeof(answer));
	assert_int_equal(ct_nb_expects, 0);
	sane(AF_INET6);
	say_bytes(CT_ORIGINAL, 1, start, sizeof(start), 3);
	answers(answer, sizeof(answer));
	assert_true(expected("fd01::2", 7, "fd02::2", 8000, IPPROTO_TCP));
}

static void
others(void **state)
{
	uint8_t bytes[sizeof(answer)];

	for (unsigned i = 0; i < 6; i++) {
		memcpy(bytes, answer, sizeof(bytes));
		bytes[i] = 1;
		sane(AF_INET);
		say_bytes(CT_ORIGINAL, 1, start, sizeof(start), 0);
		assert_int_equal(answers(bytes, sizeof(bytes)), VERDICT_ACCEPT);
		assert_int_equal(ct_nb_expects, 0);
	}
	for (unsigned len = 1; len <= 8; len++) {
		sane(AF_INET);
		say_bytes(CT_ORIGINAL, 1, start, len, 0);
		answers(answer, sizeof(answer));
		assert_int_equal(ct_nb_expects, len == 8);
		sane(AF_INET);
		say_bytes(CT_ORIGINAL, 1, start, sizeof(start), 0);
		answers(answer, len);
		assert_int_equal(ct_nb_expects, len == 8);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(scans), cmocka_unit_test(others) };

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
