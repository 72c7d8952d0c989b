/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The nouns iptables-restore and ip6tables-restore. The whole text is one edit: a bad line anywhere
 * leaves the running rules as they were, also those of tables whose COMMIT came before it. (Linux
 * keeps the latter.) Control lcore.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_iptables.h"
#include "rule_check.h"
#include "rule_name.h"

static const struct option options[] = {
	{ "counters", 0, NULL, 'c' },      { "verbose", 0, NULL, 'v' }, { "version", 0, NULL, 'V' },
	{ "test", 0, NULL, 't' },          { "help", 0, NULL, 'h' },    { "noflush", 0, NULL, 'n' },
	{ "modprobe", 1, NULL, 'M' },      { "table", 1, NULL, 'T' },   { "wait", 2, NULL, 'w' },
	{ "wait-interval", 2, NULL, 'W' }, { NULL, 0, NULL, 0 },
};

struct restore {
	struct cmd *cmd;
	const char *prog;
	enum hook_family family;
	struct rule_edit edit;
	bool counters, verbose, test, noflush;
	bool wait, wait_interval;
	const char *only; /* -T */
	unsigned line;
	const char *table; /* NULL: outside of a table */
	char table_name[64];
	unsigned type;
	bool skip; /* inside a table that -T leaves out */
	bool stop; /* -h or -V within the text */
};

/* A line that is wrong in itself, through the one function that knows how that is said. */
#define BAD(r, ...)                               \
	ipt_bad(&(struct ipt){ .prog = (r)->prog, \
			       .line = (r)->line, \
			       .restoring = true, \
			       .cmd = (r)->cmd }, \
		__VA_ARGS__)

static int
failed(struct restore *r)
{
	str_printf(&r->cmd->err, "%s: line %u failed\n", r->prog, r->line);
	return IPT_OTHER;
}

/* Runs a command that was already split into words, as if it stood in the text. */
static int
run_words(struct restore *r, int argc, char **argv)
{
	struct ipt x = {
		.prog = r->prog,
		.family = r->family,
		.line = r->line,
		.restoring = true,
		.cmd = r->cmd,
		.edit = &r->edit,
		.table = r->table,
	};
	int rc = ipt_parse(&x, argc, argv);

	if (rc == IPT_OK) {
		rc = ipt_run(&x);
		if (rc < 0)
			rc = failed(r);
	} else if (rc == IPT_STOP) {
		r->stop = !x.ignored;
		rc = IPT_OK;
	}
	ipt_free(&x);
	return rc;
}

static int
flush_table(struct restore *r)
{
	char *flush[] = { (char *)(uintptr_t)r->prog, (char[]){ "-F" }, (char[]){ "-v" }, NULL };
	char *chains[] = { (char *)(uintptr_t)r->prog, (char[]){ "-X" }, (char[]){ "-v" }, NULL };
	int argc = r->verbose ? 3 : 2;
	int rc;

	flush[argc] = chains[argc] = NULL;
	rc = run_words(r, argc, flush);
	return rc == IPT_OK ? run_words(r, argc, chains) : rc;
}

/* "*filter" */
static int
begin_table(struct restore *r, char *text)
{
	char *save = NULL;
	const char *name = strtok_r(text + 1, " \t", &save);
	int type;

	if (name == NULL)
		return BAD(r, "%s: line %u table name invalid", r->prog, r->line);
	snprintf(r->table_name, sizeof(r->table_name), "%s", name);
	r->table = r->table_name;
	r->skip = r->only != NULL && strcmp(r->only, name) != 0;
	if (r->skip)
		return IPT_OK;
	type = rule_table_type_find(r->family, name);
	if (type < 0)
		return BAD(r, "%s: unable to initialize table '%s'", r->prog, name);
	r->type = type;
	if (rule_edit_write(&r->edit, r->family, type) == NULL)
		return BAD(r, "no counters are left for table %s", name);
	return r->noflush ? IPT_OK : flush_table(r);
}

static int
end_table(struct restore *r)
{
	bool skip = r->skip;

	r->table = NULL;
	r->skip = false;
	/* The kernel's checks, while we know the line; publishing waits for the end of the text. */
	return skip || rule_check(rule_edit_write(&r->edit, r->family, r->type)) == 0 ? IPT_OK
										      : failed(r);
}

static int
set_policy(struct restore *r, const char *chain, const char *policy, const char *counters)
{
	struct rule_table *t = rule_edit_write(&r->edit, r->family, r->type);
	unsigned long long n[2] = { 0, 0 };
	int rc;

	if (r->counters && (counters == NULL || sscanf(counters, "[%llu:%llu]", &n[0], &n[1]) != 2))
		return BAD(r, "invalid policy counters for chain '%s'", chain);
	rc = rule_edit_policy(t, chain, policy, (struct count){ n[0], n[1] });
	if (rc == 0)
		return IPT_OK;
	str_printf(&r->cmd->err,
		   "%s v" IPT_VERSION " (legacy): Can't set policy `%s' on `%s' line %u: %s\n",
		   r->prog, policy, chain, r->line, ipt_strerror(IPT_POLICY, -rc));
	return IPT_OTHER;
}

/* ":CHAIN POLICY [packets:bytes]" */
static int
chain_line(struct restore *r, char *text)
{
	struct rule_table *t = rule_edit_write(&r->edit, r->family, r->type);
	char *save = NULL;
	const char *name = strtok_r(text + 1, " \t", &save), *policy;
	uint16_t slot;
	int rc = 0;

	if (name == NULL)
		return BAD(r, "%s: line %u chain name invalid", r->prog, r->line);
	if (strlen(name) > RULE_CHAIN_NAME_NEW)
		return BAD(r, "Invalid chain name `%s' (%d chars max)", name, RULE_CHAIN_NAME_NEW);
	if (!ipt_name_ok(name))
		return BAD(r, "Invalid chain name `%s'", name);
	slot = rule_chain_find(t, name);
	if (slot == RULE_SLOT_NONE || (t->chain[slot]->point < 0 && !r->noflush))
		rc = rule_edit_new_chain(t, name);
	else if (t->chain[slot]->point < 0)
		rc = rule_edit_flush(t, name);
	if (rc != 0)
		return BAD(r, "error creating chain '%s':%s", name, strerror(-rc));
	policy = strtok_r(NULL, " \t", &save);
	if (policy == NULL)
		return BAD(r, "%s: line %u policy invalid", r->prog, r->line);
	if (strcmp(policy, "-") == 0)
		return IPT_OK;
	return set_policy(r, name, policy, strtok_r(NULL, " \t", &save));
}

/* "[packets:bytes] -A CHAIN ..." */
static int
rule_line(struct restore *r, char *text)
{
	char *argv[IPT_WORDS_MAX + 1], set[] = "--set-counters", verbose[] = "-v";
	int argc = 0;

	argv[argc++] = (char *)(uintptr_t)r->prog;
	/* Rules are told only where chains were flushed: seen in 1.8.9, whatever it means. */
	if (r->verbose && !r->noflush)
		argv[argc++] = verbose;
	if (text[0] == '[') {
		char *end = strchr(text, ']');
		char *colon = strchr(text, ':');

		if (end == NULL || colon == NULL || colon > end)
			return BAD(r, "Bad line %u: need ]", r->line);
		*end = *colon = '\0';
		if (r->counters) {
			argv[argc++] = set;
			argv[argc++] = text + 1;
			argv[argc++] = colon + 1;
		}
		text = end + 1;
	}
	argc = ipt_split(text, argv, argc);
	if (argc == -EINVAL)
		return BAD(r, "Bad line %u: a quote is not closed", r->line);
	if (argc < 0)
		return BAD(r, "Bad line %u: more than %d words", r->line, IPT_WORDS_MAX);
	argv[argc] = NULL;
	return run_words(r, argc, argv);
}

static int
one_line(struct restore *r, char *text)
{
	size_t len = strlen(text);

	if (len == 0)
		return IPT_OK;
	if (text[0] == '#') {
		if (r->verbose)
			str_printf(&r->cmd->out, "%s\n", text);
		return IPT_OK;
	}
	if (r->table == NULL)
		return text[0] == '*' ? begin_table(r, text) : failed(r);
	if (strcmp(text, "COMMIT") == 0)
		return end_table(r);
	if (r->skip)
		return IPT_OK;
	return text[0] == ':' ? chain_line(r, text) : rule_line(r, text);
}

static int
restore_text(struct restore *r, char *text)
{
	int rc = IPT_OK;
	char *next;

	rule_edit_init(&r->edit);
	for (; rc == IPT_OK && !r->stop && *text != '\0'; text = next) {
		next = strchrnul(text, '\n');
		if (*next != '\0')
			*next++ = '\0';
		r->line++;
		rc = one_line(r, text);
	}
	if (rc == IPT_OK && !r->stop && r->table != NULL) {
		str_printf(&r->cmd->err, "%s: COMMIT expected at line %u\n", r->prog, r->line + 1);
		rc = IPT_OTHER;
	}
	if (rc == IPT_OK && !r->stop && !r->test && rule_edit_commit(&r->edit) != 0)
		rc = failed(r);
	rule_edit_refuse(&r->edit);
	return rc;
}

static const char usage_text[] =
	"Usage: %s [-c] [-v] [-V] [-t] [-h] [-n] [-w secs] [-W usecs] [-T table] [-M command] "
	"[file]\n"
	"\t   [ --counters ]\n\t   [ --verbose ]\n\t   [ --version]\n\t   [ --test ]\n"
	"\t   [ --help ]\n\t   [ --noflush ]\n\t   [ --wait=<seconds>\n"
	"\t   [ --table=<TABLE> ]\n\t   [ --modprobe=<command> ]\n";

static int
bad_option(struct restore *r, int got)
{
	struct cmd *c = r->cmd;

	if (got == ':')
		str_printf(&c->err, "%s: option requires an argument -- '%c'\n", c->argv[0],
			   optopt);
	else if (optopt != 0)
		str_printf(&c->err, "%s: invalid option -- '%c'\n", c->argv[0], optopt);
	else
		str_printf(&c->err, "%s: unrecognized option '%s'\n", c->argv[0],
			   c->argv[optind - 1]);
	str_printf(&c->err, "Try `%s -h' for more information.\n", r->prog);
	return IPT_OTHER;
}

static int
wait_option(struct restore *r, int o)
{
	struct ipt x = { .prog = r->prog, .restoring = true, .cmd = r->cmd };
	const char *arg = optarg;
	int rc;

	if (arg == NULL && optind < r->cmd->argc && r->cmd->argv[optind][0] != '-')
		arg = r->cmd->argv[optind++];
	rc = ipt_wait(&x, o, arg);
	r->wait |= x.wait;
	r->wait_interval |= x.wait_interval;
	return rc;
}

/* IPT_STOP: all is said. */
static int
read_option(struct restore *r, int o)
{
	switch (o) {
	case 'c':
		r->counters = true;
		return IPT_OK;
	case 'v':
		r->verbose = true;
		return IPT_OK;
	case 't':
		r->test = true;
		return IPT_OK;
	case 'n':
		r->noflush = true;
		return IPT_OK;
	case 'T':
		r->only = optarg;
		return IPT_OK;
	case 'w':
	case 'W':
		return wait_option(r, o);
	case 'V':
		str_printf(&r->cmd->out, "%s v" IPT_VERSION " (legacy)\n", r->prog);
		return IPT_STOP;
	case 'h':
		str_printf(&r->cmd->err, usage_text, r->prog);
		return IPT_STOP;
	case '?':
	case ':':
		return bad_option(r, o);
	default:
		return IPT_OK;
	}
}

static char *
read_file(struct cmd *c, const char *name)
{
	char path[PATH_MAX];
	size_t len;

	cmd_path(c, name, path);
	if (access(path, R_OK) == 0)
		return cmd_read_file(c, name, &len);
	str_printf(&c->err, "Can't open %s: %s\n", name, strerror(errno));
	return NULL;
}

static int
iptables_restore(struct cmd *c)
{
	struct restore r = {
		.cmd = c,
		.family = ipt_family(c),
		.prog = ipt_family(c) == HOOK_IP4 ? "iptables-restore" : "ip6tables-restore",
	};
	int rc = IPT_OK, o;
	char *text;

	optind = 0;
	opterr = 0;
	while (rc == IPT_OK &&
	       (o = getopt_long(c->argc, c->argv, ":bcvVthnw::W::M:T:", options, NULL)) != -1)
		rc = read_option(&r, o);
	if (rc != IPT_OK)
		return rc == IPT_STOP ? IPT_OK : rc;
	if (r.wait_interval && !r.wait) {
		str_add(&c->err, "Option --wait-interval requires option --wait\n");
		return IPT_OTHER;
	}
	if (c->argc - optind > 1) {
		str_add(&c->err, "Unknown arguments found on commandline\n");
		return IPT_OTHER;
	}
	if (optind < c->argc)
		text = read_file(c, c->argv[optind]);
	else
		text = strndup(c->in != NULL ? c->in : "", c->in != NULL ? c->in_len : 0);
	if (text == NULL)
		return IPT_OTHER;
	rc = restore_text(&r, text);
	free(text);
	return rc;
}

#define USAGE "[-c] [-n] [-t] [-v] [-T TABLE] [FILE] (else the text of its standard input)"

CMD_REGISTER(iptables_restore, "iptables-restore", iptables_restore, USAGE,
	     "replaces IPv4 rules, all or none")
CMD_REGISTER(iptables_legacy_restore, "iptables-legacy-restore", iptables_restore, USAGE,
	     "the same as iptables-restore")
CMD_REGISTER(iptables_nft_restore, "iptables-nft-restore", iptables_restore, USAGE,
	     "the same as iptables-restore")
CMD_REGISTER(ip6tables_restore, "ip6tables-restore", iptables_restore, USAGE,
	     "replaces IPv6 rules, all or none")
CMD_REGISTER(ip6tables_legacy_restore, "ip6tables-legacy-restore", iptables_restore, USAGE,
	     "the same as ip6tables-restore")
CMD_REGISTER(ip6tables_nft_restore, "ip6tables-nft-restore", iptables_restore, USAGE,
	     "the same as ip6tables-restore")
