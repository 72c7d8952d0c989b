/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m dscp --dscp VALUE, --dscp-class CLASS: the upper six bits. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <strings.h>

#include "rule_dsfield.h"
#include "rule_value.h"

#define DSCP_MAX 63

enum { OPT_DSCP, OPT_CLASS };

struct dscp {
	uint8_t value, invert;
};

static const struct {
	const char *name;
	uint8_t value;
} classes[] = {
	{ "CS0", 0x00 },  { "CS1", 0x08 },  { "CS2", 0x10 },  { "CS3", 0x18 },  { "CS4", 0x20 },
	{ "CS5", 0x28 },  { "CS6", 0x30 },  { "CS7", 0x38 },  { "BE", 0x00 },   { "AF11", 0x0a },
	{ "AF12", 0x0c }, { "AF13", 0x0e }, { "AF21", 0x12 }, { "AF22", 0x14 }, { "AF23", 0x16 },
	{ "AF31", 0x1a }, { "AF32", 0x1c }, { "AF33", 0x1e }, { "AF41", 0x22 }, { "AF42", 0x24 },
	{ "AF43", 0x26 }, { "EF", 0x2e },
};

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "dscp", OPT_DSCP, OPT_FLAGS, 1u << OPT_CLASS },
	{ "dscp-class", OPT_CLASS, OPT_FLAGS, 1u << OPT_DSCP },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct dscp *d = data;
	uint32_t n = 0;
	int rc;

	d->invert = invert;
	if (id == OPT_DSCP) {
		rc = rule_value_number(p, arg, 0, DSCP_MAX, &n);
		d->value = n;
		return rc;
	}
	for (unsigned i = 0; i < RTE_DIM(classes); i++)
		if (strcasecmp(classes[i].name, arg) == 0) {
			d->value = classes[i].value;
			return 0;
		}
	return err_set(p->err, -EINVAL, "Invalid DSCP value `%s'", arg);
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0 : err_set(p->err, -EINVAL, "DSCP match: Parameter --dscp is required");
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct dscp *d = data;

	return (rule_dsfield(rp) >> 2 == d->value) != d->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct dscp *d = data;

	str_printf(out, " DSCP match %s0x%02x", d->invert ? "!" : "", d->value);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct dscp *d = data;

	rule_save_opt(out, d->invert, "--dscp");
	str_printf(out, " 0x%02x", d->value);
}

static uint32_t
deps(const void *data)
{
	return RULE_DEP_TOS;
}

static struct rule_ext_type type = {
	.name = "dscp",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct dscp),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.match = match,
	.print = print,
	.save = save,
	.deps = deps,
};

RULE_EXT_REGISTER(type)
