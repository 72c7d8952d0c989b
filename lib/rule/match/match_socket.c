/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m socket: a socket of the box waits for the packet. There are none here: those of a port's twin are
 * the host's. See rule_ext.h for who calls what.
 */
#include "rule_ext.h"

enum { OPT_TRANSPARENT, OPT_NOWILDCARD, OPT_RESTORE };

/* The data is a byte: bit per option. */
static const struct rule_opt opts[] = {
	{ "transparent", OPT_TRANSPARENT, RULE_OPT_ONCE, 0 },
	{ "nowildcard", OPT_NOWILDCARD, RULE_OPT_ONCE, 0 },
	{ "restore-skmark", OPT_RESTORE, RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	*(uint8_t *)data |= 1u << id;
	return 0;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	return false;
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	for (unsigned i = 0; i < RTE_DIM(opts); i++)
		if (*(const uint8_t *)data & 1u << opts[i].id)
			str_printf(out, " --%s", opts[i].name);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " socket");
	save(out, w, data);
}

static struct rule_ext_type type = {
	.name = "socket",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_PREROUTING | 1u << HOOK_INPUT,
	.size = sizeof(uint8_t),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
};

RULE_EXT_REGISTER(type)
