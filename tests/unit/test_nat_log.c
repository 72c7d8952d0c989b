/* SPDX-License-Identifier: BSD-3-Clause */
/* The log of translated connections: its lines, its sinks, and that it loses what is too much instead of waiting. */
#include "route_setup.h"

#include <sys/stat.h>

#include <jansson.h>

#include "cmd.h"
#include "ct_event_read.h"
#include "queue_nat.h"

static char dir[] = "/tmp/pollux-nat-XXXXXX";

static void
run(int rc, const char *fmt, ...)
{
	struct str out = { 0 }, err = { 0 };
	char line[512];
	va_list ap;
	int got;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	got = cmd_run_line(line, "", 0, &out, &err);
	if (got != rc)
		print_error("%s\n%s", line, str_text(&err));
	assert_int_equal(got, rc);
	str_free(&out);
	str_free(&err);
}

/* What a file has, from its start; the caller frees it. */
static char *
content(const char *name)
{
	char path[64], *text = calloc(1, 4 << 20);
	FILE *f;

	queue_nat_catch_up();
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, (4 << 20) - 1, f) < (4 << 20) - 1);
	fclose(f);
	return text;
}

static void
expect_has(const char *name, const char *what)
{
	char *text = content(name);

	if (strstr(text, what) == NULL)
		print_error("%s: no \"%s\" in\n%s", name, what, text);
	assert_non_null(strstr(text, what));
	free(text);
}

static unsigned
nb_lines(const char *name)
{
	char *text = content(name);
	unsigned n = 0;

	for (const char *c = text; *c != '\0'; c++)
		n += *c == '\n';
	free(text);
	return n;
}

static int
setup(void **state)
{
	struct err e;

	return route_setup(state) != 0 || mkdtemp(dir) == NULL ||
	       param_set_text(param_find("net.netfilter.nf_conntrack_max"), "10000", &e) != 0 ||
	       param_set_text(param_find("net.netfilter.nf_conntrack_acct"), "1", &e) != 0;
}

static int
teardown(void **state)
{
	char line[64];

	run(0, "log nat to none");
	run(0, "conntrack -F");
	snprintf(line, sizeof(line), "rm -r %s", dir);
	return system(line);
}

#define MAKE "conntrack -I -t 100 -p "

static void
test_lines(void **state)
{
	run(0, "log nat to file %s/a json %s/j", dir, dir);
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport 5000 --dport 53 -n 203.0.113.1:99");
	run(0, MAKE "tcp -s fd01::2 -d fd02::2 --sport 1 --dport 80 --state SYN_SENT -g fd02::9");
	run(0, MAKE "icmp -s 10.1.0.2 -d 8.8.8.8 --icmp-type 8 --icmp-code 0 --icmp-id 7 "
		    "-n 203.0.113.1");
	run(0, MAKE "99 -s 10.1.0.2 -d 8.8.8.8 -n 203.0.113.1 -w 5");
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.4.4 --sport 5000 --dport 53");
	expect_has("a",
		   "proto=udp src=10.1.0.2 sport=5000 dst=8.8.8.8 dport=53 nat_src=203.0.113.1 "
		   "nat_sport=99 nat_dst=8.8.8.8 nat_dport=53\n");
	expect_has("a", " pollux: nat begin id=");
	expect_has("a", "proto=tcp src=fd01::2 sport=1 dst=fd02::2 dport=80 nat_src=fd01::2 "
			"nat_sport=1 nat_dst=fd02::9 nat_dport=80\n");
	expect_has("a", "proto=icmp src=10.1.0.2 dst=8.8.8.8 icmp_id=7 nat_src=203.0.113.1 "
			"nat_dst=8.8.8.8 nat_icmp_id=7\n");
	expect_has("a", "proto=99 src=10.1.0.2 dst=8.8.8.8 nat_src=203.0.113.1 nat_dst=8.8.8.8 "
			"zone=5\n");
	assert_int_equal(nb_lines("a"), 4);
	run(0, "conntrack -D -p udp");
	expect_has("a", " nat end id=");
	expect_has("a", "nat_dport=53 packets=0 bytes=0 reply_packets=0 reply_bytes=0\n");
	assert_int_equal(nb_lines("a"), 5);
	assert_int_equal(nb_lines("j"), 5);
}

/* Every line is an object with the same values. */
static void
test_json(void **state)
{
	char *text = content("j"), *rest = text;
	json_t *line = json_loads(strsep(&rest, "\n"), 0, NULL);

	assert_non_null(line);
	assert_string_equal(json_string_value(json_object_get(line, "event")), "begin");
	assert_string_equal(json_string_value(json_object_get(line, "proto")), "udp");
	assert_string_equal(json_string_value(json_object_get(line, "nat_src")), "203.0.113.1");
	assert_int_equal(json_integer_value(json_object_get(line, "nat_sport")), 99);
	assert_true(json_real_value(json_object_get(line, "date")) > 1.5e9);
	json_decref(line);
	for (unsigned i = 1; i < 5; i++) {
		line = json_loads(strsep(&rest, "\n"), 0, NULL);
		assert_non_null(line);
		json_decref(line);
	}
	free(text);
	run(0, "conntrack -F");
}

/* A file that is moved away ends, the next line is in a new one. */
static void
test_rotation(void **state)
{
	char from[64], to[64];

	/* Events that nobody is sent are logged all the same. */
	run(0, "sysctl -w net.netfilter.nf_conntrack_events=0");
	run(0, "log nat to file %s/r", dir);
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport 1 --dport 53 -n 203.0.113.1");
	queue_nat_catch_up();
	snprintf(from, sizeof(from), "%s/r", dir);
	snprintf(to, sizeof(to), "%s/r.1", dir);
	assert_int_equal(rename(from, to), 0);
	run(0, "log reopen");
	run(0, "conntrack -F");
	assert_int_equal(nb_lines("r.1"), 1);
	assert_int_equal(nb_lines("r"), 1);
	expect_has("r", " nat end ");
}

static void
test_off(void **state)
{
	run(0, "log nat to none");
	run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport 1 --dport 53 -n 203.0.113.1");
	run(0, "conntrack -F");
	assert_int_equal(nb_lines("r"), 1);
	assert_int_equal(ct_event_patience(), -1);
}

/* More than a ring takes before anybody looks: lost, counted, and told. */
static void
test_flood(void **state)
{
	struct queue_log_stats before = queue_nat_stats(), after;

	run(0, "log nat to file %s/f json %s/fj", dir, dir);
	for (unsigned i = 1; i <= 5000; i++)
		run(0, MAKE "udp -s 10.1.0.2 -d 8.8.8.8 --sport %u --dport 53 -n 203.0.113.1", i);
	queue_nat_catch_up();
	after = queue_nat_stats();
	assert_int_equal(after.lost - before.lost + after.lines - before.lines, 5001);
	assert_true(after.lost > before.lost);
	expect_has("f", "pollux: nat lost lines=");
	expect_has("fj", "\"event\":\"lost\",\"lines\":");
	assert_int_equal(nb_lines("f"), nb_lines("fj"));
	run(0, "conntrack -F");
	/* Removing reads the ring as it goes: nothing is lost. */
	assert_int_equal(queue_nat_stats().lost, after.lost);
	assert_int_equal(nb_lines("f"), after.lines - before.lines + 5000);
	run(0, "log nat to none");
}

static void
test_bad_words(void **state)
{
	run(2, "log nat");
	run(2, "log nat to");
	run(2, "log nat from here");
	run(2, "log nat to nowhere");
	run(2, "log nat to json");
	run(2, "log to json %s/x", dir);
	run(1, "log nat to file /nowhere/at/all");
	run(1, "log nat to syslog kern");
	run(1, "log nat to file %s/x file %s/x", dir, dir);
	assert_int_equal(ct_event_patience(), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),    cmocka_unit_test(test_json),
		cmocka_unit_test(test_rotation), cmocka_unit_test(test_off),
		cmocka_unit_test(test_flood),    cmocka_unit_test(test_bad_words),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
