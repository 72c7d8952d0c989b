/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_ftp.c: what is announced, what is dropped, what is left alone. */
#include "ct_help_setup.h"

#include "base_param.h"
#include "ct_ftp.h"

/* A whole line of that side's, behind another. */
static verdict_t
line(enum ct_dir dir, const char *text)
{
	say_at(dir, 100, "x\r\n");
	return say_at(dir, 103, text);
}

static void
ftp(uint8_t family)
{
	begin(family, "ftp", IPPROTO_TCP, 21);
}

static void
active(void **state)
{
	ftp(AF_INET);
	assert_int_equal(line(CT_ORIGINAL, "PORT 10,1,0,2,31,64\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 1);
	assert_false(expected("10.2.0.2", 20, "10.1.0.2", 8001, IPPROTO_TCP));
	assert_false(expected("10.2.0.3", 20, "10.1.0.2", 8000, IPPROTO_TCP));
	assert_true(expected("10.2.0.2", 20, "10.1.0.2", 8000, IPPROTO_TCP));
	assert_int_equal(child.ct.ct.status, CT_EXPECTED);
	assert_ptr_equal(child.ext.master, &master);
	assert_ptr_equal(child.ext.master_helper, master.ext.helper);
	assert_null(child.ext.helper);
	assert_int_equal(ct_nb_expects, 0);
	assert_int_equal(line(CT_ORIGINAL, "eprt |1|10.1.0.2|8000|\r\n"), VERDICT_ACCEPT);
	assert_true(expected("10.2.0.2", 20, "10.1.0.2", 8000, IPPROTO_TCP));
	ftp(AF_INET6);
	assert_int_equal(line(CT_ORIGINAL, "EPRT |2|fd01::2|8000|\r\n"), VERDICT_ACCEPT);
	assert_true(expected("fd02::2", 20, "fd01::2", 8000, IPPROTO_TCP));
}

static void
passive(void **state)
{
	ftp(AF_INET);
	assert_int_equal(line(CT_REPLY, "227 Entering (10,2,0,2,31,64)\r\n"), VERDICT_ACCEPT);
	assert_true(expected("10.1.0.2", 7, "10.2.0.2", 8000, IPPROTO_TCP));
	assert_int_equal(line(CT_REPLY, "227 =10,2,0,2,31,64 and so on\r\n"), VERDICT_ACCEPT);
	assert_true(expected("10.1.0.2", 7, "10.2.0.2", 8000, IPPROTO_TCP));
	assert_int_equal(line(CT_REPLY, "229 (|||8000|)\r\n"), VERDICT_ACCEPT);
	assert_true(expected("10.1.0.2", 7, "10.2.0.2", 8000, IPPROTO_TCP));
	ftp(AF_INET6);
	assert_int_equal(line(CT_REPLY, "229 Entering (!!!8000!)\r\n"), VERDICT_ACCEPT);
	assert_true(expected("fd01::2", 7, "fd02::2", 8000, IPPROTO_TCP));
	/* The newest stays, of an equal one and of others. */
	assert_int_equal(line(CT_REPLY, "229 (|||8000|)\r\n"), VERDICT_ACCEPT);
	assert_int_equal(line(CT_REPLY, "229 (|||8001|)\r\n"), VERDICT_ACCEPT);
	assert_int_equal(line(CT_REPLY, "229 (|||8001|)\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 1);
	assert_int_equal(master.ext.nb_expects[0], 1);
}

static void
only_lines(void **state)
{
	ftp(AF_INET);
	/* The first line, the middle of one, the other side's command. */
	assert_int_equal(say_at(CT_ORIGINAL, 1, "PORT 10,1,0,2,31,64\r\n"), VERDICT_ACCEPT);
	assert_int_equal(say_at(CT_ORIGINAL, 22, "RETR "), VERDICT_ACCEPT);
	assert_int_equal(say_at(CT_ORIGINAL, 27, "PORT 10,1,0,2,31,64\r\n"), VERDICT_ACCEPT);
	assert_int_equal(line(CT_REPLY, "PORT 10,1,0,2,31,64\r\n"), VERDICT_ACCEPT);
	assert_int_equal(line(CT_ORIGINAL, "227 (10,1,0,2,31,64)\r\n"), VERDICT_ACCEPT);
	/* Somebody else's address. */
	assert_int_equal(line(CT_ORIGINAL, "PORT 10,1,0,3,31,64\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
	ftp(AF_INET);
	param_set(param_find("net.pollux.ftp_loose"), 1);
	assert_int_equal(line(CT_ORIGINAL, "PORT 10,1,0,3,31,64\r\n"), VERDICT_ACCEPT);
	assert_true(expected("10.2.0.2", 20, "10.1.0.3", 8000, IPPROTO_TCP));
	param_set(param_find("net.pollux.ftp_loose"), 0);
}

static void
remembers_two_lines(void **state)
{
	ftp(AF_INET);
	for (uint32_t seq = 0xfffffff0; seq != 0x20; seq += 0x10)
		say_at(CT_ORIGINAL, seq, "0123456789abcd\r\n");
	assert_int_equal(say_at(CT_ORIGINAL, 0x20, "PORT 10,1,0,2,31,64\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 1);
	ct_expect_remove(NULL, NULL);
	assert_int_equal(say_at(CT_ORIGINAL, 0x10, "PORT 10,1,0,2,31,64\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
}

/* A command that a segment cuts is dropped at every place, and never announces anything. */
static void
every_cut(void **state)
{
	static const struct {
		enum ct_dir dir;
		uint8_t family;
		const char *text;
		unsigned least; /* bytes that say it already */
	} lines[] = {
		{ CT_ORIGINAL, AF_INET, "PORT 10,1,0,2,31,64\r\n", 20 },
		{ CT_ORIGINAL, AF_INET, "EPRT |1|10.1.0.2|8000|\r\n", 22 },
		{ CT_ORIGINAL, AF_INET6, "EPRT |2|fd01::2|8000|\r\n", 21 },
		{ CT_REPLY, AF_INET, "227 Entering (10,2,0,2,31,64)\r\n", 29 },
		{ CT_REPLY, AF_INET6, "229 Entering (|||8000|)\r\n", 22 },
	};

	for (unsigned i = 0; i < RTE_DIM(lines); i++) {
		for (unsigned cut = 1; cut <= strlen(lines[i].text); cut++) {
			bool whole = cut >= lines[i].least;

			ftp(lines[i].family);
			say_at(lines[i].dir, 100, "x\r\n");
			assert_int_equal(say_bytes(lines[i].dir, 103, lines[i].text, cut, 0),
					 whole ? VERDICT_ACCEPT : ct_help_drop());
			assert_int_equal(ct_nb_expects, whole);
			ct_expect_remove(NULL, NULL);
			/* In a chain, it is whole. */
			assert_int_equal(say_bytes(lines[i].dir, 103, lines[i].text,
						   strlen(lines[i].text), cut),
					 VERDICT_ACCEPT);
			assert_int_equal(ct_nb_expects, 1);
		}
	}
}

static void
nonsense(void **state)
{
	static const char *const client[] = { "PORT \r\n",
					      "PORT 1,2,3\r\n",
					      "PORT 10,1,0,2,31,64 \r\n",
					      "EPRT |2|10.1.0.2|8000|\r\n",
					      "EPRT |1|10.1.0.2|0|\r\n",
					      "EPRT |1|10.1.0.2|8000\r\n",
					      "EPRT 111\r\n",
					      "EPRT |1/10.1.0.2|8000|\r\n",
					      "P",
					      "eprt" };
	static const char *const server[] = { "227 nothing\r\n", "229 (|||x|)\r\n", "229 none\r\n",
					      "2", "229 (" };

	for (unsigned i = 0; i < RTE_DIM(client); i++) {
		ftp(AF_INET);
		assert_int_equal(line(CT_ORIGINAL, client[i]), ct_help_drop());
	}
	for (unsigned i = 0; i < RTE_DIM(server); i++) {
		ftp(AF_INET);
		assert_int_equal(line(CT_REPLY, server[i]), ct_help_drop());
	}
	assert_int_equal(line(CT_ORIGINAL, "PASV\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(active),     cmocka_unit_test(passive),
		cmocka_unit_test(only_lines), cmocka_unit_test(remembers_two_lines),
		cmocka_unit_test(every_cut),  cmocka_unit_test(nonsense),
	};

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
