/* SPDX-License-Identifier: BSD-3-Clause */
/* The noun `conntrack`: conntrack-tools 1.4.7's command line, answered out of lib/conntrack. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd_complete.h"
#include "cmd_conntrack_proto.h"

void
conntrack_say(struct str *err, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_printf(err, CONNTRACK_VERSION ": %s\n", text);
}

int
conntrack_usage(struct cmd *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	conntrack_say(&c->err, "%s", text);
	str_add(&c->err, "Try `conntrack -h' or 'conntrack --help' for more information.\n");
	return 2;
}

int
conntrack_failed(struct str *err, const char *why)
{
	conntrack_say(err, "Operation failed: %s", why);
	return 1;
}

static int
version(struct cmd *c, const struct conntrack *k)
{
	str_add(&c->out, CONNTRACK_VERSION "\n");
	return 0;
}

typedef int verb_fn(struct cmd *c, const struct conntrack *k);

static verb_fn *const flows[CONNTRACK_VERBS] = {
	[CONNTRACK_LIST] = conntrack_list,     [CONNTRACK_CREATE] = conntrack_create,
	[CONNTRACK_ADD] = conntrack_create,    [CONNTRACK_UPDATE] = conntrack_update,
	[CONNTRACK_DELETE] = conntrack_delete, [CONNTRACK_GET] = conntrack_get,
	[CONNTRACK_FLUSH] = conntrack_flush,   [CONNTRACK_EVENT] = conntrack_event,
	[CONNTRACK_COUNT] = conntrack_count,   [CONNTRACK_STATS] = conntrack_stats,
	[CONNTRACK_LOAD] = conntrack_load,     [CONNTRACK_HELP] = conntrack_help,
	[CONNTRACK_VERSION_VERB] = version,
};

static verb_fn *const expects[CONNTRACK_VERBS] = {
	[CONNTRACK_LIST] = conntrack_expect_list,   [CONNTRACK_CREATE] = conntrack_expect_create,
	[CONNTRACK_DELETE] = conntrack_expect_get,  [CONNTRACK_GET] = conntrack_expect_get,
	[CONNTRACK_FLUSH] = conntrack_expect_flush, [CONNTRACK_EVENT] = conntrack_event,
	[CONNTRACK_COUNT] = conntrack_count,        [CONNTRACK_STATS] = conntrack_stats,
	[CONNTRACK_LOAD] = conntrack_load,
};

int
conntrack_run(struct cmd *c, const struct conntrack *k)
{
	int rc;

	if (k->output & CONNTRACK_OUT_LABELS)
		conntrack_label_file(&c->err);
	ct_event_by(getpid());
	rc = (k->table == CONNTRACK_TABLE_EXPECT ? expects : flows)[k->verb](c, k);
	ct_event_by(0);
	return rc;
}

static int
run(struct cmd *c)
{
	struct conntrack k;
	int rc = conntrack_parse(c, &k);

	if (rc == 0)
		rc = conntrack_check(c, &k);
	return rc != 0 ? rc : conntrack_run(c, &k);
}

CMD_REGISTER(conntrack, "conntrack", run,
	     "conntrack -L|-G|-D|-I|-A|-U|-E|-F|-C|-S|-R [conntrack|expect|dying|unconfirmed] "
	     "[OPTION]... (conntrack -h lists the options)",
	     "connections that are tracked: list, watch, change (as conntrack-tools 1.4.7)")

static void
offer_long(struct cmd_complete *c, const char *name)
{
	char word[64];

	snprintf(word, sizeof(word), "--%s", name);
	cmd_offer(c, word);
}

static void
offer_words(struct cmd_complete *c, const char *const *words)
{
	for (; *words != NULL; words++)
		cmd_offer(c, *words);
}

/* The protocol that -p has named so far; NULL: none. */
static const struct conntrack_proto *
proto_of(const struct cmd_complete *c)
{
	const struct conntrack_proto *p;

	for (int i = 1; i + 1 < c->argc; i++)
		for (unsigned j = 0; (p = conntrack_proto_at(j)) != NULL; j++)
			if ((strcmp(c->argv[i], "-p") == 0 ||
			     strcmp(c->argv[i], "--protonum") == 0) &&
			    strcmp(c->argv[i + 1], p->name) == 0)
				return p;
	return NULL;
}

static bool
offer_value(struct cmd_complete *c, const char *option)
{
	static const char *const tables[] = { "conntrack", "expect", "dying", "unconfirmed", NULL };
	static const char *const families[] = { "ipv4", "ipv6", NULL };
	static const char *const outputs[] = { "xml",       "extended",   "timestamp",
					       "id",        "ktimestamp", "labels",
					       "userspace", "save",       NULL };
	static const char *const events[] = { "ALL", "NEW", "UPDATES", "DESTROY", NULL };
	static const char *const statuses[] = { "ASSURED",       "SEEN_REPLY", "UNSET",
						"FIXED_TIMEOUT", "EXPECTED",   NULL };
	const struct conntrack_proto *p;

	if (option[0] != '-' || option[1] == '\0' || option[2] != '\0')
		return false;
	switch (option[1]) {
	case 'p':
		for (unsigned i = 0; (p = conntrack_proto_at(i)) != NULL; i++)
			cmd_offer(c, p->name);
		return true;
	case 'f':
		offer_words(c, families);
		return true;
	case 'o':
		offer_words(c, outputs);
		return true;
	case 'e':
		offer_words(c, events);
		return true;
	case 'u':
		offer_words(c, statuses);
		return true;
	default:
		if (strchr("LGDFUICESA", option[1]) != NULL)
			offer_words(c, tables);
		return false;
	}
}

static void
complete(struct cmd_complete *c)
{
	static const char verbs[] = "LGDIAUEFCSRVh";
	const char *before = cmd_complete_previous(c);
	const struct conntrack_proto *p = proto_of(c);
	char word[3] = "-";

	if (before != NULL && offer_value(c, before))
		return;
	for (unsigned i = 0; c->argc == 1 && verbs[i] != '\0'; i++) {
		word[1] = verbs[i];
		cmd_offer(c, word);
	}
	for (unsigned i = 0; conntrack_long_name(i) != NULL; i++)
		offer_long(c, conntrack_long_name(i));
	for (unsigned i = 0; p != NULL && p->options[i].names[0] != NULL; i++)
		offer_long(c, p->options[i].names[0]);
}

CMD_COMPLETE(conntrack, "conntrack", complete)
