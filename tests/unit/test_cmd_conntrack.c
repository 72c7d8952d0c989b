/* SPDX-License-Identifier: BSD-3-Clause */
/* The noun `conntrack` without packets: what is saved can be loaded, and what is wrong changes nothing. */
#include "route_setup.h"

#include "cmd.h"
#include "ct_table.h"

static char *
answer(const char *line, const char *in, int rc)
{
	struct str out = { 0 }, err = { 0 };
	char *text;

	int got = cmd_run_line(line, in, strlen(in), &out, &err);

	if (got != rc)
		print_error("%s\n%s", line, str_text(&err));
	assert_int_equal(got, rc);
	text = strdup(str_text(&out));
	str_free(&out);
	str_free(&err);
	return text;
}

static void
run(const char *line, int rc)
{
	free(answer(line, "", rc));
}

static int
setup(void **state)
{
	struct err e;

	return route_setup(state) != 0 ||
	       param_set_text(param_find("net.netfilter.nf_conntrack_max"), "1000", &e) != 0;
}

static int
by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The table has no order. */
static void
sort_lines(char *text)
{
	char *lines[64], *copy = strdup(text), *rest = copy, *line;
	unsigned n = 0;

	while (n < 64 && (line = strsep(&rest, "\n")) != NULL && *line != '\0')
		lines[n++] = line;
	qsort(lines, n, sizeof(lines[0]), by_line);
	*text = '\0';
	for (unsigned i = 0; i < n; i++)
		text += sprintf(text, "%s\n", lines[i]);
	free(copy);
}

/* "-t 123" becomes "-t": time passes. */
static void
without_seconds(char *text)
{
	while ((text = strstr(text, "-t ")) != NULL) {
		size_t digits = strspn(text + 3, "0123456789");

		text += 2;
		memmove(text, text + 1 + digits, strlen(text + 1 + digits) + 1);
	}
}

static void
test_round_trip(void **state)
{
	static const char *const lines[] = {
		"-p tcp -s 1.1.1.1 -d 1.1.1.2 --sport 1 --dport 2 --state ESTABLISHED -u ASSURED",
		"-p tcp -s fd00::1 -d fd00::2 --sport 1 --dport 2 --state TIME_WAIT",
		"-p udp -s 1.1.1.1 -d 1.1.1.2 --sport 1 --dport 2 -u SEEN_REPLY,FIXED_TIMEOUT",
		"-p udp -s 1.1.1.1 -d 1.1.1.2 --sport 1 --dport 2 -w 7",
		"-p udp -s 1.1.1.5 -d 1.1.1.2 --sport 1 --dport 2 --orig-zone 8",
		"-p udp -s 1.1.1.4 -d 1.1.1.2 --sport 1 --dport 2 --reply-zone 9",
		"-p udplite -s fd00::1 -d fd00::2 --sport 1 --dport 2",
		"-p icmp -s 1.1.1.1 -d 1.1.1.2 --icmp-type 8 --icmp-code 0 --icmp-id 65535",
		"-p icmpv6 -s fd00::1 -d fd00::2 --icmpv6-type 128 --icmpv6-code 0",
		"-p gre -s 1.1.1.1 -d 1.1.1.2 --srckey 0xffff --dstkey 2",
		"-p sctp -s 1.1.1.1 -d 1.1.1.2 --sport 1 --dport 2 --state COOKIE_WAIT "
		"--orig-vtag 4294967295 --reply-vtag 2",
		"-p dccp -s 1.1.1.1 -d 1.1.1.2 --sport 1 --dport 2 --state OPEN --role server",
		"-p 99 -s 1.1.1.1 -d 1.1.1.2",
		"-p udp -s 1.1.1.1 -d 1.1.1.2 -r 1.1.1.2 -q 1.1.1.9 --sport 4 --dport 5 "
		"--reply-port-src 5 --reply-port-dst 44",
		"-p udp -s 1.1.1.1 -d 1.1.1.2 -n 1.1.1.9:77 --sport 6 --dport 5",
		"-p tcp -s fd00::1 -d fd00::2 -g fd00::9 --sport 7 --dport 5 --state SYN_SENT",
	};
	char line[512], *before, *after;

	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(line, sizeof(line), "conntrack -I -t 8000000 %s", lines[i]);
		run(line, 0);
		run(line, 1);
	}
	assert_int_equal(ct_count(), sizeof(lines) / sizeof(lines[0]));
	before = answer("conntrack -L -o save", "", 0);
	run("conntrack -F", 0);
	assert_int_equal(ct_count(), 0);
	free(answer("conntrack -R -", before, 0));
	assert_int_equal(ct_count(), sizeof(lines) / sizeof(lines[0]));
	after = answer("conntrack -L -o save", "", 0);
	without_seconds(before);
	without_seconds(after);
	sort_lines(before);
	sort_lines(after);
	assert_string_equal(before, after);
	free(before);
	free(after);
	run("conntrack -F", 0);
}

static void
test_bad_lines(void **state)
{
	static const char *const text = "-I -p udp -t 9 -s 1.1.1.1 -d 1.1.1.2 --sport 1 --dport 2\n"
					"-I -p udp -t 9 -s 1.1.1.1 -d 1.1.1 --sport 2 --dport 2\n";

	/* All lines are read before the first one runs. */
	free(answer("conntrack -R -", text, 2));
	free(answer("conntrack -R -", "-F\n-L\n", 2));
	assert_int_equal(ct_count(), 0);
	run("conntrack -I -p udp -t 9 -s 1.1.1.1 -d 1.1.1.2 --sport 1 --dport 2 -u EXPECTED", 1);
	run("conntrack -I -p icmp -t 9 -s 1.1.1.1 -d 1.1.1.2 --icmp-type 3 --icmp-code 0", 1);
	run("conntrack -I -p udp -t 9 -s 1.1.1.1 -d fd00::2 --sport 1 --dport 2", 2);
	run("conntrack -I -p udp -t 9 -s 1.1.1.1 -d 1.1.1.2 --sport 1 --dport 2 -n fd00::3", 2);
	run("conntrack -D", 1);
	run("conntrack -E", 1);
	assert_int_equal(ct_count(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_bad_lines),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
