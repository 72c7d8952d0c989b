/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j SET: puts the packet into a set, takes it out of one, or gives it the mark and class that its element has; the walk
 * goes on. The next packet finds the set changed: the worker changes it itself, with its lock. See rule_ext.h for who calls
 * what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_ipset.h"

/* The three sets, in the order of what is done. */
enum { ADD, DEL, MAP, NB_SETS };

enum { OPT_ADD, OPT_DEL, OPT_MAP, OPT_EXIST, OPT_TIMEOUT, OPT_MARK, OPT_PRIO, OPT_QUEUE };

#define OPT_MAPS (1u << OPT_MARK | 1u << OPT_PRIO | 1u << OPT_QUEUE)

struct target_set {
	struct set_ref set[NB_SETS];
	uint8_t flags; /* bit per option from OPT_EXIST on */
	uint32_t timeout;
};

static struct rule_ext_type type;

static const struct rule_opt opts[] = {
	{ "add-set", OPT_ADD, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "del-set", OPT_DEL, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "map-set", OPT_MAP, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "exist", OPT_EXIST, RULE_OPT_INVERT, 0 },
	{ "timeout", OPT_TIMEOUT, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "map-mark", OPT_MARK, RULE_OPT_INVERT, 0 },
	{ "map-prio", OPT_PRIO, RULE_OPT_INVERT, 0 },
	{ "map-queue", OPT_QUEUE, RULE_OPT_INVERT, 0 },
};

static void
init(void *data)
{
	((struct target_set *)data)->timeout = SET_NO_TIMEOUT;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct target_set *t = data;
	const char *end;
	uint64_t n;

	if (id <= OPT_MAP)
		return rule_ipset_parse(p, arg, &t->set[id]);
	t->flags |= 1u << id;
	if (id != OPT_TIMEOUT)
		return 0;
	if (!rule_value_read(arg, &end, SET_NO_TIMEOUT - 1, &n) || *end != '\0')
		return err_set(p->err, -EINVAL,
			       "Invalid value for option --timeout or out of range 0-%u",
			       SET_NO_TIMEOUT - 1);
	t->timeout = n;
	return 0;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	static const struct {
		unsigned opt, set;
		const char *kind, *name;
	} needs[] = {
		{ OPT_EXIST, ADD, "Flag", "exist" },     { OPT_TIMEOUT, ADD, "Option", "timeout" },
		{ OPT_MARK, MAP, "Flag", "map-mark" },   { OPT_PRIO, MAP, "Flag", "map-prio" },
		{ OPT_QUEUE, MAP, "Flag", "map-queue" },
	};
	const struct target_set *t = data;

	if (t->set[ADD].nb + t->set[DEL].nb + t->set[MAP].nb == 0)
		return err_set(p->err, -EINVAL,
			       "You must specify either `--add-set' or `--del-set' or `--map-set'");
	for (unsigned i = 0; i < RTE_DIM(needs); i++)
		if (t->flags & 1u << needs[i].opt && t->set[needs[i].set].nb == 0)
			return err_set(p->err, -EINVAL,
				       "%s `--%s' can be used with `--%s-set' only", needs[i].kind,
				       needs[i].name, needs[i].set == ADD ? "add" : "map");
	if (t->set[MAP].nb != 0 && !(t->flags & OPT_MAPS))
		return err_set(
			p->err, -EINVAL,
			"You must specify flags `--map-mark' or '--map-prio` or `--map-queue'");
	return 0;
}

static uint32_t
points_of(const void *data)
{
	const struct target_set *t = data;

	return t->flags & (1u << OPT_PRIO | 1u << OPT_QUEUE)
		       ? 1u << HOOK_FORWARD | 1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING
		       : ~0u;
}

static uint32_t
needs_of(const void *data)
{
	const struct target_set *t = data;

	return t->set[ADD].nb + t->set[DEL].nb != 0 ? RULE_NEEDS_ALONE : 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct target_set *t = data;

	if (t->set[MAP].nb != 0 && strcmp(w->table, "mangle") != 0)
		return -EINVAL;
	rule_ipset_hold(rule_ext_state(&type, data), t->set, NB_SETS);
	return 0;
}

static void
release(const void *data, void *state)
{
	rule_ipset_release(state, ((const struct target_set *)data)->set, NB_SETS);
}

/* There are no queues to choose from. */
static void
map(struct rule_packet *rp, const struct set_packet *sp, const struct target_set *t)
{
	struct set_ask a = { .now = rp->ctx->now,
			     .bytes = rp->p->len,
			     .flags = SET_ASK_FILL | SET_ASK_COUNT | SET_ASK_SUBCOUNT };
	struct pkt *p = pkt(rp->m);

	if (!set_packet_test(sp, &t->set[MAP], &a, false))
		return;
	if (t->flags & 1u << OPT_MARK)
		p->mark = (p->mark & ~a.mark_mask) ^ a.mark;
	if (t->flags & 1u << OPT_PRIO)
		p->class = a.prio;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct target_set *t = data;
	struct set_packet sp = rule_ipset_packet(rp);

	if (t->set[ADD].nb != 0)
		set_packet_add(&sp, &t->set[ADD], t->timeout, t->flags & 1u << OPT_EXIST,
			       rp->ctx->now);
	if (t->set[DEL].nb != 0)
		set_packet_del(&sp, &t->set[DEL], rp->ctx->now);
	if (t->set[MAP].nb != 0)
		map(rp, &sp, t);
	return RULE_VERDICT_CONTINUE;
}

static void
text(struct str *out, const struct target_set *t, const char *dashes)
{
	static const char *const maps[] = { "mark", "prio", "queue" };

	if (t->set[ADD].nb != 0) {
		str_printf(out, " %sadd-set", dashes);
		rule_ipset_text(out, &t->set[ADD]);
		if (t->flags & 1u << OPT_EXIST)
			str_printf(out, " %sexist", dashes);
		if (t->timeout != SET_NO_TIMEOUT)
			str_printf(out, " %stimeout %u", dashes, t->timeout);
	}
	if (t->set[DEL].nb != 0) {
		str_printf(out, " %sdel-set", dashes);
		rule_ipset_text(out, &t->set[DEL]);
	}
	if (t->set[MAP].nb == 0)
		return;
	str_printf(out, " %smap-set", dashes);
	rule_ipset_text(out, &t->set[MAP]);
	for (unsigned i = 0; i < RTE_DIM(maps); i++)
		if (t->flags & 1u << (OPT_MARK + i))
			str_printf(out, " %smap-%s", dashes, maps[i]);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "--");
}

static struct rule_ext_type type = {
	.name = "SET",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct target_set),
	.state_size = sizeof(struct rule_ipset_held),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.final = final,
	.points_of = points_of,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.release = release,
	.needs_of = needs_of,
	.deps = RULE_DEP_TUPLE | RULE_DEP_IFACE | RULE_DEP_MARK | RULE_DEP_SET | RULE_DEP_ORDER |
		RULE_DEP_WRITER | RULE_DEP_EFFECT,
};

RULE_EXT_REGISTER(type)
