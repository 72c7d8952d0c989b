/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_tftp.c: requests announce an answer, nothing else does. */
#include "ct_help_setup.h"

static verdict_t
opcode(enum ct_dir dir, unsigned code)
{
	uint8_t bytes[] = { code >> 8, code, 'f', 0 };

	return say_bytes(dir, 0, bytes, sizeof(bytes), 0);
}

static void
requests(void **state)
{
	for (unsigned code = 1; code <= 2; code++) {
		begin(AF_INET, "tftp", IPPROTO_UDP, 69);
		assert_int_equal(opcode(CT_ORIGINAL, code), VERDICT_ACCEPT);
		assert_false(expected("10.2.0.3", 9, "10.1.0.2", CLIENT, IPPROTO_UDP));
		assert_true(expected("10.2.0.2", 9, "10.1.0.2", CLIENT, IPPROTO_UDP));
	}
	begin(AF_INET6, "tftp", IPPROTO_UDP, 69);
	assert_int_equal(opcode(CT_ORIGINAL, 1), VERDICT_ACCEPT);
	assert_true(expected("fd02::2", 9, "fd01::2", CLIENT, IPPROTO_UDP));
}

static void
others(void **state)
{
	begin(AF_INET, "tftp", IPPROTO_UDP, 69);
	for (unsigned code = 0; code < 1000; code++)
		if (code != 1 && code != 2)
			assert_int_equal(opcode(CT_ORIGINAL, code), VERDICT_ACCEPT);
	assert_int_equal(say_bytes(CT_ORIGINAL, 0, "\0", 1, 0), VERDICT_ACCEPT);
	assert_int_equal(say_bytes(CT_ORIGINAL, 0, "", 0, 0), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(requests), cmocka_unit_test(others) };

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
