/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_irc.c: DCC between the words of others. 10.1.0.2 is 167837698. */
#include "ct_help_setup.h"

static bool
announces(enum ct_dir dir, const char *text)
{
	begin(AF_INET, "irc", IPPROTO_TCP, 6667);
	assert_int_equal(say_at(dir, 1, text), VERDICT_ACCEPT);
	return ct_nb_expects != 0 && expected("10.9.9.9", 7, "10.1.0.2", 5000, IPPROTO_TCP);
}

static void
dcc(void **state)
{
	static const char *const yes[] = {
		"PRIVMSG friend :\1DCC SEND file.txt 167837698 5000\1\r\n",
		"\r\n privmsg friend :\1DCC CHAT chat 167837698   5000\1\n",
		"PRIVMSG a :\1DCC MOVE f 167837698 5000 1000\1\n",
		"PRIVMSG a :\1DCC TSEND f 167837698 5000 1000\1\n",
		"PRIVMSG a :\1DCC SCHAT f 167837698 5000\1\nPRIVMSG b :hello\n",
	};
	static const char *const no[] = {
		"PRIVMSG friend :\1DCC SEND file.txt 167837699 5000\1\r\n",
		"PRIVMSG friend :\1DCC SEND file.txt 167837698 0\1\r\n",
		"PRIVMSG friend :\1DCC SEND file.txt 167837698 5000\1",
		"PRIVMSG friend :DCC SEND file.txt 167837698 5000\1\r\n",
		"PRIVMSG friend :\1DCC send file.txt 167837698 5000\1\r\n",
		"PRIVMSG friend :\1DCC SEND file.txt\1\r\n                    ",
		"NOTICE friend :\1DCC SEND file.txt 167837698 5000\1\r\n",
		"PRIVMSG friend :hello :\1DCC SEND file.txt 167837698 5000\1\r\n",
	};

	for (unsigned i = 0; i < RTE_DIM(yes); i++) {
		assert_true(announces(CT_ORIGINAL, yes[i]));
		assert_false(announces(CT_REPLY, yes[i]));
	}
	for (unsigned i = 0; i < RTE_DIM(no); i++)
		assert_false(announces(CT_ORIGINAL, no[i]));
}

static void
limit(void **state)
{
	char text[80];

	begin(AF_INET, "irc", IPPROTO_TCP, 6667);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "PRIVMSG a :\1DCC SEND f 167837698 %u\1\n", 5000 + i);
		say_at(CT_ORIGINAL, 1, text);
	}
	assert_int_equal(ct_nb_expects, 8);
	assert_true(expected("10.9.9.9", 7, "10.1.0.2", 5012, IPPROTO_TCP));
	assert_false(expected("10.9.9.9", 7, "10.1.0.2", 5011, IPPROTO_TCP));
}

/* Cut anywhere, and in a chain of any pieces. */
static void
every_cut(void **state)
{
	const char *text = "PRIVMSG friend :\1DCC SEND file 167837698 5000\1\r\n";

	for (unsigned cut = 0; cut <= strlen(text); cut++) {
		begin(AF_INET, "irc", IPPROTO_TCP, 6667);
		assert_int_equal(say_bytes(CT_ORIGINAL, 1, text, cut, 0), VERDICT_ACCEPT);
		assert_int_equal(ct_nb_expects, cut == strlen(text));
		begin(AF_INET, "irc", IPPROTO_TCP, 6667);
		say_bytes(CT_ORIGINAL, 1, text, strlen(text), cut);
		assert_int_equal(ct_nb_expects, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(dcc), cmocka_unit_test(limit),
					    cmocka_unit_test(every_cut) };

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
