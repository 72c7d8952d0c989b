/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m pkttype --pkt-type TYPE: whom the frame is addressed to. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <strings.h>

#include "rule_value.h"

/* As Linux numbers them (linux/if_packet.h). */
enum { TYPE_UNICAST, TYPE_BROADCAST, TYPE_MULTICAST, TYPE_OTHERHOST };

struct pkttype {
	uint8_t type, invert;
};

static const struct {
	const char *name;
	uint8_t type;
} names[] = {
	{ "unicast", TYPE_UNICAST },
	{ "broadcast", TYPE_BROADCAST },
	{ "multicast", TYPE_MULTICAST },
	{ "otherhost", TYPE_OTHERHOST },
	/* Only understood: */
	{ "host", TYPE_UNICAST },
	{ "bcast", TYPE_BROADCAST },
	{ "mcast", TYPE_MULTICAST },
};

static const struct rule_opt opts[] = {
	{ "pkt-type", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct pkttype *t = data;

	t->invert = invert;
	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (strcasecmp(names[i].name, arg) == 0) {
			t->type = names[i].type;
			return 0;
		}
	return err_set(p->err, -EINVAL, "Bad packet type '%s'", arg);
}

/* Frames for other hosts never come this far; what the box makes is unicast. */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct pkttype *t = data;
	uint8_t type = rp->p->flags & PKT_L2_BCAST   ? TYPE_BROADCAST
		       : rp->p->flags & PKT_L2_MCAST ? TYPE_MULTICAST
						     : TYPE_UNICAST;

	return (type == t->type) != t->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct pkttype *t = data;

	str_printf(out, " PKTTYPE %s %s", t->invert ? "!=" : "=", names[t->type].name);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct pkttype *t = data;

	rule_save_opt(out, t->invert, "--pkt-type");
	str_printf(out, " %s", names[t->type].name);
}

static struct rule_ext_type type = {
	.name = "pkttype",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct pkttype),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_MAC,
};

RULE_EXT_REGISTER(type)
