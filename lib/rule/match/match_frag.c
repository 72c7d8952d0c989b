/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m frag (IPv6): the fragment header. --fraglen is taken and means nothing, as in Linux. See
 * rule_ext.h for who calls what.
 */
#include "rule_ext6.h"
#include "rule_value.h"

enum { OPT_ID, OPT_LEN, OPT_RES, OPT_FIRST, OPT_MORE, OPT_LAST };

struct frag {
	struct rule_range id;
	uint32_t len;
	uint8_t id_invert, len_invert;
	uint8_t flags; /* bit per OPT_* that was given */
};

#define FLAG(opt) (1u << (opt))

static const struct rule_opt opts[] = {
	{ "fragid", OPT_ID, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "fraglen", OPT_LEN, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "fragres", OPT_RES, RULE_OPT_ONCE, 0 },
	{ "fragfirst", OPT_FIRST, RULE_OPT_ONCE, 0 },
	{ "fragmore", OPT_MORE, RULE_OPT_ONCE, FLAG(OPT_LAST) },
	{ "fraglast", OPT_LAST, RULE_OPT_ONCE, FLAG(OPT_MORE) },
};

static void
init(void *data)
{
	((struct frag *)data)->id.hi = UINT32_MAX;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct frag *f = data;

	f->flags |= FLAG(id);
	switch (id) {
	case OPT_ID:
		f->id_invert = invert;
		return rule_value_range(p, arg, UINT32_MAX, &f->id);
	case OPT_LEN:
		f->len_invert = invert;
		return rule_value_number(p, arg, 0, UINT32_MAX, &f->len);
	default:
		return 0;
	}
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct frag *f = data;
	unsigned offset;
	const uint8_t *h = rule_ext6_get(rp, IPPROTO_FRAGMENT, 8, &offset);
	uint32_t id;
	bool more;

	if (h == NULL)
		return false;
	id = (uint32_t)h[4] << 24 | h[5] << 16 | h[6] << 8 | h[7];
	more = h[3] & 1;
	if (rule_range_has(&f->id, id) == f->id_invert)
		return false;
	return !(f->flags & FLAG(OPT_RES) && (h[1] != 0 || h[3] & 6)) &&
	       !(f->flags & FLAG(OPT_FIRST) && (h[2] != 0 || h[3] & ~7)) &&
	       !(f->flags & FLAG(OPT_MORE) && !more) && !(f->flags & FLAG(OPT_LAST) && more);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	static const char *const words[] = {
		[OPT_RES] = " reserved",
		[OPT_FIRST] = " first",
		[OPT_MORE] = " more",
		[OPT_LAST] = " last",
	};
	const struct frag *f = data;

	str_add(out, " frag ");
	rule_range_print(out, "id", &f->id, f->id_invert);
	if (f->flags & FLAG(OPT_LEN))
		str_printf(out, " length:%s%u", f->len_invert ? "!" : "", f->len);
	for (unsigned i = OPT_RES; i <= OPT_LAST; i++)
		if (f->flags & FLAG(i))
			str_add(out, words[i]);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct frag *f = data;

	rule_range_save(out, "--fragid", &f->id, f->id_invert);
	if (f->flags & FLAG(OPT_LEN)) {
		rule_save_opt(out, f->len_invert, "--fraglen");
		str_printf(out, " %u", f->len);
	}
	for (unsigned i = OPT_RES; i <= OPT_LAST; i++)
		if (f->flags & FLAG(i))
			str_printf(out, " --%s", opts[i].name);
}

static struct rule_ext_type type = {
	.name = "frag",
	.families = 1u << HOOK_IP6,
	.size = sizeof(struct frag),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_FRAG,
};

RULE_EXT_REGISTER(type)
