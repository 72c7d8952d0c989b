/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads the pieces of a rule. Called by the iptables commands while they walk their options.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_addr.h"
#include "rule_absent.h"
#include "rule_name.h"
#include "rule_spec.h"

void
rule_spec_init(struct rule_spec *s, enum hook_family family)
{
	memset(s, 0, sizeof(*s));
	s->ip.family = family;
}

void
rule_spec_free(struct rule_spec *s)
{
	free(s->src);
	free(s->dst);
	for (unsigned i = 0; i < s->nb_matches; i++)
		rule_ext_free(&s->match[i]);
	if (s->target.type != NULL)
		rule_ext_free(&s->target);
}

/* "10", "10.1", "10.1.2.3": the missing parts are zero, as iptables has it; not inet_aton()'s way. */
static bool
parse_ip4_parts(const char *text, unsigned least, uint32_t *out)
{
	uint8_t byte[4] = { 0 };
	unsigned parts = 0;
	char copy[32];
	char *save = NULL;
	size_t len = strlen(text);

	if (len == 0 || len >= sizeof(copy) || text[0] == '.' || text[len - 1] == '.' ||
	    strstr(text, "..") != NULL)
		return false;
	memcpy(copy, text, len + 1);
	for (char *t = strtok_r(copy, ".", &save); t != NULL; t = strtok_r(NULL, ".", &save)) {
		unsigned long long n;

		if (parts == 4 || !rule_number(t, UINT8_MAX, &n))
			return false;
		byte[parts++] = n;
	}
	if (parts < least)
		return false;
	memcpy(out, byte, sizeof(*out));
	return true;
}

bool
rule_addr_parse(uint8_t family, const char *text, union rule_addr *out)
{
	if (family == HOOK_IP6)
		return inet_pton(AF_INET6, text, out->v6) == 1;
	return parse_ip4_parts(text, 1, &out->v4);
}

static bool
parse_addr(enum hook_family family, const char *text, union rule_addr *out)
{
	struct in_addr a;

	if (rule_addr_parse(family, text, out))
		return true;
	if (family == HOOK_IP6)
		return false;
	/* Numbers that only inet_aton() understands; it would accept text behind a blank. */
	if (strpbrk(text, " \t\n") != NULL || inet_aton(text, &a) == 0)
		return false;
	out->v4 = a.s_addr;
	return true;
}

static bool
parse_mask(enum hook_family family, const char *text, union rule_addr *out)
{
	struct ip_addr ones = { .family = family == HOOK_IP4 ? AF_INET : AF_INET6 };
	unsigned long long len;

	if (text == NULL)
		len = ip_addr_bits(ones.family);
	else if (!rule_number(text, ip_addr_bits(ones.family), &len))
		return family == HOOK_IP6 ? inet_pton(AF_INET6, text, out->v6) == 1
					  : parse_ip4_parts(text, 4, &out->v4);
	memset(ones.v6, 0xff, sizeof(ones.v6));
	ip_addr_mask(&ones, len);
	memcpy(out, ones.v6, family == HOOK_IP4 ? 4 : 16);
	return true;
}

static bool
is_zero(const union rule_addr *a)
{
	return (a->w[0] | a->w[1] | a->w[2] | a->w[3]) == 0;
}

static int
parse_net(enum hook_family family, char *text, struct rule_net *net, struct err *e)
{
	char *slash = strrchr(text, '/');

	memset(net, 0, sizeof(*net));
	if (slash != NULL)
		*slash++ = '\0';
	if (!parse_mask(family, slash, &net->mask))
		return err_set(e, -EINVAL, "invalid mask `%s' specified", slash);
	/* "any/0": whatever stands before it */
	if (!is_zero(&net->mask) && !parse_addr(family, text, &net->addr))
		return err_set(e, -EINVAL, "host/network `%s' not found", text);
	for (unsigned i = 0; i < 4; i++)
		net->addr.w[i] &= net->mask.w[i];
	return 0;
}

int
rule_spec_addr(struct rule_spec *s, bool dst, const char *text, bool invert, struct err *e)
{
	struct rule_net **list = dst ? &s->dst : &s->src;
	unsigned *nb = dst ? &s->nb_dst : &s->nb_src;
	unsigned count = 1;
	char *copy, *word, *rest;
	int rc = 0;

	for (const char *p = text; *p != '\0'; p++)
		count += *p == ',';
	if (count > RULE_ADDRS_MAX)
		return err_set(e, -EINVAL, "more than %d addresses in a list", RULE_ADDRS_MAX);
	if (invert && count > 1)
		return err_set(e, -EINVAL,
			       "! not allowed with multiple source or destination IP addresses");
	copy = rest = strdup(text);
	*list = calloc(count, sizeof(**list));
	if (copy == NULL || *list == NULL)
		abort();
	while (rc == 0 && (word = strsep(&rest, ",")) != NULL)
		rc = parse_net(s->ip.family, word, &(*list)[(*nb)++], e);
	free(copy);
	if (invert)
		s->ip.inv |= dst ? RULE_INV_DST : RULE_INV_SRC;
	return rc;
}

int
rule_iface_parse(const char *text, char *name, uint8_t *mask, struct str *warn, struct err *e)
{
	size_t len = strlen(text);

	if (len >= RULE_IFACE_NAME)
		return err_set(e, -EINVAL, "interface name `%s' must be shorter than IFNAMSIZ (%d)",
			       text, RULE_IFACE_NAME - 1);
	if (strpbrk(text, "/ ") != NULL)
		str_printf(warn,
			   "Warning: weird character in interface `%s' "
			   "('/' and ' ' are not allowed by the kernel).\n",
			   text);
	memset(name, 0, RULE_IFACE_NAME);
	memset(mask, 0, RULE_IFACE_NAME);
	memcpy(name, text, len);
	memset(mask, 0xff, len > 0 && text[len - 1] == '+' ? len - 1 : len + 1);
	return 0;
}

int
rule_spec_iface(struct rule_spec *s, bool out, const char *text, bool invert, struct str *warn,
		struct err *e)
{
	char *name = out ? s->ip.out : s->ip.in;
	uint8_t *mask = out ? s->ip.out_mask : s->ip.in_mask;

	if (text[0] == '\0')
		return err_set(e, -EINVAL, "Empty interface is likely to be undesired");
	if (invert)
		s->ip.inv |= out ? RULE_INV_OUT : RULE_INV_IN;
	return rule_iface_parse(text, name, mask, warn, e);
}

/* IPv6 extension headers: the protocol is what follows them, so these never match. */
static bool
is_ext_header(uint8_t proto)
{
	return proto == IPPROTO_ROUTING || proto == IPPROTO_FRAGMENT || proto == IPPROTO_AH ||
	       proto == IPPROTO_DSTOPTS;
}

int
rule_spec_proto(struct rule_spec *s, const char *text, bool invert, struct str *warn, struct err *e)
{
	char lower[64];
	size_t len = strlen(text);
	int rc;

	if (len >= sizeof(lower))
		return err_set(e, -EINVAL, "unknown protocol \"%.64s...\" specified", text);
	for (size_t i = 0; i <= len; i++)
		lower[i] = tolower((unsigned char)text[i]);
	rc = rule_proto_parse(lower, &s->ip.proto, e);
	if (rc != 0)
		return rc;
	if (s->ip.proto == 0 && invert)
		return err_set(e, -EINVAL, "rule would never match protocol");
	if (s->ip.family == HOOK_IP6 && is_ext_header(s->ip.proto) && !invert)
		str_printf(warn,
			   "Warning: never matched protocol: %s. use extension match instead.\n",
			   lower);
	if (invert)
		s->ip.inv |= RULE_INV_PROTO;
	s->has_proto = true;
	return 0;
}

static int
add_match(struct rule_spec *s, const struct rule_ext_type *type, struct err *e)
{
	if (s->nb_matches == RULE_MATCHES_MAX)
		return err_set(e, -EINVAL, "more than %d matches in a rule", RULE_MATCHES_MAX);
	s->match[s->nb_matches++] = rule_ext_new(type);
	return 0;
}

/* Nothing of that name is here; where one might expect it a second line says why. */
static int
not_here(const struct rule_spec *s, bool target, const char *name, struct err *e)
{
	const char *why = rule_absent_why(s->ip.family, target, name);

	return err_set(e, -EINVAL, "Couldn't load %s `%.64s':No such file or directory\n%s%s",
		       target ? "target" : "match", name, why != NULL ? why : "",
		       why != NULL ? "\n" : "");
}

int
rule_spec_match(struct rule_spec *s, const char *name, struct err *e)
{
	const struct rule_ext_type *type = rule_match_find(s->ip.family, name);

	if (type == NULL)
		return not_here(s, false, name, e);
	return add_match(s, type, e);
}

bool
rule_spec_match_of_proto(struct rule_spec *s)
{
	const struct rule_ext_type *type;
	struct err ignored;

	if (!s->has_proto)
		return false;
	type = rule_match_for_proto(s->ip.family, s->ip.proto);
	if (type == NULL)
		return false;
	for (unsigned i = 0; i < s->nb_matches; i++)
		if (s->match[i].type == type)
			return false;
	return add_match(s, type, &ignored) == 0;
}

static int
check_target_name(const char *name, struct err *e)
{
	if (name[0] == '\0')
		return err_set(e, -EINVAL, "Invalid target name (too short)");
	if (strlen(name) > RULE_CHAIN_NAME_NEW)
		return err_set(e, -EINVAL, "Invalid target name `%.64s' (%d chars max)", name,
			       RULE_CHAIN_NAME_NEW);
	for (const char *p = name; *p != '\0'; p++)
		if (isspace((unsigned char)*p))
			return err_set(e, -EINVAL, "Invalid target name `%s'", name);
	return 0;
}

int
rule_spec_jump(struct rule_spec *s, const struct rule_table *t, const char *name, struct err *e)
{
	const struct rule_ext_type *type;
	uint16_t slot;
	int rc = check_target_name(name, e);

	if (rc != 0)
		return rc;
	type = rule_target_find(s->ip.family, name);
	if (type != NULL) {
		s->kind = RULE_TARGET;
		s->target = rule_ext_new(type);
		return 0;
	}
	if (t == NULL && rule_absent_why(s->ip.family, true, name) == NULL)
		return -ENOENT;
	slot = t != NULL ? rule_chain_find(t, name) : RULE_SLOT_NONE;
	if (slot == RULE_SLOT_NONE)
		return not_here(s, true, name, e);
	s->kind = RULE_JUMP;
	s->to = slot;
	return 0;
}

int
rule_spec_goto(struct rule_spec *s, const struct rule_table *t, const char *name, struct err *e)
{
	int rc = check_target_name(name, e);

	if (rc != 0)
		return rc;
	s->kind = RULE_GOTO;
	s->to = rule_chain_find(t, name);
	if (s->to == RULE_SLOT_NONE)
		return err_set(e, -EINVAL, "goto '%s' is not a chain", name);
	return 0;
}

int
rule_spec_final(struct rule_spec *s, const struct rule_parse *p)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < s->nb_matches; i++)
		rc = rule_ext_final(p, &s->match[i]);
	if (rc == 0 && s->target.type != NULL)
		rc = rule_ext_final(p, &s->target);
	return rc;
}

unsigned
rule_spec_pairs(const struct rule_spec *s)
{
	return (s->nb_src ? s->nb_src : 1) * (s->nb_dst ? s->nb_dst : 1);
}

void
rule_spec_pair(struct rule_spec *s, unsigned i)
{
	unsigned nb_dst = s->nb_dst ? s->nb_dst : 1;

	if (s->nb_src > 0) {
		s->ip.src = s->src[i / nb_dst].addr;
		s->ip.smask = s->src[i / nb_dst].mask;
	}
	if (s->nb_dst > 0) {
		s->ip.dst = s->dst[i % nb_dst].addr;
		s->ip.dmask = s->dst[i % nb_dst].mask;
	}
}
