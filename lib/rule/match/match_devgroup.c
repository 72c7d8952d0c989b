/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m devgroup: the groups (`ip link set PORT group N`) of the ports that a packet comes and leaves by. See
 * rule_ext.h for who calls what.
 */
#include <errno.h>

#include "port.h"
#include "rule_named.h"

enum { SRC, DST };

struct devgroup {
	struct {
		struct rule_masked group;
		uint8_t used, invert;
	} end[2];
};

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "src-group", SRC, OPT_FLAGS, 0 },
	{ "dst-group", DST, OPT_FLAGS, 0 },
};

static const struct names *
groups(void)
{
	static struct names names;

	return names_once(&names, "/etc/iproute2/group", "default");
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct devgroup *d = data;

	d->end[id].used = 1;
	d->end[id].invert = invert;
	return rule_named_parse(p, groups(), arg, &d->end[id].group);
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0
			 : err_set(p->err, -EINVAL,
				   "devgroup match: You must specify either '--src-group' or "
				   "'--dst-group'");
}

static uint32_t
points_of(const void *data)
{
	const struct devgroup *d = data;
	uint32_t points = ~0u;

	if (d->end[SRC].used)
		points &= ~(1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING);
	if (d->end[DST].used)
		points &= ~(1u << HOOK_PREROUTING | 1u << HOOK_INPUT);
	return points;
}

static bool
end_match(const struct rule_packet *rp, const struct devgroup *d, unsigned end, uint16_t index)
{
	const struct port *port = port_or_twin(port_table_get(rp->ctx->gen), index);
	uint32_t group = port != NULL ? port->group : 0;

	if (!d->end[end].used)
		return true;
	return (((group ^ d->end[end].group.value) & d->end[end].group.mask) == 0) !=
	       d->end[end].invert;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	return end_match(rp, data, SRC, rp->p->in) && end_match(rp, data, DST, rp->p->out);
}

static void
text(struct str *out, const struct devgroup *d, const char *dashes, bool numeric)
{
	for (unsigned i = 0; i < RTE_DIM(d->end); i++) {
		if (!d->end[i].used)
			continue;
		str_printf(out, "%s %s%s ", d->end[i].invert ? " !" : "", dashes, opts[i].name);
		rule_named_text(out, groups(), &d->end[i].group, numeric);
	}
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "", w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "--", false);
}

static struct rule_ext_type type = {
	.name = "devgroup",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct devgroup),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.points_of = points_of,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_IFACE,
};

RULE_EXT_REGISTER(type)
