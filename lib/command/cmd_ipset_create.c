/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset create. Control lcore. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <rte_bitops.h>
#include <rte_common.h>

#include "cmd_ipset.h"
#include "set_key.h"

enum {
	FAMILY,
	HASHSIZE,
	MAXELEM,
	NETMASK,
	BITMASK,
	MARKMASK,
	TIMEOUT,
	COUNTERS,
	COMMENT,
	FORCEADD,
	SKBINFO,
	BUCKETSIZE,
	INITVAL,
	RANGE,
	FROM,
	TO,
	NETWORK,
	SIZE,
	PROBES,
	RESIZE,
	GC,
	NB_OPTS
};

#define HASHSIZE_MAX (1u << 28) /* more is more than there is memory */

/* Types an option belongs to. */
#define HASHES 1u
#define FAMILIES 2u
#define NARROW 4u /* netmask */
#define BITS 8u
#define MARKS 16u
#define BITMAPS 32u
#define LISTS 64u
#define ALL (HASHES | BITMAPS | LISTS)

static const struct {
	const char *name;
	bool arg;
	uint8_t kinds;
} opts[NB_OPTS] = {
	[FAMILY] = { "family", true, FAMILIES },
	[HASHSIZE] = { "hashsize", true, HASHES },
	[MAXELEM] = { "maxelem", true, HASHES },
	[NETMASK] = { "netmask", true, NARROW },
	[BITMASK] = { "bitmask", true, BITS },
	[MARKMASK] = { "markmask", true, MARKS },
	[TIMEOUT] = { "timeout", true, ALL },
	[COUNTERS] = { "counters", false, ALL },
	[COMMENT] = { "comment", false, ALL },
	[FORCEADD] = { "forceadd", false, HASHES },
	[SKBINFO] = { "skbinfo", false, ALL },
	[BUCKETSIZE] = { "bucketsize", true, HASHES },
	[INITVAL] = { "initval", true, HASHES },
	[RANGE] = { "range", true, BITMAPS },
	[FROM] = { "from", true, BITMAPS },
	[TO] = { "to", true, BITMAPS },
	[NETWORK] = { "network", true, BITMAPS },
	[SIZE] = { "size", true, LISTS },
	[PROBES] = { "probes", true, HASHES },
	[RESIZE] = { "resize", true, HASHES },
	[GC] = { "gc", true, HASHES },
};

/* Names of older tools. */
static const char *const aliases[][2] = {
	{ "iphash", "hash:ip" },
	{ "nethash", "hash:net" },
	{ "ipporthash", "hash:ip,port" },
	{ "ipportiphash", "hash:ip,port,ip" },
	{ "ipportnethash", "hash:ip,port,net" },
	{ "ipmap", "bitmap:ip" },
	{ "macipmap", "bitmap:ip,mac" },
	{ "portmap", "bitmap:port" },
	{ "setlist", "list:set" },
};

struct create {
	struct set_how how;
	const struct set_type *type;
	uint32_t seen;
	struct str ignored; /* options nobody looks at any more */
};

static unsigned
kinds_of(const struct set_type *t)
{
	unsigned kinds = t->hash ? HASHES : t->part[0] == SET_PART_NAME ? LISTS : BITMAPS;

	return kinds | (t->families ? FAMILIES : 0) | (t->narrow ? NARROW : 0) |
	       (t->bits ? BITS : 0) | (set_has(t, SET_PART_MARK) ? MARKS : 0);
}

static const struct set_type *
find_type(const char *name)
{
	for (unsigned i = 0; i < RTE_DIM(aliases); i++)
		if (strcmp(aliases[i][0], name) == 0)
			return set_type_find(aliases[i][1]);
	return set_type_find(name);
}

static int
find_opt(const struct create *c, const char *word)
{
	word += strncmp(word, "--", 2) == 0 ? 2 : 0;
	for (int i = 0; i < NB_OPTS; i++)
		if (strcmp(opts[i].name, word) == 0 && opts[i].kinds & kinds_of(c->type))
			return i;
	return -1;
}

static int
read_family(struct create *c, const char *arg, struct err *e)
{
	if (strcmp(arg, "inet") == 0 || strcmp(arg, "ipv4") == 0 || strcmp(arg, "-4") == 0)
		c->how.family = AF_INET;
	else if (strcmp(arg, "inet6") == 0 || strcmp(arg, "ipv6") == 0 || strcmp(arg, "-6") == 0)
		c->how.family = AF_INET6;
	else if (strcmp(arg, "unspec") == 0 || strcmp(arg, "any") == 0)
		return err_set(e, -EINVAL, "Protocol family not supported by the set type");
	else
		return err_set(e, -EINVAL, "Syntax error: unknown inet family %s", arg);
	return 0;
}

static int
read_netmask(struct create *c, const char *arg, struct err *e)
{
	unsigned bits = c->how.family == AF_INET6 ? 128 : 32;
	struct err first;
	uint64_t n;

	if (ipset_number(arg, 1, bits, &n, &first) != 0)
		return err_set(e, -EINVAL,
			       "%s\nSyntax error: netmask is out of the inclusive range of 1-%u",
			       first.text, bits);
	c->how.netmask = n;
	c->how.flags |= n < bits ? SET_NETMASK : 0;
	return 0;
}

static int
read_bitmask(struct create *c, const char *arg, struct err *e)
{
	static const union set_addr none;
	struct err first;

	if (ipset_addr(arg, c->how.family, &c->how.bitmask, &first) != 0)
		return err_set(e, -EINVAL,
			       "%s\nSyntax error: bitmask is not valid for family = inet%s",
			       first.text, c->how.family == AF_INET6 ? "6" : "");
	c->how.flags |= SET_BITMASK;
	return memcmp(&c->how.bitmask, &none, sizeof(none)) != 0
		       ? 0
		       : err_set(e, -EINVAL, "The value of the netmask parameter is invalid");
}

static int
read_ports(struct create *c, int opt, const char *arg, struct err *e)
{
	struct ipset_ports p;
	int rc = ipset_ports(arg, AF_INET, &p, e);

	if (opt != TO)
		c->how.lo = p.lo;
	if (opt == TO || p.ranged)
		c->how.hi = p.hi;
	c->seen |= opt == RANGE && p.ranged ? 1u << TO : 0;
	return rc;
}

static int
read_range(struct create *c, int opt, const char *arg, struct err *e)
{
	struct ipset_span p;
	char copy[128];
	uint32_t mask;
	int rc;

	if (c->type->part[0] == SET_PART_PORT)
		return read_ports(c, opt, arg, e);
	strncpy(copy, arg, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	rc = ipset_span(copy, AF_INET, IPSET_SPAN_PREFIX | IPSET_SPAN_RANGE, &p, e);
	if (rc == 0 && opt == RANGE && !p.ranged && strchr(arg, '/') == NULL)
		return err_set(e, -EINVAL,
			       "Syntax error: IP/cidr or IP-IP range must be specified: %s", arg);
	mask = p.len == 0 ? 0 : UINT32_MAX << (32 - p.len);
	if (opt != TO)
		c->how.lo = ntohl(p.lo.w[0]) & mask;
	if (opt != FROM)
		c->how.hi = ntohl(p.hi.w[0]) | ~mask;
	c->seen |= opt == RANGE || opt == NETWORK ? 1u << TO : 0;
	return rc;
}

static int
read_hash(struct create *c, int opt, const char *arg, struct err *e)
{
	uint64_t n = 0;
	int rc = ipset_number(arg, 0, opt == BUCKETSIZE ? UINT8_MAX : UINT32_MAX, &n, e);

	switch (opt) {
	case HASHSIZE:
		c->how.hashsize = n <= 64 ? 64 : n > HASHSIZE_MAX ? 0 : rte_align32pow2(n);
		break;
	case MAXELEM:
		c->how.maxelem = n;
		break;
	case BUCKETSIZE:
		c->how.bucketsize = n < 2 ? 2 : n > 12 ? 12 : (n + 1) & ~1u;
		break;
	case INITVAL:
		c->how.initval = n;
		break;
	case MARKMASK:
		c->how.markmask = n;
		if (rc == 0 && n == 0)
			return err_set(e, -EINVAL,
				       "The value of the markmask parameter is invalid");
		break;
	case SIZE:
		c->how.size = RTE_MAX(n, 4u);
		break;
	}
	return rc;
}

static int
read_opt(struct create *c, int opt, const char *arg, struct err *e)
{
	static const uint32_t flags[NB_OPTS] = {
		[COUNTERS] = SET_COUNTERS,
		[COMMENT] = SET_COMMENT,
		[FORCEADD] = SET_FORCEADD,
		[SKBINFO] = SET_SKBINFO,
	};
	uint64_t n = 0;
	int rc = 0;

	c->how.flags |= flags[opt];
	switch (opt) {
	case FAMILY:
		return read_family(c, arg, e);
	case NETMASK:
		return read_netmask(c, arg, e);
	case BITMASK:
		return read_bitmask(c, arg, e);
	case TIMEOUT:
		rc = ipset_number(arg, 0, SET_TIMEOUT_MAX, &n, e);
		c->how.timeout = n;
		c->how.flags |= SET_TIMEOUT;
		return rc;
	case RANGE:
	case FROM:
	case TO:
	case NETWORK:
		return read_range(c, opt, arg, e);
	case PROBES:
	case RESIZE:
	case GC:
		str_printf(&c->ignored,
			   "%sOption '--%s %s' is ignored. Please upgrade your syntax.\n",
			   c->ignored.len == 0 ? "Warning: " : "", opts[opt].name, arg);
		return 0;
	}
	return flags[opt] != 0 ? 0 : read_hash(c, opt, arg, e);
}

static int
read_opts(struct ipset *x, struct create *c)
{
	for (int i = 2; i < x->argc; i++) {
		bool short_family = strcmp(x->argv[i], "-4") == 0 || strcmp(x->argv[i], "-6") == 0;
		int opt = short_family && c->type->families ? FAMILY : find_opt(c, x->argv[i]);
		bool arg = opt >= 0 && opts[opt].arg && !short_family;
		struct err e;

		if (opt < 0)
			return ipset_usage(x, "Unknown argument: `%s'", x->argv[i]);
		if (arg && i + 1 == x->argc)
			return ipset_usage(x, "Missing mandatory argument of option `%s'",
					   x->argv[i]);
		if (c->seen & 1u << opt && opts[opt].arg)
			return ipset_fail(x, "Syntax error: %s already specified", x->argv[i]);
		if ((opt == NETMASK && c->seen & 1u << BITMASK) ||
		    (opt == BITMASK && c->seen & 1u << NETMASK))
			return ipset_fail(
				x, "Syntax error: bitmask and netmask are mutually exclusive, "
				   "provide only one");
		c->seen |= 1u << opt;
		if (read_opt(c, opt, x->argv[i + arg], &e) != 0)
			return ipset_fail(x, "%s", e.text);
		i += arg;
	}
	return 0;
}

/* A bitmap's range: which way round it was given, what netmask makes of it, how many elements it has. */
static int
check_range(struct ipset *x, struct create *c)
{
	uint32_t lo = RTE_MIN(c->how.lo, c->how.hi), hi = RTE_MAX(c->how.lo, c->how.hi);
	uint32_t step = c->how.flags & SET_NETMASK ? UINT32_C(1) << (32 - c->how.netmask) : 1;

	if (!(c->seen & (1u << RANGE | 1u << FROM | 1u << NETWORK)))
		return ipset_usage(x, "Mandatory option `range' is missing");
	if (!(c->seen & 1u << TO))
		return ipset_usage(x, "Mandatory option `to' is missing");
	c->how.lo = lo & -step;
	c->how.hi = hi | (step - 1);
	if (((uint64_t)c->how.hi - c->how.lo + 1) / step > SET_BITMAP_MAX)
		return ipset_fail(x,
				  "The range you specified exceeds the size limit of the set type");
	return 0;
}

static bool
same_how(const struct set_how *a, const struct set_how *b)
{
	uint32_t kept =
		SET_TIMEOUT | SET_COUNTERS | SET_COMMENT | SET_SKBINFO | SET_NETMASK | SET_BITMASK;

	return (a->flags & kept) == (b->flags & kept) && a->timeout == b->timeout &&
	       a->maxelem == b->maxelem && a->netmask == b->netmask && a->markmask == b->markmask &&
	       memcmp(&a->bitmask, &b->bitmask, sizeof(a->bitmask)) == 0 && a->lo == b->lo &&
	       a->hi == b->hi && a->size == b->size;
}

int
ipset_create(struct ipset *x)
{
	struct create c = { .type = find_type(x->argv[1]) };
	struct err e;
	int rc;

	if (ipset_name(x->argv[0], &e) != 0)
		return ipset_fail(x, "%s", e.text);
	if (c.type == NULL)
		return ipset_fail(x, "Syntax error: typename '%s' is unknown", x->argv[1]);
	c.how = set_defaults(c.type);
	rc = read_opts(x, &c);
	if (rc == 0 && kinds_of(c.type) & BITMAPS)
		rc = check_range(x, &c);
	if (rc == 0 && !x->quiet)
		str_add(&x->cmd->err, str_text(&c.ignored));
	str_free(&c.ignored);
	if (rc != 0)
		return rc;
	rc = c.how.hashsize == 0 ? -ENOMEM : set_create(x->argv[0], c.type, &c.how);
	if (rc == -EEXIST && x->exist && same_how(&set_get(set_find(x->argv[0]))->how, &c.how))
		return 0;
	if (rc == -EEXIST || rc == -ENOTUNIQ)
		return ipset_fail(x,
				  "Set cannot be created: set with the same name already exists");
	return rc == 0 ? 0 : ipset_errno(x, rc);
}
