/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j CLASSIFY: gives the packet a class, for schedulers (pkt.class). See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdio.h>

#include "rule_ext.h"

/* The data is the class: major << 16 | minor. */
static const struct rule_opt opts[] = {
	{ "set-class", 0, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

/* Two hexadecimal numbers; what is too much in them, or stands behind them, is not looked at, as in Linux. */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	unsigned major, minor;

	if (sscanf(arg, "%x:%x", &major, &minor) != 2)
		return err_set(p->err, -EINVAL, "Bad class value \"%s\"", arg);
	*(uint32_t *)data = major << 16 | (minor & UINT16_MAX);
	return 0;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	pkt(rp->m)->class = *(const uint32_t *)data;
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	uint32_t class = *(const uint32_t *)data;

	str_printf(out, " CLASSIFY set %x:%x", class >> 16, class & UINT16_MAX);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	uint32_t class = *(const uint32_t *)data;

	str_printf(out, " --set-class %.4x:%.4x", class >> 16, class & UINT16_MAX);
}

static struct rule_ext_type type = {
	.name = "CLASSIFY",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_FORWARD | 1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING,
	.size = sizeof(uint32_t),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER | RULE_DEP_SETTLES,
};

RULE_EXT_REGISTER(type)
