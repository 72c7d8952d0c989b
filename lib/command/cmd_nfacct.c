/* SPDX-License-Identifier: BSD-3-Clause */
/* nfacct: accounting objects of -m nfacct; the text is that of nfacct 1.0.2. Control lcore. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "rule_nfacct.h"

#define VERSION "1.0.2"
#define USAGE "Usage: nfacct command [parameters]...\n"
#define XML_BEGIN "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<nfacct>\n"

__attribute__((format(printf, 2, 3))) static int
fail(struct cmd *c, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_printf(&c->err, "nfacct v" VERSION ": %s\n", text);
	return 1;
}

static int
fail_errno(struct cmd *c, int rc)
{
	return fail(c, "error: %s", strerror(-rc));
}

static void
print(struct cmd *c, struct rule_nfacct *n, bool xml)
{
	struct count k = rule_nfacct_read(n);

	if (xml) {
		str_printf(&c->out,
			   "<obj><name>%s</name><pkts>%020" PRIu64 "</pkts><bytes>%020" PRIu64
			   "</bytes></obj>\n",
			   n->name, k.packets, k.bytes);
		return;
	}
	str_printf(&c->out, "{ pkts = %020" PRIu64 ", bytes = %020" PRIu64, k.packets, k.bytes);
	if (n->mode != RULE_NFACCT_FREE)
		str_printf(&c->out, ", quota = %020" PRIu64 ", mode = %s, overquota = %s", n->quota,
			   n->mode == RULE_NFACCT_BYTES ? "byte" : "packet",
			   __atomic_load_n(&n->over, __ATOMIC_RELAXED) ? "yes" : "no");
	str_printf(&c->out, " } = %s;\n", n->name);
}

/* Prints the object, or all; from the word on stand "reset" and "xml". */
static int
show(struct cmd *c, int word, struct rule_nfacct *one)
{
	bool xml = false, reset = false;

	for (; word < c->argc; word++) {
		if (strcmp(c->argv[word], "reset") == 0)
			reset = true;
		else if (strcmp(c->argv[word], "xml") == 0)
			xml = true;
		else
			return fail(c, "unknown argument");
	}
	if (xml)
		str_add(&c->out, XML_BEGIN);
	for (struct rule_nfacct *n = one; (n = one != NULL ? one : rule_nfacct_next(n)) != NULL;) {
		print(c, n, xml);
		if (reset)
			rule_nfacct_reset(n);
		if (one != NULL)
			break;
	}
	if (xml)
		str_add(&c->out, "</nfacct>\n");
	return 0;
}

static int
list(struct cmd *c)
{
	return show(c, 2, NULL);
}

static void
set_name(struct rule_nfacct *n, const char *name)
{
	memcpy(n->name, name, strnlen(name, sizeof(n->name) - 1));
}

static int
add(struct cmd *c)
{
	struct rule_nfacct n = { .mode = RULE_NFACCT_FREE };
	char *end;
	int rc;

	if (c->argc < 3)
		return fail(c, "missing object name");
	if (c->argc > 5)
		return fail(c, "too many arguments");
	if (c->argc == 4)
		return fail(c, "missing quota value");
	if (c->argc == 5) {
		if (strcmp(c->argv[3], "byte") != 0 && strcmp(c->argv[3], "packet") != 0)
			return fail(c, "argument must \"byte\" or \"packet\"");
		n.mode = c->argv[3][0] == 'b' ? RULE_NFACCT_BYTES : RULE_NFACCT_PACKETS;
		n.quota = strtoull(c->argv[4], &end, 10);
		if (end == c->argv[4])
			return fail(c, "error reading quota");
	}
	set_name(&n, c->argv[2]);
	rc = rule_nfacct_add(&n, (struct count){ 0 });
	return rc == 0 ? 0 : fail_errno(c, rc);
}

static int
named(struct cmd *c, struct rule_nfacct **n)
{
	if (c->argc < 3)
		return fail(c, "missing object name");
	*n = rule_nfacct_find(c->argv[2]);
	return *n != NULL ? 0 : fail_errno(c, -ENOENT);
}

static int delete (struct cmd *c)
{
	struct rule_nfacct *n;
	int rc;

	if (c->argc > 3)
		return fail(c, "too many arguments");
	rc = named(c, &n);
	if (rc != 0)
		return rc;
	rc = rule_nfacct_delete(n);
	return rc == 0 ? 0 : fail_errno(c, rc);
}

static int
get(struct cmd *c)
{
	struct rule_nfacct *n;
	int rc = named(c, &n);

	return rc == 0 ? show(c, 3, n) : rc;
}

/* Those that rules name stay. */
static int
flush(struct cmd *c)
{
	struct rule_nfacct *n, *next;

	if (c->argc > 2)
		return fail(c, "too many arguments");
	for (n = rule_nfacct_next(NULL); n != NULL; n = next) {
		next = rule_nfacct_next(n);
		rule_nfacct_delete(n);
	}
	return 0;
}

/* A line of `nfacct list`, with a quota or without; it ends at the semicolon. */
static bool
read_object(const char *line, struct rule_nfacct *n, struct count *k)
{
	char name[256], mode[8], over[4];

	if (sscanf(line, "{ pkts = %" SCNu64 ", bytes = %" SCNu64 " } = %255[^;]", &k->packets,
		   &k->bytes, name) != 3) {
		if (sscanf(line,
			   "{ pkts = %" SCNu64 ", bytes = %" SCNu64 ", quota = %" SCNu64
			   ", mode = %7[a-z], overquota = %3[a-z] } = %255[^;]",
			   &k->packets, &k->bytes, &n->quota, mode, over, name) != 6 ||
		    (strcmp(mode, "byte") != 0 && strcmp(mode, "packet") != 0))
			return false;
		n->mode = mode[0] == 'b' ? RULE_NFACCT_BYTES : RULE_NFACCT_PACKETS;
	}
	set_name(n, name);
	return true;
}

static int
restore_line(struct cmd *c, const char *line)
{
	struct rule_nfacct n = { .mode = RULE_NFACCT_FREE };
	struct count k;
	int rc;

	if (strchr(line, ';') == NULL)
		return fail(c, "invalid line");
	if (!read_object(line, &n, &k))
		return fail(c, "error reading input");
	rc = rule_nfacct_add(&n, k);
	return rc == 0 ? 0 : fail_errno(c, rc);
}

static int
restore(struct cmd *c)
{
	char *text = strndup(c->in != NULL ? c->in : "", c->in != NULL ? c->in_len : 0), *save;
	int rc = 0;

	if (text == NULL)
		return fail_errno(c, -ENOMEM);
	for (char *line = strtok_r(text, "\n", &save); rc == 0 && line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		rc = restore_line(c, line);
	free(text);
	return rc;
}

static int
version(struct cmd *c)
{
	str_add(&c->out, "nfacct v" VERSION ": accounting objects of -m nfacct\n");
	return 0;
}

static int
help(struct cmd *c)
{
	str_add(&c->out,
		"nfacct v" VERSION ": accounting objects of -m nfacct\n" USAGE "\nCommands:\n"
		"  list [reset] [xml]            show all objects\n"
		"  add NAME [byte|packet QUOTA]  make one\n"
		"  delete NAME                   remove one\n"
		"  get NAME [reset] [xml]        show one\n"
		"  flush                         remove all that no rule names\n"
		"  restore                       make what `list` has printed\n"
		"  version, help\n");
	return 0;
}

/* The first that begins with the word is meant. */
static const struct {
	const char *name;
	int (*fn)(struct cmd *c);
} words[] = {
	{ "list", list },   { "add", add },         { "delete", delete },   { "get", get },
	{ "flush", flush }, { "restore", restore }, { "version", version }, { "help", help },
};

static int
nfacct(struct cmd *c)
{
	if (c->argc < 2) {
		str_add(&c->err, USAGE);
		return 1;
	}
	for (unsigned i = 0; i < RTE_DIM(words); i++)
		if (strncmp(words[i].name, c->argv[1], strlen(c->argv[1])) == 0)
			return words[i].fn(c);
	fail(c, "Unknown command: %s", c->argv[1]);
	str_add(&c->err, USAGE);
	return 1;
}

CMD_REGISTER(nfacct, "nfacct", nfacct,
	     "nfacct list [reset] [xml] | add NAME [byte|packet QUOTA] | get NAME | delete NAME | "
	     "flush | "
	     "restore",
	     "accounting objects of -m nfacct")
