/* SPDX-License-Identifier: BSD-3-Clause */
/* pktgen/generator: options, good and bad; an error names the option and what was expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <rte_common.h>

#include "pg_options.h"

/* Words, separated by blanks. */
static int
parse(struct pg_options *o, const char *line, struct err *e)
{
	static char text[512];
	char *argv[32], *rest = text;
	int n = 0;

	snprintf(text, sizeof(text), "%s", line);
	while (rest != NULL && *rest != '\0')
		argv[n++] = strsep(&rest, " ");
	e->text[0] = '\0';
	return pg_options_parse(o, argv, n, e);
}

static void
good(struct pg_options *o, const char *line)
{
	struct err e;

	if (parse(o, line, &e) != 0)
		fail_msg("%s: %s", line, e.text);
}

static void
defaults(void **state)
{
	struct pg_options o;

	good(&o, "");
	assert_int_equal(o.size, 64);
	assert_int_equal(o.flows.nb, 1);
	assert_true(o.duration == 10 && o.count == 0 && o.pps == 0 && o.loss < 0);
	assert_int_equal(o.flows.src.first.family, AF_INET);
	good(&o, "--ipv6");
	assert_int_equal(o.size, 84);
	assert_int_equal(o.flows.dst.first.family, AF_INET6);
	good(&o, "--gateway fe80::1");
	assert_true(o.v6);
	good(&o, "--connections 5000");
	assert_int_equal(o.mode, PG_CONNECTIONS);
	assert_int_equal(o.proto, PG_TCP);
	assert_int_equal(o.flows.nb, 50000);
	assert_int_equal(o.flows.dport.first, 80);
	assert_true(o.pps == 5000);
	good(&o, "--syn-flood --sport 5 --src 10.0.0.1");
	assert_int_equal(o.flows.nb, 1);
	good(&o, "--search");
	assert_true(o.warm_up == 1 && o.trial == 10);
	good(&o, "--search --warm-up 0");
	assert_true(o.warm_up == 0);
	good(&o, "--count 5");
	assert_true(o.duration == 0);
}

static void
values(void **state)
{
	struct pg_options o;

	good(&o, "--tx 0 --rx net_ring0 --imix --flows 10M --spread zipf:1.2 --seed 9 --src "
		 "10.0.0.0/8 --sport 1-65535");
	assert_int_equal(o.size, 0);
	assert_int_equal(o.flows.nb, 10000000);
	assert_true(o.zipf == 1.2 && o.seed == 9);
	assert_string_equal(o.rx, "net_ring0");
	good(&o, "--rate 2.5M --burst 128 --duration 0.5 --drain 0.1 --return --check --ttl 255 "
		 "--proto icmp");
	assert_true(o.pps == 2500000 && o.percent == 0 && o.duration == 0.5);
	assert_true(o.turn && o.check && o.proto == PG_ICMP && o.ttl == 255);
	good(&o, "--rate 12.5% --loss 0.5 --json - --progress --nap");
	assert_true(o.percent == 12.5 && o.pps == 0 && o.loss == 0.005);
	good(&o, "--src-mac 02:00:00:00:00:01 --dst-mac 02:00:00:00:00:02 --address 10.0.0.9 "
		 "--rx-address 10.0.1.9");
	assert_true(o.has_src_mac && o.has_dst_mac);
	assert_int_equal(o.dst_mac.addr_bytes[5], 2);
	good(&o, "--connections 0.5k --data 1400 --timeout 0.5 --flows 2097152");
	assert_true(o.pps == 500 && o.data == 1400 && o.timeout == 0.5);
	good(&o, "--search --trial 1 --resolution 5 --loss 0.1 --rate 1G");
	assert_true(o.trial == 1 && o.resolution == 5 && o.pps == 1e9);
}

/* The line, and what its error has to say. */
static const char *const bad[][2] = {
	{ "x", "unknown option \"x\"" },
	{ "--siz 64", "unknown option \"--siz\"" },
	{ "--size", "--size needs a value" },
	{ "--size 64 --size 65", "--size is given twice" },
	{ "--size 63", "--size: \"63\": expected a number from 64 to 9618" },
	{ "--size 9619", "from 64 to 9618" },
	{ "--size 64.5", "--size" },
	{ "--size 0x50", "--size" },
	{ "--size -64", "--size" },
	{ "--size 64 --ipv6", "at least 84" },
	{ "--size 75 --proto tcp", "at least 76" },
	{ "--imix --size 64", "--imix and --size exclude each other" },
	{ "--proto sctp", "--proto: \"sctp\": expected udp, tcp or icmp" },
	{ "--flows 0", "--flows: \"0\": expected a number from 1 to 10000000" },
	{ "--flows 11M", "--flows" },
	{ "--flows 1e3", "--flows" },
	{ "--flows 100 --src 10.0.0.1 --sport 1-99", "allow only 99" },
	{ "--spread normal", "--spread: \"normal\": expected uniform, zipf or zipf:S" },
	{ "--spread zipf:", "--spread" },
	{ "--spread zipf:0", "--spread" },
	{ "--spread zipf:5", "--spread" },
	{ "--spread zipf:nan", "--spread" },
	{ "--seed x", "--seed" },
	{ "--src 10.0.0.0/33", "--src: \"10.0.0.0/33\" is no range of addresses" },
	{ "--src 10.0.0.1 --dst 2001:db8::1", "--dst is of another family than --src" },
	{ "--ipv6 --src 10.0.0.1", "--src is of another family than --ipv6" },
	{ "--dst 10.0.0.1 --gateway fe80::1", "--gateway is of another family" },
	{ "--dst 224.0.0.1", "--dst" },
	{ "--sport 0-65536", "--sport" },
	{ "--sport 9-5", "--sport: \"9-5\": expected PORT or FIRST-LAST" },
	{ "--dport -5", "--dport" },
	{ "--dport 80x", "--dport" },
	{ "--dport 1-2-3", "--dport" },
	{ "--dport 5 --proto icmp", "--dport: icmp has no ports" },
	{ "--ttl 0", "--ttl" },
	{ "--ttl 256", "--ttl" },
	{ "--src-mac 1:2:3", "--src-mac" },
	{ "--dst-mac 02:00:00:00:00:0g",
	  "--dst-mac: \"02:00:00:00:00:0g\": expected a MAC address" },
	{ "--gateway host", "--gateway" },
	{ "--gateway 198.18.0.9", "--src: it holds the gateway, 198.18.0.9" },
	{ "--src fe80::/64 --dst fe80::1 --gateway fe80::ffff", "--src: it holds the gateway" },
	{ "--gateway 10.0.0.1 --dst-mac 02:00:00:00:00:01", "exclude each other" },
	{ "--address 10.0.0.0/24", "--address" },
	{ "--rx-address ff02::1", "--rx-address" },
	{ "--rate 0", "--rate" },
	{ "--rate -5", "--rate" },
	{ "--rate 101%", "--rate: \"101%\": expected packets a second" },
	{ "--rate %", "--rate" },
	{ "--rate fast", "--rate" },
	{ "--rate 5kk", "--rate" },
	{ "--burst 0", "--burst" },
	{ "--burst 129", "--burst" },
	{ "--duration 0", "--duration" },
	{ "--duration inf", "--duration" },
	{ "--count 0", "--count" },
	{ "--warm-up x", "--warm-up" },
	{ "--drain 0", "--drain" },
	{ "--connections 0", "--connections" },
	{ "--connections 10 --syn-flood", "--connections and --syn-flood exclude each other" },
	{ "--connections 10 --search", "exclude each other" },
	{ "--connections 10 --return", "exclude each other" },
	{ "--connections 10 --proto tcp", "exclude each other" },
	{ "--connections 10 --rate 5", "exclude each other" },
	{ "--connections 10 --flows 3M --src 10.0.0.0/8", "up to 2097152 with --connections" },
	{ "--connections 10 --data 1401", "--data" },
	{ "--data 5", "--data means nothing without --connections" },
	{ "--timeout 5", "--timeout means nothing without --connections" },
	{ "--connections 10 --timeout 0", "--timeout" },
	{ "--syn-flood --size 100", "exclude each other" },
	{ "--syn-flood --return", "exclude each other" },
	{ "--search --count 5", "exclude each other" },
	{ "--search --duration 5", "exclude each other" },
	{ "--trial 5", "--trial means nothing without --search" },
	{ "--resolution 5", "--resolution means nothing without --search" },
	{ "--search --trial 0", "--trial" },
	{ "--search --resolution 0", "--resolution" },
	{ "--loss 101", "--loss" },
	{ "--loss -1", "--loss" },
	{ "--json", "--json needs a value" },
	{ "--tx", "--tx needs a value" },
	{ "--rx", "--rx needs a value" },
};

static void
bad_options(void **state)
{
	struct pg_options o;
	struct err e;

	for (unsigned i = 0; i < RTE_DIM(bad); i++) {
		if (parse(&o, bad[i][0], &e) == 0)
			fail_msg("taken: %s", bad[i][0]);
		if (strstr(e.text, bad[i][1]) == NULL)
			fail_msg("%s: \"%s\" is not in \"%s\"", bad[i][0], bad[i][1], e.text);
	}
}

/* Every option of the help is one, and has a line in it. */
static void
help(void **state)
{
	struct pg_options o;
	struct err e;
	unsigned nb = 0;

	for (const char *at = pg_options_usage; (at = strstr(at, " --")) != NULL; at++) {
		char name[32], line[64];

		if (sscanf(at + 1, "%31[-a-z0-9]", name) != 1 || strcmp(name, "--") == 0 ||
		    strcmp(name, "--vdev") == 0)
			continue;
		snprintf(line, sizeof(line), "%s", name);
		if (parse(&o, line, &e) != 0 && strstr(e.text, "unknown") != NULL)
			fail_msg("%s", e.text);
		nb++;
	}
	assert_true(nb >= 38);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(values),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
