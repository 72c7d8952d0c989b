/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset add, del, test: an element and what comes with it. Control lcore. */
#include <errno.h>
#include <string.h>

#include "base_clock.h"
#include "cmd_ipset.h"
#include "set_text.h"

enum {
	TIMEOUT,
	NOMATCH,
	WILDCARD,
	PACKETS,
	BYTES,
	COMMENT,
	SKBMARK,
	SKBPRIO,
	SKBQUEUE,
	BEFORE,
	AFTER,
	NB_OPTS
};

#define ADD (1u << IPSET_ADD)
#define TEST (1u << IPSET_TEST)
#define ANY (ADD | TEST | 1u << IPSET_DEL)

static const struct {
	const char *name;
	bool arg;
	uint8_t verbs;
	uint8_t part; /* types that have it; 0: all */
} opts[NB_OPTS] = {
	[TIMEOUT] = { "timeout", true, ADD, 0 },
	[NOMATCH] = { "nomatch", false, ADD | TEST, SET_PART_NET },
	[WILDCARD] = { "wildcard", false, ADD, SET_PART_IFACE },
	[PACKETS] = { "packets", true, ADD, 0 },
	[BYTES] = { "bytes", true, ADD, 0 },
	[COMMENT] = { "comment", true, ADD, 0 },
	[SKBMARK] = { "skbmark", true, ADD, 0 },
	[SKBPRIO] = { "skbprio", true, ADD, 0 },
	[SKBQUEUE] = { "skbqueue", true, ADD, 0 },
	[BEFORE] = { "before", true, ANY, SET_PART_NAME },
	[AFTER] = { "after", true, ANY, SET_PART_NAME },
};

static int
find_opt(const struct ipset *x, const struct set *s, const char *word)
{
	for (int i = 0; i < NB_OPTS; i++)
		if (strcmp(opts[i].name, word) == 0 && opts[i].verbs & 1u << x->verb &&
		    (opts[i].part == 0 || s->has & 1u << opts[i].part))
			return i;
	return -1;
}

static int
read_beside(const char *arg, uint16_t *number, struct err *err)
{
	*number = set_find(arg);
	return *number != SET_NO_NUMBER ? 0
					: err_set(err, -EINVAL,
						  "The set to which you referred with 'before' or "
						  "'after' does not exist.");
}

static int
read_opt(int opt, const char *arg, struct ipset_entry *e, struct err *err)
{
	uint64_t n = 0;
	int rc = 0;

	switch (opt) {
	case TIMEOUT:
		rc = ipset_number(arg, 0, SET_TIMEOUT_MAX, &n, err);
		e->ext.timeout = n;
		return rc;
	case NOMATCH:
		e->ext.nomatch = true;
		return 0;
	case WILDCARD:
		e->key.wildcard = true;
		return 0;
	case PACKETS:
		return ipset_number(arg, 0, UINT64_MAX - 1, &e->ext.packets, err);
	case BYTES:
		return ipset_number(arg, 0, UINT64_MAX - 1, &e->ext.bytes, err);
	case COMMENT:
		e->ext.comment = arg;
		return ipset_comment(arg, err);
	case SKBMARK:
		return ipset_mark(arg, &e->ext.mark, &e->ext.mark_mask, err);
	case SKBPRIO:
		return ipset_prio(arg, &e->ext.prio, err);
	case SKBQUEUE:
		rc = ipset_number(arg, 0, UINT16_MAX, &n, err);
		e->ext.queue = n;
		return rc;
	}
	return read_beside(arg, opt == BEFORE ? &e->before : &e->after, err);
}

static int
read_opts(struct ipset *x, const struct set *s, struct ipset_entry *e)
{
	for (int i = 2; i < x->argc; i++) {
		int opt = find_opt(x, s, x->argv[i]);
		struct err err;

		if (opt < 0)
			return ipset_usage(x, "Unknown argument: `%s'", x->argv[i]);
		if (opts[opt].arg && i + 1 == x->argc)
			return ipset_usage(x, "Missing mandatory argument of option `%s'",
					   x->argv[i]);
		if ((e->seen & 1u << opt && opts[opt].arg) ||
		    (opt == AFTER && e->seen & 1u << BEFORE))
			return ipset_fail(x, "Syntax error: %s already specified", x->argv[i]);
		e->seen |= 1u << opt;
		if (read_opt(opt, opts[opt].arg ? x->argv[i + 1] : NULL, e, &err) != 0)
			return ipset_fail(x, "%s", err.text);
		i += opts[opt].arg;
	}
	return 0;
}

/* What the set must have been made with. */
static int
check_opts(struct ipset *x, const struct set *s, const struct ipset_entry *e)
{
	static const struct {
		uint32_t opts, flag;
		const char *text;
	} needs[] = {
		{ 1u << TIMEOUT, SET_TIMEOUT,
		  "Timeout cannot be used: set was created without timeout" },
		{ 1u << PACKETS | 1u << BYTES, SET_COUNTERS,
		  "Packet/byte counters cannot be used: set was created without counter" },
		{ 1u << COMMENT, SET_COMMENT,
		  "Comment cannot be used: set was created without comment" },
		{ 1u << SKBMARK | 1u << SKBPRIO | 1u << SKBQUEUE, SET_SKBINFO,
		  "Skbinfo mapping cannot be used: set was created without skbinfo" },
	};

	for (unsigned i = 0; i < RTE_DIM(needs); i++)
		if (e->seen & needs[i].opts && !(s->how.flags & needs[i].flag))
			return ipset_fail(x, "%s support", needs[i].text);
	return 0;
}

/* At commas, as many words as the type has parts. */
static int
split(struct ipset *x, const struct set *s, char *text, char *word[SET_PARTS])
{
	static const char *const ordinal[] = { "", "Second", "Third" };
	static const char *const number[] = { "", "Two e", "Three e" };
	static const char *const allowed[] = { "none", "one", "two" };
	const char *whole = x->argv[1];
	char *at = text;

	for (unsigned i = 0;; i++) {
		char *comma = at[0] != '\0' ? strchr(at + 1, ',') : NULL;
		bool more = comma != NULL && comma[1] != '\0', optional;

		word[i] = at;
		if (i + 1 == s->parts)
			return !more ? 0
				     : ipset_fail(x,
						  "Syntax error: %slem separator%s in %s, but "
						  "settype %s "
						  "supports %s.",
						  i == 0 ? "E" : number[i], i == 0 ? "" : "s",
						  whole, s->type->name, allowed[i]);
		optional = s->type->part[i + 1] == SET_PART_MAC && !s->type->hash;
		if (!more && optional)
			return 0;
		if (!more)
			return ipset_fail(x, "Syntax error: %s element is missing from %s.",
					  ordinal[i + 1], whole);
		*comma = '\0';
		at = comma + 1;
	}
}

static int
read_iface(char *word, struct set_key *k, struct err *err)
{
	if (strncmp(word, "physdev:", 8) == 0) {
		k->physdev = true;
		word += 8;
	}
	if (strlen(word) > 15)
		return err_set(err, -EINVAL,
			       "Syntax error: interface name '%s' is longer than 15 characters",
			       word);
	strcpy(k->iface, word);
	return 0;
}

/* What may stand beside an address: ranges are IPv4's, and not for the second address of hash:ip,port,ip. */
static unsigned
allowed(const struct set *s, unsigned part)
{
	bool four = s->addr_words == 1, mac = !s->type->hash && s->has & 1u << SET_PART_MAC;

	if (s->type->part[part] == SET_PART_NET)
		return IPSET_SPAN_PREFIX | (four ? IPSET_SPAN_RANGE : 0);
	return four && part == 0 && !mac ? IPSET_SPAN_PREFIX | IPSET_SPAN_RANGE : 0;
}

static int
read_part(const struct set *s, unsigned part, char *word, struct ipset_entry *e, struct err *err)
{
	uint8_t family = s->addr_words == 1 ? AF_INET : AF_INET6;
	uint64_t n;
	int rc;

	switch (s->type->part[part]) {
	case SET_PART_IP:
	case SET_PART_NET:
		return ipset_span(word, family, allowed(s, part), &e->span[part != 0], err);
	case SET_PART_PORT:
		rc = ipset_ports(word, family, &e->ports, err);
		e->key.proto = s->type->hash ? e->ports.proto : 0;
		return rc;
	case SET_PART_MAC:
		e->key.has_mac = true;
		return ipset_mac(word, e->key.mac, err);
	case SET_PART_MARK:
		rc = ipset_number(word, 0, UINT32_MAX, &n, err);
		e->key.mark = n;
		return rc;
	case SET_PART_IFACE:
		return read_iface(word, &e->key, err);
	}
	e->number = set_find(word);
	return 0; /* whether there is one is asked when all else is right */
}

static const char *
family_name(const struct set *s)
{
	return s->how.family == AF_INET6 ? "inet6" : s->addrs != 0 ? "inet" : "unspec";
}

/* Only one element is tested, and with a MAC address added or taken out; hash:ip takes the first of many. */
static int
check_single(struct ipset *x, const struct set *s, const struct ipset_entry *e)
{
	static const char *const verbs[] = {
		[IPSET_ADD] = "add", [IPSET_DEL] = "del", [IPSET_TEST] = "test"
	};
	static const char where[] = "is not allowed in command";
	const char *verb = verbs[x->verb], *type = s->type->name, *family = family_name(s);
	bool only = s->type->hash && s->parts == 1 && s->type->part[0] == SET_PART_IP;

	if (x->verb != IPSET_TEST && !(s->type->hash && s->has & 1u << SET_PART_MAC))
		return 0;
	if (s->addrs != 0 && !only && e->span[0].ranged)
		return ipset_fail(x, "FROM-TO IP range %s %s with set type %s and family %s", where,
				  verb, type, family);
	if (s->type->part[0] == SET_PART_IP && !only && e->span[0].len != s->addr_words * 32)
		return ipset_fail(x, "IP/CIDR range %s %s with set type %s and family %s", where,
				  verb, type, family);
	if (e->ports.ranged)
		return ipset_fail(x, "FROM-TO port range %s %s with set type %s and family %s",
				  where, verb, type, family);
	return 0;
}

int
ipset_entry(struct ipset *x, const struct set *s, struct ipset_entry *e)
{
	char copy[256], *word[SET_PARTS] = { NULL };
	struct err err = { "" };
	int rc;

	*e = (struct ipset_entry){ .set = s,
				   .ext = { .timeout = SET_NO_TIMEOUT,
					    .packets = SET_NO_COUNT,
					    .bytes = SET_NO_COUNT },
				   .number = SET_NO_NUMBER,
				   .before = SET_NO_NUMBER,
				   .after = SET_NO_NUMBER };
	if (strlen(x->argv[1]) >= sizeof(copy))
		return ipset_fail(x, "Syntax error: '%s' is too long", x->argv[1]);
	strcpy(copy, x->argv[1]);
	rc = split(x, s, copy, word);
	for (unsigned i = 0; rc == 0 && i < s->parts && word[i] != NULL; i++) {
		rc = read_part(s, i, word[i], e, &err);
		if (rc != 0)
			return rc == -EPROTO ? ipset_errno(x, rc) : ipset_fail(x, "%s", err.text);
	}
	if (rc == 0)
		rc = read_opts(x, s, e);
	if (rc == 0)
		rc = check_single(x, s, e);
	return rc != 0 ? rc : check_opts(x, s, e);
}
