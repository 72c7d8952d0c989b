/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m physdev: the port of a bridge. Packets that come by no bridge, and there is none, match where every
 * option is inverted, as in Linux. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "rule_quote.h"
#include "rule_spec.h"
#include "rule_value.h"

enum { OPT_IN, OPT_OUT, OPT_IS_IN, OPT_IS_OUT, OPT_BRIDGED };

struct physdev {
	char name[2][RULE_IFACE_NAME];
	uint8_t mask[2][RULE_IFACE_NAME];
	uint8_t given, invert; /* bit per option */
};

static const struct rule_opt opts[] = {
	{ "physdev-in", OPT_IN, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "physdev-out", OPT_OUT, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "physdev-is-in", OPT_IS_IN, RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "physdev-is-out", OPT_IS_OUT, RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "physdev-is-bridged", OPT_BRIDGED, RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct physdev *d = data;

	d->given |= 1u << id;
	d->invert |= (unsigned)invert << id;
	if (id != OPT_IN && id != OPT_OUT)
		return 0;
	return rule_iface_parse(arg, d->name[id], d->mask[id], p->warn, p->err);
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0 : err_set(p->err, -EINVAL, "PHYSDEV: no physdev option specified");
}

/* What a packet of the box leaves by is known behind OUTPUT only, but of bridged ones. */
static uint32_t
points_of(const void *data)
{
	const struct physdev *d = data;
	bool bridged = d->given & ~d->invert & 1u << OPT_BRIDGED;
	bool out = d->given & (1u << OPT_OUT | 1u << OPT_IS_OUT);

	return out && !bridged ? ~(1u << HOOK_OUTPUT) : ~0u;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct physdev *d = data;

	return d->given == d->invert;
}

static void
text(struct str *out, const struct physdev *d)
{
	static const uint8_t order[] = { OPT_IS_IN, OPT_IN, OPT_IS_OUT, OPT_OUT, OPT_BRIDGED };

	for (unsigned i = 0; i < RTE_DIM(order); i++) {
		unsigned id = order[i];

		if (!(d->given & 1u << id))
			continue;
		str_printf(out, "%s --%s", d->invert & 1u << id ? " !" : "", opts[id].name);
		if (id != OPT_IN && id != OPT_OUT)
			continue;
		if (d->name[id][0] == '\0' || strpbrk(d->name[id], " \t\"'\\") != NULL)
			rule_quote(out, d->name[id]);
		else
			str_printf(out, " %s", d->name[id]);
	}
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " PHYSDEV match");
	text(out, data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data);
}

static struct rule_ext_type type = {
	.name = "physdev",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct physdev),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.points_of = points_of,
	.match = match,
	.print = print,
	.save = save,
};

RULE_EXT_REGISTER(type)
