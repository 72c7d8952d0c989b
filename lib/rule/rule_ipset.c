/* SPDX-License-Identifier: BSD-3-Clause */
/* See rule_ipset.h. */
#include "rule_ipset.h"

#include <errno.h>
#include <string.h>

static int
parse_dirs(const struct rule_parse *p, const char *text, struct set_ref *r)
{
	for (const char *at = text; at != NULL;
	     at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL) {
		bool src = strncmp(at, "src", 3) == 0;

		if (r->nb == SET_DIRS_MAX)
			return err_set(p->err, -EINVAL, "Can't be more src/dst options than %d.",
				       SET_DIRS_MAX);
		if (!src && strncmp(at, "dst", 3) != 0)
			return err_set(p->err, -EINVAL,
				       "You must spefify (the comma separated list of) "
				       "'src' or 'dst'.");
		r->dirs |= src << r->nb++;
	}
	return 0;
}

static int
find(const struct rule_parse *p, const char *name, struct set_ref *r)
{
	uint8_t family = p->family == HOOK_IP4 ? AF_INET : AF_INET6, theirs;

	if (strlen(name) >= SET_NAME)
		return err_set(p->err, -EINVAL, "setname `%s' too long, max %d characters.", name,
			       SET_NAME - 1);
	r->number = set_find(name);
	if (r->number == SET_NO_NUMBER)
		return err_set(p->err, -EINVAL, "Set %s doesn't exist.\n", name);
	theirs = set_get(r->number)->how.family;
	if (theirs != AF_UNSPEC && theirs != family)
		return err_set(p->err, -EINVAL,
			       "The protocol family of set %s is %s, which is not applicable.\n",
			       name, theirs == AF_INET ? "IPv4" : "IPv6");
	return 0;
}

int
rule_ipset_parse(const struct rule_parse *p, const char *name, struct set_ref *r)
{
	int rc;

	if (r->nb != 0)
		return err_set(p->err, -EINVAL, "--%s can be specified only once", p->opt);
	if (*p->next >= p->argc || p->argv[*p->next][0] == '-' || p->argv[*p->next][0] == '!')
		return err_set(p->err, -EINVAL, "--%s requires two args.", p->opt);
	rc = find(p, name, r);
	return rc != 0 ? rc : parse_dirs(p, p->argv[(*p->next)++], r);
}

void
rule_ipset_text(struct str *out, const struct set_ref *r)
{
	str_printf(out, " %s", set_name(r->number));
	for (unsigned i = 0; i < r->nb; i++)
		str_printf(out, "%s%s", i == 0 ? " " : ",", r->dirs >> i & 1 ? "src" : "dst");
}

void
rule_ipset_hold(struct rule_ipset_held *h, const struct set_ref *r, unsigned nb)
{
	for (unsigned i = 0; i < nb && !h->held; i++)
		if (r[i].nb != 0)
			set_hold(r[i].number);
	h->held = true;
}

void
rule_ipset_release(struct rule_ipset_held *h, const struct set_ref *r, unsigned nb)
{
	for (unsigned i = 0; i < nb && h->held; i++)
		if (r[i].nb != 0)
			set_release(r[i].number);
	h->held = false;
}
