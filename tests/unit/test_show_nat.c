/* SPDX-License-Identifier: BSD-3-Clause */
/* `show nat`: what it counts of connections made by hand. */
#include "route_setup.h"

#include <jansson.h>

#include "base_clock.h"
#include "cmd.h"

#define MAKE "conntrack -I -t 1000 -p "

/* The answer as text; the caller frees it. */
static char *
answer(int rc, const char *line)
{
	struct str out = { 0 }, err = { 0 };
	char *text;
	int got = cmd_run_line(line, "", 0, &out, &err);

	if (got != rc)
		print_error("%s\n%s", line, str_text(&err));
	assert_int_equal(got, rc);
	text = strdup(str_text(&out));
	str_free(&out);
	str_free(&err);
	return text;
}

static void
run(int rc, const char *line)
{
	free(answer(rc, line));
}

static json_t *
rows(const char *line)
{
	char *text = answer(0, line);
	json_t *all = json_loads(text, 0, NULL);

	assert_non_null(all);
	free(text);
	return all;
}

/* The number, or text, of a row. */
static void
expect_number(const json_t *all, unsigned row, const char *key, int64_t want)
{
	json_t *value = json_object_get(json_array_get(all, row), key);

	if (!json_is_integer(value) || json_integer_value(value) != want)
		print_error("row %u, %s: not %ld\n", row, key, (long)want);
	assert_true(json_is_integer(value));
	assert_int_equal(json_integer_value(value), want);
}

static void
expect_text(const json_t *all, unsigned row, const char *key, const char *want)
{
	assert_string_equal(json_string_value(json_object_get(json_array_get(all, row), key)),
			    want);
}

static int
setup(void **state)
{
	struct err e;

	return route_setup(state) != 0 ||
	       param_set_text(param_find("net.netfilter.nf_conntrack_max"), "1000", &e) != 0;
}

static int
fresh(void **state)
{
	run(0, "conntrack -F");
	run(0, "iptables -t nat -F");
	return 0;
}

static void
nothing(void **state)
{
	json_t *all = rows("show nat ports -j");

	assert_int_equal(json_array_size(all), 0);
	json_decref(all);
	all = rows("show nat bindings -j");
	assert_int_equal(json_array_size(all), 0);
	json_decref(all);
	run(0, "show nat");
	run(0, "show nat sources");
	run(2, "show nat everything");
	run(2, "show nat ports now");
}

static void
kinds(void **state)
{
	json_t *all;

	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport 1 --dport 53 -n 203.0.113.1");
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport 2 --dport 53 -n 203.0.113.1 -u "
		    "SEEN_REPLY,ASSURED");
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport 3 --dport 53 -g 10.9.9.9 -n 203.0.113.1");
	run(0, MAKE "udp -s 10.1.0.3 -d 8.8.8.8 --sport 4 --dport 53 -g 10.9.9.9");
	run(0, MAKE "udp -s 10.1.0.3 -d 8.8.8.8 --sport 5 --dport 53");
	run(0, MAKE "tcp -s fd01::2 -d fd02::2 --sport 1 --dport 80 --state SYN_SENT -n fd02::1");
	all = rows("show nat bindings -j");
	assert_int_equal(json_array_size(all), 4);
	expect_text(all, 0, "translated", "source");
	expect_number(all, 0, "connections", 2);
	expect_number(all, 0, "assured", 1);
	expect_number(all, 0, "unreplied", 1);
	expect_text(all, 1, "translated", "destination");
	expect_number(all, 1, "connections", 1);
	expect_text(all, 2, "translated", "both");
	expect_text(all, 3, "family", "ipv6");
	json_decref(all);
	all = rows("show nat sources -j");
	assert_int_equal(json_array_size(all), 2);
	expect_text(all, 0, "source", "10.1.0.2");
	expect_number(all, 0, "connections", 3);
	json_decref(all);
	all = rows("show nat -j");
	expect_number(all, 0, "value", 3);
	expect_number(all, 1, "value", 1);
	expect_number(all, 2, "value", 1);
	json_decref(all);
}

static void
ports(void **state)
{
	json_t *all;

	run(0, "iptables -t nat -A POSTROUTING -p udp -j SNAT --to-source 203.0.113.1:2000-2009");
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport 1 --dport 53 -n 203.0.113.1:2000");
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport 2 --dport 53 -n 203.0.113.1:2001");
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.4.4 --sport 2 --dport 53 -n 203.0.113.1:2001");
	/* Not of the range. */
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.4.5 --sport 2 --dport 53 -n 203.0.113.1:99");
	run(0, MAKE "icmp -s 10.1.0.2 -d 8.8.8.8 --icmp-type 8 --icmp-code 0 --icmp-id 7 "
		    "-n 203.0.113.1");
	all = rows("show nat ports -j");
	assert_int_equal(json_array_size(all), 2);
	expect_text(all, 0, "address", "203.0.113.1");
	expect_text(all, 0, "protocol", "udp");
	expect_number(all, 0, "connections", 4);
	expect_number(all, 0, "used", 2);
	expect_number(all, 0, "left", 8);
	expect_text(all, 0, "far_end", "8.8.8.8:53");
	expect_number(all, 0, "to_it", 2);
	expect_text(all, 1, "protocol", "icmp");
	expect_number(all, 1, "left", 65535);
	json_decref(all);
}

static void
take_ports(unsigned from, unsigned to)
{
	char line[128];

	for (unsigned i = from; i < to; i++) {
		snprintf(line, sizeof(line),
			 MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport %u --dport 53 -n 203.0.113.1:%u",
			 i + 1, 2000 + i);
		run(0, line);
	}
}

/* Four ports to one far end in ten seconds or little more: the other four last for as long. */
static void
forecast(void **state)
{
	const char *text;
	json_t *all;

	run(0, "iptables -t nat -A POSTROUTING -p udp -j SNAT --to-source 203.0.113.1:2000-2009");
	take_ports(0, 2);
	clock_advance(2000); /* looks that come too fast are not kept */
	run(0, "show nat ports");
	clock_advance(10000);
	take_ports(2, 6);
	all = rows("show nat ports -j");
	text = json_string_value(json_object_get(json_array_get(all, 0), "rate"));
	assert_true(strtod(text, NULL) > 0 && strtod(text, NULL) <= 0.4);
	text = json_string_value(json_object_get(json_array_get(all, 0), "full_in"));
	assert_true(strtoul(text, NULL, 10) >= 10);
	json_decref(all);
	take_ports(6, 10);
	all = rows("show nat ports -j");
	expect_number(all, 0, "left", 0);
	expect_text(all, 0, "full_in", "now");
	json_decref(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing, fresh),
		cmocka_unit_test_setup(kinds, fresh),
		cmocka_unit_test_setup(ports, fresh),
		cmocka_unit_test_setup(forecast, fresh),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
