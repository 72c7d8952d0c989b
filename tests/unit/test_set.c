/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sets without packets: the table against a plain array, and the types that the kernel we compare with has not got, by
 * ipset's description of them.
 */
#include "eal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base_clock.h"
#include "cmd.h"
#include "set_elem.h"

static void
run(const char *line, int want, const char *says)
{
	struct str out = { 0 }, err = { 0 };
	int rc = cmd_run_line(line, "", 0, &out, &err);

	if (rc != want || (says != NULL && strstr(str_text(&out), says) == NULL &&
			   strstr(str_text(&err), says) == NULL))
		fail_msg("%s: %d\n%s%s", line, rc, str_text(&out), str_text(&err));
	str_free(&out);
	str_free(&err);
}

#define ADDRS 5000u

/* Random additions and removals, as a reader sees them afterwards. */
static void
against_array(const char *options, bool six)
{
	static bool in[ADDRS];
	struct set_ext x = { .timeout = SET_NO_TIMEOUT };
	char line[80];
	struct set *s;
	uint32_t nb = 0;

	memset(in, 0, sizeof(in));
	snprintf(line, sizeof(line), "ipset create t hash:ip hashsize 64 %s", options);
	run(line, 0, NULL);
	s = set_get(set_find("t"));
	srand(1);
	for (unsigned i = 0; i < 200000; i++) {
		uint32_t n = rand() % ADDRS, w = rand() % 3;
		struct set_key k = { .len = { six ? 128 : 32 } };
		struct set_ask a = { .now = clock_ms() };

		k.ip[0].w[six ? 3 : 0] = htonl(n + 1);
		if (w == 0) {
			assert_int_equal(set_add(s, &k, &x, false, clock_ms()),
					 in[n] ? -EEXIST : 0);
			nb += !in[n];
			in[n] = true;
		} else if (w == 1) {
			assert_int_equal(set_del(s, &k, clock_ms()), in[n] ? 0 : -ENOENT);
			nb -= in[n];
			in[n] = false;
		} else {
			assert_int_equal(set_test(s, &k, &a), in[n]);
		}
	}
	assert_int_equal(set_count(s), nb);
	/* Places are used again: not one for each addition. */
	assert_true(s->table.next < 3 * ADDRS);
	run("ipset flush t", 0, NULL);
	assert_int_equal(set_count(s), 0);
	run("ipset destroy t", 0, NULL);
}

static void
table(void **state)
{
	against_array("", false);
	against_array("timeout 100 counters", false);
	against_array("family inet6", true);
}

static void
macs(void **state)
{
	run("ipset create m hash:mac", 0, NULL);
	run("ipset add m 02:00:00:00:aB:01", 0, NULL);
	run("ipset add m 00:00:00:00:00:00", 1, "Null-valued element");
	run("ipset test m 02:00:00:00:ab:01", 0, "02:00:00:00:AB:01 is in set m");
	run("ipset test m 02:00:00:00:ab:02", 1, "is NOT in set m");
	run("ipset create im hash:ip,mac", 0, NULL);
	run("ipset add im 10.0.0.1,02:00:00:00:00:01", 0, NULL);
	run("ipset add im 10.0.0.1,02:00:00:00:00:02", 0, NULL);
	run("ipset add im 10.0.0.1", 1, "Second element is missing from 10.0.0.1.");
	run("ipset test im 10.0.0.1,02:00:00:00:00:02", 0, NULL);
	run("ipset test im 10.0.0.2,02:00:00:00:00:02", 1, NULL);
	run("ipset save im", 0, "create im hash:ip,mac family inet hashsize 1024 maxelem 65536");
	run("ipset create im6 hash:ip,mac family inet6", 0, NULL);
	run("ipset add im6 fd00::1,02:00:00:00:00:01", 0, NULL);
	run("ipset save im6", 0, "add im6 fd00::1,02:00:00:00:00:01\n");
	run("ipset destroy", 0, NULL);
}

static void
marks(void **state)
{
	run("ipset create k hash:ip,mark markmask 0xff", 0, NULL);
	run("ipset add k 10.0.0.0/30,0x101", 0, NULL);
	run("ipset add k 10.0.0.1,1", 1, "already added");
	run("ipset test k 10.0.0.3,0xf01", 0, NULL);
	run("ipset test k 10.0.0.3,0xf02", 1, NULL);
	run("ipset save k", 0,
	    "create k hash:ip,mark family inet markmask 0x000000ff hashsize 1024");
	run("ipset save k", 0, "add k 10.0.0.2,0x00000001\n");
	run("ipset destroy", 0, NULL);
}

static void
pairs_of_networks(void **state)
{
	run("ipset create n hash:net,net", 0, NULL);
	run("ipset add n 10.0.0.0/8,20.0.0.0/8", 0, NULL);
	run("ipset add n 10.1.0.0/16,20.0.0.0/8 nomatch", 0, NULL);
	run("ipset add n 10.1.0.0/16,20.2.0.0/16", 0, NULL);
	run("ipset add n 1.1.1.0-1.1.1.2,2.2.2.2-2.2.2.4", 0, NULL);
	run("ipset test n 10.2.0.1,20.9.9.9", 0, NULL);
	run("ipset test n 10.1.0.1,20.9.9.9", 1, NULL);
	run("ipset test n 10.1.0.1,20.9.9.9 nomatch", 0, NULL);
	run("ipset test n 10.1.0.1,20.2.9.9", 0, NULL);
	run("ipset test n 1.1.1.1,2.2.2.4", 0, NULL);
	run("ipset test n 1.1.1.3,2.2.2.4", 1, NULL);
	run("ipset save n", 0, "add n 1.1.1.0/31,2.2.2.2/31\n");
	run("ipset save n", 0, "add n 1.1.1.2,2.2.2.4\n");
	run("ipset add n 0.0.0.0/0,1.1.1.1", 1, "CIDR");
	run("ipset create p hash:net,port,net family inet6", 0, NULL);
	run("ipset add p fd00::/16,tcp:80-81,fd01::/16", 0, NULL);
	run("ipset test p fd00::1,81,fd01::1", 0, NULL);
	run("ipset test p fd00::1,82,fd01::1", 1, NULL);
	run("ipset test p fd00::1,udp:81,fd01::1", 1, NULL);
	run("ipset save p", 0, "add p fd00::/16,tcp:80,fd01::/16\n");
	run("ipset destroy", 0, NULL);
}

/* A set that is full: forceadd makes room, and so does what has timed out. */
static void
full(void **state)
{
	run("ipset create f hash:ip maxelem 10 forceadd", 0, NULL);
	run("ipset add f 10.0.0.0/24", 0, NULL);
	run("ipset list -t f", 0, "Number of entries: 10\n");
	run("ipset test f 10.0.0.255", 0, NULL);
	run("ipset create t hash:ip maxelem 10 timeout 5", 0, NULL);
	run("ipset add t 10.0.0.0-10.0.0.9", 0, NULL);
	run("ipset add t 10.0.0.10", 1, "Hash is full");
	clock_advance(6000);
	run("ipset add t 10.0.0.10", 0, NULL);
	run("ipset list -t t", 0, "Number of entries: 1\n");
	run("ipset destroy", 0, NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table), cmocka_unit_test(macs),
		cmocka_unit_test(marks), cmocka_unit_test(pairs_of_networks),
		cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
