/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Splitting of lines, here-documents, scripts, and what the socket's decoder makes of any bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_common.h>

#include "cmd.h"
#include "cmd_split.h"
#include "cmd_complete.h"
#include "cmd_table.h"
#include "cmd_wire.h"

/* The words of a line, joined with '|'; NULL: refused. */
static const char *
joined(const char *line)
{
	static char text[256];
	struct cmd_words w;
	const char *why = NULL;

	text[0] = '\0';
	if (cmd_split(line, &w, &why) != 0) {
		assert_non_null(why);
		assert_null(w.text);
		return NULL;
	}
	for (int i = 0; i < w.n; i++) {
		strcat(text, i > 0 ? "|" : "");
		strcat(text, w.word[i]);
	}
	assert_null(w.word[w.n]);
	cmd_words_free(&w);
	return text;
}

static void
split(void **state)
{
	assert_string_equal(joined("a  b\tc\r\n"), "a|b|c");
	assert_string_equal(joined(""), "");
	assert_string_equal(joined("  # all comment"), "");
	assert_string_equal(joined("a b#c # d"), "a|b#c");
	assert_string_equal(joined("a 'b c' \"d e\" f\\ g"), "a|b c|d e|f g");
	assert_string_equal(joined("x'y'\"z\""), "xyz");
	assert_string_equal(joined("a '' \"\""), "a||");
	assert_string_equal(joined("\"a\\\"b\\\\c\\d\""), "a\"b\\c\\d");
	assert_string_equal(joined("'a\\'"), "a\\");
	assert_string_equal(joined("! -d \\!"), "!|-d|!");
	assert_null(joined("a 'b"));
	assert_null(joined("a \"b\\\""));
	assert_null(joined("a \\"));
}

static void
split_bounds(void **state)
{
	static char line[CMD_LINE_MAX + 2];
	struct cmd_words w;
	const char *why;

	memset(line, 'x', CMD_LINE_MAX);
	assert_int_equal(cmd_split(line, &w, &why), 0);
	assert_int_equal(w.n, 1);
	cmd_words_free(&w);
	line[CMD_LINE_MAX] = 'x';
	assert_true(cmd_split(line, &w, &why) < 0);
	for (unsigned i = 0; i < CMD_LINE_MAX; i += 2)
		line[i] = ' ';
	assert_true(cmd_split(line, &w, &why) < 0);
	memset(line, 0, sizeof(line));
	memset(line, 'x', 2 * CMD_WORDS_MAX);
	for (unsigned i = 1; i < 2 * CMD_WORDS_MAX; i += 2)
		line[i] = ' ';
	assert_int_equal(cmd_split(line, &w, &why), 0);
	assert_int_equal(w.n, CMD_WORDS_MAX);
	cmd_words_free(&w);
}

static void
here(void **state)
{
	char end[CMD_HERE_WORD_MAX];
	size_t cut;

	assert_true(cmd_here("iptables-restore <<END", end, &cut));
	assert_string_equal(end, "END");
	assert_int_equal(cut, strlen("iptables-restore "));
	assert_true(cmd_here("load - << 'E O F'  ", end, &cut));
	assert_string_equal(end, "E O F");
	assert_false(cmd_here("echo '<<END'", end, &cut));
	assert_false(cmd_here("echo \\<<END", end, &cut));
	assert_false(cmd_here("echo x # <<END", end, &cut));
	assert_false(cmd_here("echo <<", end, &cut));
	assert_false(cmd_here("echo <<A B", end, &cut));
	assert_false(cmd_here("echo <<'A", end, &cut));
}

/* A noun that repeats its input, to see what it gets. */
static int
say(struct cmd *c)
{
	if (c->argc > 1 && strcmp(c->argv[1], "wrong") == 0)
		return cmd_fail(c, 3, "told to fail");
	for (int i = 1; i < c->argc; i++)
		str_printf(&c->out, "[%s]", c->argv[i]);
	if (c->in != NULL)
		str_printf(&c->out, "{%.*s}", (int)c->in_len, c->in);
	return 0;
}

CMD_REGISTER(test_say, "test-say", say, "test-say", "for this test")

static int
script(const char *text, bool keep_going, const char *out, const char *err)
{
	struct str o = { 0 }, e = { 0 };
	int rc = cmd_run_script("f", text, keep_going, &o, &e);

	assert_string_equal(str_text(&o), out);
	assert_string_equal(str_text(&e), err);
	str_free(&o);
	str_free(&e);
	return rc;
}

static void
scripts(void **state)
{
	assert_int_equal(script("", false, "", ""), 0);
	assert_int_equal(script("# x \\\ntest-say a", false, "[a]", ""), 0);
	assert_int_equal(script("test-say a \\\n b\r\n\ntest-say c\n", false, "[a][b][c]", ""), 0);
	assert_int_equal(script("test-say <<E\n x #\n\nE\ntest-say d", false, "{ x #\n\n}[d]", ""),
			 0);
	assert_int_equal(script("test-say a\n\ntest-say wrong\ntest-say b", false, "[a]",
				"f:3: test-say: told to fail\n"),
			 3);
	assert_int_equal(
		script("test-say wrong\ntest-say b", true, "[b]", "f:1: test-say: told to fail\n"),
		3);
	assert_int_equal(script("\ntest-say 'a\n", false, "", "f:2: a ' is not closed\n"), 2);
	assert_int_equal(script("test-say <<E\nx\n", false, "",
				"f:1: the here-document's end \"E\" is missing\n"),
			 2);
	/* The line number is the command's, also behind joined lines and here-documents. */
	assert_int_equal(script("test-say <<E\nE\ntest-say \\\n\\\nz\nno-such", false, "{}[z]",
				"f:6: no-such: no such command (\"help\" lists them)\n"),
			 127);
}

static void
load_within_load(void **state)
{
	char name[] = "/tmp/test_cmd_lineXXXXXX", line[64];
	struct str o = { 0 }, e = { 0 };
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	snprintf(line, sizeof(line), "load %s\n", name);
	assert_int_equal(write(fd, line, strlen(line)), strlen(line));
	close(fd);
	assert_int_equal(cmd_run_line(line, NULL, 0, &o, &e), 1);
	assert_non_null(strstr(str_text(&e), "load each other"));
	unlink(name);
	str_free(&o);
	str_free(&e);
}

/* A file's own `load` starts from the caller's directory, as the caller's did. */
static void
load_beside(void **state)
{
	char dir[] = "/tmp/test_cmd_lineXXXXXX", a[64], b[64];
	struct str o = { 0 }, e = { 0 };
	FILE *f;

	assert_non_null(mkdtemp(dir));
	snprintf(a, sizeof(a), "%s/a", dir);
	snprintf(b, sizeof(b), "%s/b", dir);
	assert_non_null(f = fopen(a, "w"));
	fputs("load b\n", f);
	fclose(f);
	assert_non_null(f = fopen(b, "w"));
	fputs("test-say here\nno-such\n", f);
	fclose(f);
	assert_int_equal(
		cmd_run_line_in(&(struct cmd_caller){ .cwd = dir }, "load a", NULL, 0, &o, &e),
		127);
	assert_string_equal(str_text(&o), "[here]");
	assert_string_equal(str_text(&e),
			    "a:1: b:2: no-such: no such command (\"help\" lists them)\n");
	unlink(a);
	unlink(b);
	rmdir(dir);
	str_free(&o);
	str_free(&e);
}

static int patience;

static bool
out_of_patience(void)
{
	return patience-- == 0;
}

static void
told_to_stop(void **state)
{
	patience = 1;
	cmd_interrupted = out_of_patience;
	assert_int_equal(script("test-say a\n\ntest-say b\n", true, "[a]",
				"f:2: told to stop: the rest was not run\n"),
			 1);
	assert_true(cmd_quit);
	cmd_interrupted = NULL;
	cmd_quit = false;
}

static void
reads_input(void **state)
{
	static const struct {
		const char *word[5];
		bool reads;
	} lines[] = {
		{ { "iptables-restore" }, true },
		{ { "iptables-restore", "-n" }, true },
		{ { "iptables-restore", "-T", "filter" }, true },
		{ { "iptables-restore", "-n", "/tmp/x" }, false },
		{ { "ip6tables-restore", "rules" }, false },
		{ { "iptables-save" }, false },
		{ { "load", "-" }, true },
		{ { "load", "x" }, false },
		{ { "show", "drops" }, false },
	};

	for (unsigned i = 0; i < RTE_DIM(lines); i++) {
		int argc = 0;

		while (lines[i].word[argc] != NULL)
			argc++;
		assert_int_equal(cmd_reads_input(argc, (char *const *)(uintptr_t)lines[i].word),
				 lines[i].reads);
	}
}

static void
wire_frames(void **state)
{
	static const char body[] = "/tmp\0\0\0\0\120\0\0\0\2ip\0a\0input";
	struct cmd_wire_request r;
	struct cmd_wire_head h;
	unsigned char head[CMD_WIRE_HEADER];
	char copy[sizeof(body)];

	cmd_wire_put_head(head, (struct cmd_wire_head){ 70000, CMD_WIRE_RUN });
	assert_true(cmd_wire_get_head(head, &h));
	assert_int_equal(h.len, 70000);
	assert_int_equal(h.type, CMD_WIRE_RUN);
	cmd_wire_put_head(head, (struct cmd_wire_head){ CMD_WIRE_REQUEST_MAX + 1, CMD_WIRE_RUN });
	assert_false(cmd_wire_get_head(head, &h));
	cmd_wire_put_head(head, (struct cmd_wire_head){ 1, CMD_WIRE_WANT });
	assert_false(cmd_wire_get_head(head, &h));
	cmd_wire_put_head(head, (struct cmd_wire_head){ 1, 77 });
	assert_false(cmd_wire_get_head(head, &h));
	memcpy(copy, body, sizeof(body));
	assert_int_equal(cmd_wire_request(CMD_WIRE_RUN, copy, sizeof(body) - 1, &r), 0);
	assert_int_equal(r.argc, 2);
	assert_string_equal(r.cwd, "/tmp");
	assert_int_equal(r.columns, 80);
	assert_string_equal(r.argv[1], "a");
	assert_int_equal(r.in_len, 5);
	assert_memory_equal(r.in, "input", 5);
	free(r.argv);
	/* Every shorter body up to the last argument's end is refused. */
	for (size_t len = 0; len < sizeof(body) - 1 - 5; len++) {
		memcpy(copy, body, sizeof(body));
		assert_true(cmd_wire_request(CMD_WIRE_RUN, copy, len, &r) < 0);
		assert_null(r.argv);
	}
}

/* Heap copies of exactly the given length: AddressSanitizer sees every byte read too far. */
static void
wire_garbage(void **state)
{
	struct cmd_wire_request r;
	struct cmd_wire_answer a;
	unsigned seed = 1;

	for (unsigned i = 0; i < 100000; i++) {
		size_t len = rand_r(&seed) % 40;
		char *body = malloc(len + (len == 0));

		assert_non_null(body);
		for (size_t k = 0; k < len; k++)
			body[k] = rand_r(&seed) % 4 ? rand_r(&seed) % 3 : rand_r(&seed);
		if (cmd_wire_request(1 + i % 3, body, len, &r) == 0)
			assert_true(r.in + r.in_len == body + len);
		free(r.argv);
		if (cmd_wire_answer(body, len, &a) == 0)
			assert_int_equal(8 + a.out_len + a.err_len, len);
		free(body);
	}
}

static void
completes(const char *line, const char *offers)
{
	struct str out = { 0 };

	cmd_complete_line(line, &out);
	assert_string_equal(str_text(&out), offers);
	str_free(&out);
}

static void
completion(void **state)
{
	completes("test-", "test-say\n");
	completes("no-such ", "");
	completes("show po", "port\n");
	completes("show config ", "cores\nrxtx\nfwd\n-j\n");
	completes("clear dr", "drops\n");
	completes("help why", "why-dropped\n");
	completes("sysctl net.ipv4.ip_f",
		  "net.ipv4.ip_forward\nnet.ipv4.ip_forward_update_priority\n"
		  "net.ipv4.ip_forward_use_pmtu\n");
	completes("sysctl -w net.ipv4.co", "net.ipv4.conf.\n");
	completes("echo 'within quotes", "");
	completes("ip ro", "route\n");
	completes("ip -b", "-br\n-b\n");
	completes("ip -4 route ap", "append\n");
	completes("ip rule f", "flush\n");
	completes("ip route add 10.0.0.0/8 vi", "via\n");
	completes("ip addr add 10.0.0.1/8 dev ", "");
	completes("iptables -t ma", "mangle\n");
	completes("iptables -A FOR", "FORWARD\n");
	completes("iptables -t raw -A ", "PREROUTING\nOUTPUT\n");
	completes("iptables -A FORWARD -p tcp --dp", "--dport\n");
	completes("iptables -A FORWARD -p udp --sy", "");
	completes("iptables -A FORWARD -m multip", "multiport\n");
	completes("ip6tables -A FORWARD -j REJECT --reject", "--reject-with\n");
	completes("iptables -P INPUT D", "DROP\n");
	completes("iptables --line", "--line-numbers\n");
}

static void
tables(void **state)
{
	static const struct cmd_column columns[] = { { "name", "name" },
						     { "n", "n" },
						     { "text", "t" } };
	struct cmd c = { .caller = { .columns = 40 } };
	struct cmd_table t = cmd_table(&c, columns, 3);

	cmd_table_text(&t, "a\"b");
	cmd_table_number(&t, 12345);
	cmd_table_text(&t, "words that do not fit into one line of it");
	cmd_table_end(&t);
	assert_string_equal(str_text(&c.out), "name      n  text\n"
					      "a\"b   12345  words that do not fit into\n"
					      "             one line of it\n");
	str_clear(&c.out);
	c.json = true;
	t = cmd_table(&c, columns, 3);
	cmd_table_text(&t, "a\"b");
	cmd_table_number(&t, 1);
	cmd_table_text(&t, "");
	cmd_table_end(&t);
	assert_string_equal(str_text(&c.out), "[\n  {\n    \"name\": \"a\\\"b\",\n    \"n\": 1,\n"
					      "    \"t\": \"\"\n  }\n]\n");
	str_free(&c.out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split),
		cmocka_unit_test(split_bounds),
		cmocka_unit_test(here),
		cmocka_unit_test(scripts),
		cmocka_unit_test(load_within_load),
		cmocka_unit_test(load_beside),
		cmocka_unit_test(told_to_stop),
		cmocka_unit_test(reads_input),
		cmocka_unit_test(completion),
		cmocka_unit_test(tables),
		cmocka_unit_test(wire_frames),
		cmocka_unit_test(wire_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
