/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j LOG: a line about the packet, and the walk goes on. See rule_ext.h for who calls what; the line is
 * made by lib/queue.
 */
#include <errno.h>
#include <string.h>

#include "queue_log.h"
#include "rule.h"
#include "rule_name.h"
#include "rule_quote.h"

#define PREFIX_MAX 30 /* NUL included; longer ones are cut, as iptables does it */
#define LEVEL_DEFAULT 4

struct log {
	char prefix[PREFIX_MAX];
	uint8_t level, flags; /* flags: QUEUE_LOG_* */
};

enum {
	OPT_LEVEL,
	OPT_PREFIX,
	OPT_TCP_SEQUENCE,
	OPT_TCP_OPTIONS,
	OPT_IP_OPTIONS,
	OPT_UID,
	OPT_MAC_DECODE
};

static const struct rule_opt opts[] = {
	{ "log-level", OPT_LEVEL, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "log-prefix", OPT_PREFIX, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "log-tcp-sequence", OPT_TCP_SEQUENCE, RULE_OPT_ONCE, 0 },
	{ "log-tcp-options", OPT_TCP_OPTIONS, RULE_OPT_ONCE, 0 },
	{ "log-ip-options", OPT_IP_OPTIONS, RULE_OPT_ONCE, 0 },
	{ "log-uid", OPT_UID, RULE_OPT_ONCE, 0 },
	{ "log-macdecode", OPT_MAC_DECODE, RULE_OPT_ONCE, 0 },
};

static const struct {
	const char *name; /* in -L, and behind --log- in -S */
	uint8_t flag, opt;
} flags[] = {
	{ "tcp-sequence", QUEUE_LOG_TCP_SEQUENCE, OPT_TCP_SEQUENCE },
	{ "tcp-options", QUEUE_LOG_TCP_OPTIONS, OPT_TCP_OPTIONS },
	{ "ip-options", QUEUE_LOG_IP_OPTIONS, OPT_IP_OPTIONS },
	{ "uid", QUEUE_LOG_UID, OPT_UID },
	{ "macdecode", QUEUE_LOG_MAC_DECODE, OPT_MAC_DECODE },
};

static void
init(void *data)
{
	((struct log *)data)->level = LEVEL_DEFAULT;
}

static int
parse_level(const char *text, uint8_t *level, struct err *e)
{
	/* What -L prints (err, warn) is not what is read (error, warning). */
	static const struct {
		const char *name;
		uint8_t level;
	} names[] = {
		{ "alert", 1 }, { "crit", 2 },   { "debug", 7 }, { "emerg", 0 },   { "error", 3 },
		{ "info", 6 },  { "notice", 5 }, { "panic", 0 }, { "warning", 4 },
	};
	unsigned long long n;

	if (rule_number(text, 7, &n)) {
		*level = n;
		return 0;
	}
	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (strcmp(names[i].name, text) == 0) {
			*level = names[i].level;
			return 0;
		}
	return err_set(e, -EINVAL, "log level \"%.64s\" unknown\n", text);
}

static int
parse_prefix(const char *text, struct log *l, struct err *e)
{
	if (text[0] == '\0')
		return err_set(e, -EINVAL, "Argument must have a minimum length of 1 characters\n");
	if (strchr(text, '\n') != NULL)
		return err_set(e, -EINVAL, "Newlines not allowed in --log-prefix");
	memcpy(l->prefix, text, strnlen(text, PREFIX_MAX - 1));
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct log *l = data;

	if (id == OPT_LEVEL)
		return parse_level(arg, &l->level, p->err);
	if (id == OPT_PREFIX)
		return parse_prefix(arg, l, p->err);
	for (unsigned i = 0; i < RTE_DIM(flags); i++)
		if (flags[i].opt == id)
			l->flags |= flags[i].flag;
	return 0;
}

/* Comes into force: from now on there may be lines. */
static int
check(const struct rule_where *w, const void *data)
{
	queue_log_arm();
	return 0;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct log *l = data;
	struct queue_log_spec spec = { .prefix = l->prefix, .level = l->level, .flags = l->flags };

	queue_log_packet(rp->ctx, rp->m, &spec);
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	static const char *const levels[] = { "emerg", "alert",  "crit", "err",
					      "warn",  "notice", "info", "debug" };
	const struct log *l = data;

	if (w->numeric)
		str_printf(out, " LOG flags %u level %u", l->flags, l->level);
	else
		str_printf(out, " LOG level %s", levels[l->level]);
	for (unsigned i = 0; !w->numeric && i < RTE_DIM(flags); i++)
		if (l->flags & flags[i].flag)
			str_printf(out, " %s", flags[i].name);
	if (l->prefix[0] != '\0')
		str_printf(out, " prefix \"%s\"", l->prefix);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct log *l = data;

	if (l->prefix[0] != '\0') {
		str_add(out, " --log-prefix");
		rule_quote(out, l->prefix);
	}
	if (l->level != LEVEL_DEFAULT)
		str_printf(out, " --log-level %u", l->level);
	for (unsigned i = 0; i < RTE_DIM(flags); i++)
		if (l->flags & flags[i].flag)
			str_printf(out, " --log-%s", flags[i].name);
}

static struct rule_ext_type type = {
	.name = "LOG",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct log),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_EFFECT,
};

RULE_EXT_REGISTER(type)
