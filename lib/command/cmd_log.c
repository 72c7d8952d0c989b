/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `log` and `show log`: the lines of the target LOG and the box's own remarks about packets, the lines about
 * translated connections, and where they go.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_help.h"
#include "cmd_log.h"
#include "cmd_show.h"
#include "cmd_table.h"
#include "queue_log.h"
#include "queue_nat.h"
#include "queue_sink.h"

#define FACILITY_DEFAULT "daemon"
#define FOLLOW_LINES 1024 /* at a time */

/* Lines given to those who follow, and those that came too fast for them. */
static uint64_t followed, follow_lost;

/* A log that `to` gives sinks to. */
struct destination {
	const char *name; /* "log to", "log nat to" */
	const char *expected;
	bool json; /* it has lines in JSON */
	int (*set)(const struct queue_sink_spec *specs, unsigned nb, struct err *e);
};

static int
set_log_sinks(const struct queue_sink_spec *specs, unsigned nb, struct err *e)
{
	queue_log_catch_up();
	return queue_sinks_set(QUEUE_SINKS_LOG, specs, nb, e);
}

static const struct destination log_lines = {
	.name = "to",
	.expected = "expected log to none, or log to [file PATH]... [syslog [FACILITY]]...",
	.set = set_log_sinks,
};

static const struct destination nat_lines = {
	.name = "nat to",
	.expected = "expected log nat to none, or log nat to [file PATH]... [json PATH]... "
		    "[syslog [FACILITY]]...",
	.json = true,
	.set = queue_nat_sinks_set,
};

/* PATH as the caller sees it. */
static int
take_path(struct cmd *c, const char *path, struct queue_sink_spec *s)
{
	bool relative = path[0] != '/' && c->caller.cwd != NULL;
	int n = snprintf(s->target, sizeof(s->target), "%s%s%s", relative ? c->caller.cwd : "",
			 relative ? "/" : "", path);

	if (path[0] == '\0' || n >= (int)sizeof(s->target))
		return cmd_fail(c, 2, "to: \"%s\": expected a path of at most %d bytes", path,
				QUEUE_SINK_TARGET - 1);
	return 0;
}

/* One sink out of the words; *i goes behind it. */
static int
take_sink(struct cmd *c, const struct destination *d, int *i, struct queue_sink_spec *s)
{
	const char *kind = c->argv[(*i)++];
	const char *next = *i < c->argc ? c->argv[*i] : NULL;
	bool json = d->json && strcmp(kind, "json") == 0;

	if ((json || strcmp(kind, "file") == 0) && next != NULL) {
		(*i)++;
		s->kind = json ? QUEUE_SINK_JSON : QUEUE_SINK_FILE;
		return take_path(c, next, s);
	}
	if (strcmp(kind, "syslog") != 0)
		return cmd_fail(c, 2, "%s: \"%s\": %s", d->name, kind, d->expected);
	s->kind = QUEUE_SINK_SYSLOG;
	if (next != NULL && strcmp(next, "file") != 0 && strcmp(next, "json") != 0 &&
	    strcmp(next, "syslog") != 0)
		(*i)++;
	else
		next = FACILITY_DEFAULT;
	snprintf(s->target, sizeof(s->target), "%s", next);
	return 0;
}

/* The words from first on are sinks. */
static int
set_sinks(struct cmd *c, const struct destination *d, int first)
{
	struct queue_sink_spec specs[QUEUE_SINKS_MAX];
	struct err e;
	unsigned nb = 0;

	if (c->argc == first)
		return cmd_fail(c, 2, "%s: %s", d->name, d->expected);
	for (int i = first; i < c->argc;) {
		if (strcmp(c->argv[i], "none") == 0 && c->argc == first + 1)
			break;
		if (nb == QUEUE_SINKS_MAX)
			return cmd_fail(c, 2, "%s: at most %d sinks", d->name, QUEUE_SINKS_MAX);
		if (take_sink(c, d, &i, &specs[nb++]) != 0)
			return 2;
	}
	return d->set(specs, nb, &e) == 0 ? 0 : cmd_fail(c, 1, "%s: %s", d->name, e.text);
}

static int
log_to(struct cmd *c)
{
	return set_sinks(c, &log_lines, 2);
}

static int
log_nat(struct cmd *c)
{
	if (c->argc < 3 || strcmp(c->argv[2], "to") != 0)
		return cmd_fail(c, 2, "nat: %s", nat_lines.expected);
	return set_sinks(c, &nat_lines, 3);
}

static int
log_reopen(struct cmd *c)
{
	struct err e;

	if (c->argc != 2)
		return cmd_fail(c, 2, "reopen: takes no arguments");
	queue_log_catch_up();
	queue_nat_catch_up();
	return queue_sinks_reopen(&e) == 0 ? 0 : cmd_fail(c, 1, "reopen: %s", e.text);
}

static int
log_clear(struct cmd *c)
{
	if (c->argc != 2)
		return cmd_fail(c, 2, "clear: takes no arguments");
	queue_log_catch_up();
	queue_memory_clear();
	return 0;
}

void
cmd_log_print(struct str *out, const struct queue_line *l, enum cmd_log_form form)
{
	if (form == CMD_LOG_RAW)
		str_printf(out, "<%u>", l->level);
	str_printf(out, "[%5" PRIu64 ".%06" PRIu64 "] %s\n", l->usec / 1000000, l->usec % 1000000,
		   l->text);
}

static void
print_json(struct str *out, const struct queue_line *l)
{
	str_printf(out,
		   "{\"time\":%" PRIu64 ".%06" PRIu64 ",\"date\":%" PRIu64 ".%06" PRIu64
		   ",\"level\":%u,\"text\":\"",
		   l->usec / 1000000, l->usec % 1000000, l->date / 1000000, l->date % 1000000,
		   l->level);
	/* Control characters are shown as \xNN already. */
	for (const char *c = l->text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			str_add(out, "\\");
		str_add_bytes(out, c, 1);
	}
	str_add(out, "\"}");
}

static void
show_json(struct str *out, uint64_t from)
{
	str_add(out, "[");
	for (uint64_t i = from; i < queue_memory_end(); i++) {
		str_add(out, i == from ? "\n" : ",\n");
		print_json(out, queue_memory_get(i));
	}
	str_add(out, "\n]\n");
}

static int
log_show(struct cmd *c)
{
	enum cmd_log_form form = CMD_LOG_PLAIN;
	uint64_t n = UINT64_MAX, from;
	char *end;

	for (int i = 2; i < c->argc; i++) {
		if (strcmp(c->argv[i], "-j") == 0) {
			form = CMD_LOG_JSON;
		} else if (strcmp(c->argv[i], "-r") == 0) {
			form = CMD_LOG_RAW;
		} else {
			n = strtoull(c->argv[i], &end, 10);
			if (c->argv[i][0] < '0' || c->argv[i][0] > '9' || *end != '\0')
				return cmd_fail(c, 2, "show: \"%s\": expected log show [N] [-j|-r]",
						c->argv[i]);
		}
	}
	queue_log_catch_up();
	from = queue_memory_first();
	if (queue_memory_end() - from > n)
		from = queue_memory_end() - n;
	if (form == CMD_LOG_JSON)
		show_json(&c->out, from);
	for (; form != CMD_LOG_JSON && from < queue_memory_end(); from++)
		cmd_log_print(&c->out, queue_memory_get(from), form);
	return 0;
}

/* log follow: where it is in the memory ring. */
struct follow {
	uint64_t next;
	enum cmd_log_form form;
};

static bool
follow_next(void *state, struct str *out)
{
	struct follow *f = state;

	/* Slower than the lines come: the oldest have gone. */
	if (f->next < queue_memory_first()) {
		str_printf(out, "%" PRIu64 " log lines lost\n", queue_memory_first() - f->next);
		follow_lost += queue_memory_first() - f->next;
		f->next = queue_memory_first();
	}
	for (unsigned n = 0; n < FOLLOW_LINES && f->next < queue_memory_end(); n++, followed++)
		cmd_log_print(out, queue_memory_get(f->next++), f->form);
	return true;
}

static int
log_follow(struct cmd *c)
{
	static const struct cmd_stream stream = { .next = follow_next,
						  .end = free,
						  .endless = true };
	bool raw = c->argc == 3 && strcmp(c->argv[2], "-r") == 0;
	struct follow *f;

	if (c->argc != 2 && !raw)
		return cmd_fail(c, 2, "follow: expected log follow [-r]");
	if (!c->can_stream)
		return cmd_fail(c, 1, "follow: only as polluxctl log follow, by a few at a time");
	f = malloc(sizeof(*f));
	if (f == NULL)
		abort();
	queue_log_catch_up();
	*f = (struct follow){ queue_memory_end(), raw ? CMD_LOG_RAW : CMD_LOG_PLAIN };
	c->stream = &stream;
	c->stream_state = f;
	return 0;
}

static int
run(struct cmd *c)
{
	static const struct {
		const char *name;
		cmd_fn *fn;
	} verbs[] = {
		{ "to", log_to },         { "show", log_show },     { "clear", log_clear },
		{ "follow", log_follow }, { "reopen", log_reopen }, { "nat", log_nat },
	};

	for (unsigned i = 0; c->argc > 1 && i < RTE_DIM(verbs); i++)
		if (strcmp(verbs[i].name, c->argv[1]) == 0)
			return verbs[i].fn(c);
	return cmd_fail(c, 2, "expected log to|nat to|show|follow|clear|reopen (see help log)");
}

CMD_REGISTER(log, "log", run,
	     "log to none | log to [file PATH]... [syslog [FACILITY]]... | "
	     "log nat to none | log nat to [file PATH]... [json PATH]... [syslog [FACILITY]]... | "
	     "log show [N] [-j|-r] | log follow [-r] | log clear | log reopen",
	     "lines of -j LOG: where they go, and the last ones; lines about translated "
	     "connections (nat)")

static void
add_sink(struct cmd_table *t, const char *name, uint64_t lines, uint64_t lost)
{
	cmd_table_text(t, name);
	cmd_table_number(t, lines);
	cmd_table_number(t, lost);
}

static void
add_sinks(struct cmd_table *t, enum queue_sinks of, const char *prefix)
{
	static const char *const kinds[] = { [QUEUE_SINK_FILE] = "file",
					     [QUEUE_SINK_JSON] = "json",
					     [QUEUE_SINK_SYSLOG] = "syslog" };
	struct queue_sink_stats sinks[QUEUE_SINKS_MAX];
	unsigned nb = queue_sinks_stats(of, sinks);

	for (unsigned i = 0; i < nb; i++) {
		char name[QUEUE_SINK_TARGET + 16];

		snprintf(name, sizeof(name), "%s%s %s", prefix, kinds[sinks[i].spec.kind],
			 sinks[i].spec.target);
		add_sink(t, name, sinks[i].written, sinks[i].lost);
	}
}

static int show_log(struct cmd *c, int argc, char **argv);
SHOW_PART(log, "log", show_log, "",
	  "where lines of -j LOG and about translated connections went, and how many were lost",
	  SHOW_JSON)

static int
show_log(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = { { "sink", "sink" },
						     { "lines", "lines" },
						     { "log-lost", "lost" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	struct queue_log_stats s, nat;

	if (argc != 0)
		return SHOW_USAGE(c, log);
	queue_log_catch_up();
	queue_nat_catch_up();
	s = queue_log_stats();
	add_sink(&t, "memory", s.lines, s.lost);
	if (followed + follow_lost != 0)
		add_sink(&t, "follow", followed, follow_lost);
	add_sinks(&t, QUEUE_SINKS_LOG, "");
	nat = queue_nat_stats();
	if (nat.lines + nat.lost != 0)
		add_sink(&t, "nat", nat.lines, nat.lost);
	add_sinks(&t, QUEUE_SINKS_NAT, "nat ");
	return cmd_table_end(&t);
}

static void
print_topic(struct str *text)
{
	str_add(text,
		"Who had which address and port? A line when a translated connection begins, and "
		"one when it ends:\n"
		"    log nat to file /var/log/pollux-nat.log json /var/log/pollux-nat.json\n"
		"    log nat to syslog local1            log nat to none\n"
		"    2026-11-22T07:00:00.123456+01:00 box pollux: nat begin id=2883 proto=udp "
		"src=10.1.0.2 sport=5000 dst=8.8.8.8 dport=53 nat_src=203.0.113.1 nat_sport=5000 "
		"nat_dst=8.8.8.8 nat_dport=53\n"
		"src ... dport are the packets as they come, nat_src ... nat_dport as they leave. "
		"With net.netfilter.nf_conntrack_acct=1 the end says packets and bytes of both "
		"directions, with nf_conntrack_timestamp=1 how many seconds it took. In JSON: "
		"{\"date\":1795343872.743409,\"event\":\"begin\", and the same names.\n"
		"Nothing waits for it: what is too fast is lost, which the log itself (lost) and "
		"show log say. log reopen opens the files again, for logrotate.\n");
}
HELP_TOPIC(nat_log, "nat-log", "the log of translated connections", print_topic)
