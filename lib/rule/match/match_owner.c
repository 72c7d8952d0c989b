/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m owner: who has the socket that a packet comes from. What the box itself sends comes from sockets
 * without a file, as in Linux; what is forwarded, or the host sends, from none that is known. See
 * rule_ext.h for who calls what.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>

#include "rule_socket.h"
#include "rule_value.h"

enum { OPT_UID, OPT_GID, OPT_EXISTS, OPT_SUPPL };

struct owner {
	struct rule_range id[2]; /* by OPT_UID, OPT_GID */
	uint8_t given, invert;   /* bit per option */
};

#define ID_MAX (UINT32_MAX - 1)

static const struct rule_opt opts[] = {
	{ "uid-owner", OPT_UID, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "gid-owner", OPT_GID, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "socket-exists", OPT_EXISTS, RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "suppl-groups", OPT_SUPPL, RULE_OPT_ONCE, 0 },
};

static bool
name_id(unsigned opt, const char *text, uint32_t *id)
{
	const struct passwd *user = opt == OPT_UID ? getpwnam(text) : NULL;
	const struct group *group = opt == OPT_GID ? getgrnam(text) : NULL;

	if (user != NULL)
		*id = user->pw_uid;
	else if (group != NULL)
		*id = group->gr_gid;
	return user != NULL || group != NULL;
}

/* A name, a number, or two: "5-9". */
static bool
parse_id(unsigned opt, const char *text, struct rule_range *out)
{
	const char *end;
	uint64_t lo, hi;

	if (name_id(opt, text, &out->lo)) {
		out->hi = out->lo;
		return true;
	}
	if (!rule_value_read(text, &end, ID_MAX, &lo))
		return false;
	hi = lo;
	if (*end == '-' && !rule_value_read(end + 1, &end, ID_MAX, &hi))
		return false;
	*out = (struct rule_range){ lo, hi };
	return *end == '\0';
}

static int
bad_value(const struct rule_parse *p, const char *text)
{
	return err_set(p->err, -EINVAL, "owner: Bad value for \"--%s\" option: \"%s\"", p->opt,
		       text);
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct owner *o = data;

	if (id == OPT_SUPPL && !(o->given & 1u << OPT_GID))
		return bad_value(p, "you need to use --gid-owner first");
	if ((id == OPT_UID || id == OPT_GID) && !parse_id(id, arg, &o->id[id]))
		return bad_value(p, arg);
	o->given |= 1u << id;
	o->invert |= (unsigned)invert << id;
	return 0;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0
			 : err_set(p->err, -EINVAL,
				   "owner: At least one of --uid-owner, --gid-owner or "
				   "--socket-exists is required");
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct owner *o = data;

	return o->id[OPT_UID].lo > o->id[OPT_UID].hi || o->id[OPT_GID].lo > o->id[OPT_GID].hi
		       ? -EINVAL
		       : 0;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct owner *o = data;
	uint8_t plain = o->given & ~o->invert & ~(1u << OPT_SUPPL);

	if (!rule_has_socket(rp))
		return plain == 0;
	return !(plain & (1u << OPT_UID | 1u << OPT_GID)) && !(o->invert & 1u << OPT_EXISTS);
}

static void
print_id(struct str *out, const struct owner *o, unsigned opt, bool numeric)
{
	const struct rule_range *r = &o->id[opt];
	const char *name = NULL;

	if (!(o->given & 1u << opt))
		return;
	str_printf(out, "%s owner %s match ", o->invert & 1u << opt ? " !" : "",
		   opt == OPT_UID ? "UID" : "GID");
	if (r->lo != r->hi) {
		str_printf(out, "%u-%u", r->lo, r->hi);
		return;
	}
	if (!numeric && opt == OPT_UID && getpwuid(r->lo) != NULL)
		name = getpwuid(r->lo)->pw_name;
	if (!numeric && opt == OPT_GID && getgrgid(r->lo) != NULL)
		name = getgrgid(r->lo)->gr_name;
	if (name != NULL)
		str_add(out, name);
	else
		str_printf(out, "%u", r->lo);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct owner *o = data;

	if (o->given & 1u << OPT_EXISTS)
		str_printf(out, "%s owner socket exists", o->invert & 1u << OPT_EXISTS ? " !" : "");
	print_id(out, o, OPT_UID, w->numeric);
	print_id(out, o, OPT_GID, w->numeric);
	if (o->given & 1u << OPT_SUPPL)
		str_add(out, " incl. suppl. groups");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	static const uint8_t order[] = { OPT_EXISTS, OPT_UID, OPT_GID, OPT_SUPPL };
	const struct owner *o = data;

	for (unsigned i = 0; i < RTE_DIM(order); i++) {
		unsigned opt = order[i];

		if (!(o->given & 1u << opt))
			continue;
		str_printf(out, "%s --%s", o->invert & 1u << opt ? " !" : "", opts[opt].name);
		if (opt != OPT_UID && opt != OPT_GID)
			continue;
		str_printf(out, " %u", o->id[opt].lo);
		if (o->id[opt].lo != o->id[opt].hi)
			str_printf(out, "-%u", o->id[opt].hi);
	}
}

static struct rule_ext_type type = {
	.name = "owner",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING,
	.size = sizeof(struct owner),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_IFACE, /* and whether the box sends it */
};

RULE_EXT_REGISTER(type)
