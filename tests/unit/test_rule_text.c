/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The iptables commands say what iptables 1.8.9 (legacy) says: rule_text.txt holds commands and its
 * answers, as rule_text.py recorded them. Then what a text of commands alone cannot show.
 */
#include "rule_setup.h"

#include <ctype.h>

struct expected {
	struct str in, out, err;
	int rc;
};

/* "on Sun Nov 22 04:00:00 2026" becomes "on DATE", as in the recording. */
static void
hide_dates(struct str *s)
{
	char *p = s->text;

	while (p != NULL && (p = strstr(p, " on ")) != NULL) {
		p += 4;
		if (strlen(p) < 24 || p[3] != ' ' || p[13] != ':' || p[16] != ':')
			continue;
		memcpy(p, "DATE", 4);
		memmove(p + 4, p + 24, strlen(p + 24) + 1);
	}
	s->len = p == NULL && s->text == NULL ? 0 : strlen(str_text(s));
}

static void
compare(const char *line, const char *what, struct str *got, const struct str *want)
{
	hide_dates(got);
	/* The recording does not tell whether the last line was empty. */
	while (got->len > 0 && got->text[got->len - 1] == '\n')
		got->text[--got->len] = '\0';
	if (strcmp(str_text(got), str_text(want)) != 0)
		fail_msg("%s\n%s: [%s]\nexpected: [%s]", line, what, str_text(got), str_text(want));
}

static void
check_one(const char *line, struct expected *e)
{
	int rc = run_with(line, e->in.len > 0 ? str_text(&e->in) : NULL);

	while (e->out.len > 0 && e->out.text[e->out.len - 1] == '\n')
		e->out.text[--e->out.len] = '\0';
	while (e->err.len > 0 && e->err.text[e->err.len - 1] == '\n')
		e->err.text[--e->err.len] = '\0';
	compare(line, "stdout", &rule_out, &e->out);
	compare(line, "stderr", &rule_err, &e->err);
	if (rc != e->rc)
		fail_msg("%s: status %d, expected %d", line, rc, e->rc);
	str_clear(&e->in);
	str_clear(&e->out);
	str_clear(&e->err);
}

/* "> text|" or "! text|" */
static void
add_line(struct str *s, char *line)
{
	size_t len = strlen(line);

	if (len > 2)
		str_add_bytes(s, line + 2, len - 3);
	str_add(s, "\n");
}

static void
test_recorded(void **state)
{
	const char *path = getenv("RULE_TEXT");
	FILE *f = fopen(path != NULL ? path : "rule_text.txt", "r");
	struct expected e = { 0 };
	char *line = NULL, *command = NULL;
	size_t cap = 0;
	unsigned n = 0;

	if (f == NULL)
		fail_msg("cannot open rule_text.txt (RULE_TEXT names it)");
	while (getline(&line, &cap, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		switch (line[0]) {
		case '$':
			free(command);
			command = strdup(line + 2);
			break;
		case '<':
			str_printf(&e.in, "%s\n", line + 2);
			break;
		case '>':
			add_line(&e.out, line);
			break;
		case '!':
			add_line(&e.err, line);
			break;
		case '=':
			e.rc = atoi(line + 2);
			check_one(command, &e);
			n++;
			break;
		}
	}
	fclose(f);
	free(line);
	free(command);
	str_free(&e.in);
	str_free(&e.out);
	str_free(&e.err);
	assert_true(n > 300);
}

static void
expect_rules(const char *want)
{
	run_ok("iptables -S");
	assert_string_equal(str_text(&rule_out), want);
}

/* A bad line anywhere in the text leaves everything as it was, tables committed before it too. */
static void
test_atomic(void **state)
{
	static const char *const bad[] = {
		"*filter\n-F\n-A INPUT -j NOSUCH\nCOMMIT\n",
		"*filter\n-A INPUT -s 1.1.1.1\nCOMMIT\n*filter\n-A INPUT -p nope\nCOMMIT\n",
		"*filter\n-A INPUT -s 1.1.1.1\n",
		"*filter\n:a - [0:0]\n:b - [0:0]\n-A a -j b\n-A b -j a\n-A INPUT -j a\nCOMMIT\n",
		"*filter\n-A INPUT -m comment --comment \"open\nCOMMIT\n",
		"*filter\n-A INPUT -j REJECT --reject-with tcp-reset\nCOMMIT\n",
		"*nosuch\nCOMMIT\n",
		"-A INPUT -j DROP\n",
		"*filter\nCOMMIT\nCOMMIT\n",
	};
	static const char want[] = "-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-N mine\n"
				   "-A INPUT -j mine\n-A mine -s 9.9.9.9/32 -j DROP\n";

	restore_ok("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
		   ":mine - [0:0]\n-A INPUT -j mine\n-A mine -s 9.9.9.9 -j DROP\nCOMMIT\n");
	for (unsigned i = 0; i < RTE_DIM(bad); i++) {
		uint64_t before = gen_current()->number;

		assert_int_not_equal(run_with("iptables-restore", bad[i]), 0);
		assert_int_not_equal(rule_err.len, 0);
		assert_int_equal(gen_current()->number, before);
		expect_rules(want);
	}
	assert_int_equal(run_with("iptables-restore --test", "*filter\n-A INPUT -j DROP\nCOMMIT\n"),
			 0);
	expect_rules(want);
}

/* What we refuse although iptables lets it pass: it asks a name server, or cannot be read back. */
static void
test_stricter(void **state)
{
	rules_reset();
	assert_int_equal(run("iptables -N a -E 'b c'"), 2);
	assert_int_equal(run("iptables -N 'a\"b'"), 2);
	assert_int_equal(run("iptables -A INPUT -s no.such.host -j DROP"), 2);
	expect_rules("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
}

static void
test_large(void **state)
{
	struct str text = { 0 };

	str_add(&text, "*filter\n");
	for (int i = 0; i < 10000; i++)
		str_printf(&text,
			   "-A FORWARD -s 10.%d.%d.1/32 -p tcp -m tcp --dport %d -j ACCEPT\n",
			   i >> 8, i & 255, i + 1);
	str_add(&text, "COMMIT\n");
	restore_ok(str_text(&text));
	run_ok("iptables -I FORWARD 5000 -j DROP");
	run_ok("iptables -S FORWARD 10001");
	assert_string_equal(str_text(&rule_out), "-A FORWARD -s 10.39.15.1/32 -p tcp -m tcp "
						 "--dport 10000 -j ACCEPT\n");
	str_free(&text);
	rules_reset();
}

/* A test has little memory. */
static int
setup(void **state)
{
	struct err e = { "" };

	if (route_setup(state) != 0)
		return -1;
	return param_set_text(param_find("net.netfilter.nf_conntrack_max"), "4096", &e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_atomic),
		cmocka_unit_test(test_stricter),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
