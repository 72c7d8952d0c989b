/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m cgroup: the control group of the socket that a packet comes from. What the box itself sends is of
 * the root's, as in Linux; what is forwarded, or comes from or goes to the host, of none. See rule_ext.h
 * for who calls what.
 */
#include <errno.h>
#include <string.h>

#include "rule_socket.h"
#include "rule_value.h"

enum { OPT_PATH, OPT_CGROUP };

#define PATH_BYTES 512 /* with NUL, as in Linux */

struct cgroup {
	char path[PATH_BYTES];
	uint32_t id;
	uint8_t given, invert; /* bit per option */
};

static const struct rule_opt opts[] = {
	{ "path", OPT_PATH, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "cgroup", OPT_CGROUP, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct cgroup *c = data;

	c->given |= 1u << id;
	c->invert |= (unsigned)invert << id;
	if (id == OPT_CGROUP)
		return rule_value_number(p, arg, 0, UINT32_MAX, &c->id);
	if (strlen(arg) >= sizeof(c->path))
		return err_set(p->err, -EINVAL,
			       "cgroup: option \"--path\" is too long (%zu, at most %zu)\n",
			       strlen(arg), sizeof(c->path) - 1);
	memcpy(c->path, arg, strlen(arg));
	return 0;
}

/* The only group there is here is the root. */
static int
check(const struct rule_where *w, const void *data)
{
	const struct cgroup *c = data;

	return c->given == 1u << OPT_CGROUP || (c->given == 1u << OPT_PATH &&
						strspn(c->path, "/") == strlen(c->path))
		       ? 0
		       : -EINVAL;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct cgroup *c = data;

	if (!rule_has_socket(rp))
		return false;
	return (c->given & 1u << OPT_PATH || c->id == 0) != (c->invert != 0);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct cgroup *c = data;

	str_printf(out, " cgroup %s", c->invert != 0 ? "! " : "");
	if (c->given & 1u << OPT_PATH)
		str_add(out, c->path);
	else
		str_printf(out, "%u", c->id);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct cgroup *c = data;

	if (c->given & 1u << OPT_PATH) {
		rule_save_opt(out, c->invert != 0, "--path");
		str_printf(out, " \"%s\"", c->path);
	} else {
		rule_save_opt(out, c->invert != 0, "--cgroup");
		str_printf(out, " %u", c->id);
	}
}

static struct rule_ext_type type = {
	.name = "cgroup",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_INPUT | 1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING,
	.size = sizeof(struct cgroup),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_IFACE, /* and whether the box sends it */
};

RULE_EXT_REGISTER(type)
