/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m tos --tos VALUE[/MASK]|NAME: the whole byte, ECN bits too. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "rule_dsfield.h"
#include "rule_value.h"

#define NAMED_MASK 0x3f /* what a name stands for leaves the upper two bits out */

struct tos {
	uint8_t value, mask, invert;
};

static const struct {
	const char *name;
	uint8_t value;
} names[] = {
	{ "Minimize-Delay", 0x10 },       { "Maximize-Throughput", 0x08 },
	{ "Maximize-Reliability", 0x04 }, { "Minimize-Cost", 0x02 },
	{ "Normal-Service", 0x00 },
};

static const struct rule_opt opts[] = {
	{ "tos", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static bool
parse_byte(const char *text, char **end, uint8_t *out)
{
	unsigned long n = strtoul(text, end, 0);

	*out = n;
	return *end != text && n <= UINT8_MAX;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct tos *t = data;
	char *end;

	t->invert = invert;
	t->mask = UINT8_MAX;
	if (parse_byte(arg, &end, &t->value)) {
		if (*end == '/' ? parse_byte(end + 1, &end, &t->mask) && *end == '\0'
				: *end == '\0')
			return 0;
		return err_set(p->err, -EINVAL, "Illegal value: \"%s\"", arg);
	}
	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (strcasecmp(names[i].name, arg) == 0) {
			t->value = names[i].value;
			t->mask = NAMED_MASK;
			return 0;
		}
	return err_set(p->err, -EINVAL, "Symbolic name \"%s\" is unknown", arg);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct tos *t = data;

	return ((rule_dsfield(rp) & t->mask) == t->value) != t->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct tos *t = data;

	str_printf(out, " tos match%s", t->invert ? "!" : "");
	for (unsigned i = 0; !w->numeric && t->mask == NAMED_MASK && i < RTE_DIM(names); i++)
		if (names[i].value == t->value) {
			str_printf(out, " %s", names[i].name);
			return;
		}
	str_printf(out, "0x%02x/0x%02x", t->value, t->mask);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct tos *t = data;

	rule_save_opt(out, t->invert, "--tos");
	str_printf(out, " 0x%02x/0x%02x", t->value, t->mask);
}

static uint32_t
deps(const void *data)
{
	return RULE_DEP_TOS;
}

static struct rule_ext_type type = {
	.name = "tos",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct tos),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = deps,
};

RULE_EXT_REGISTER(type)
