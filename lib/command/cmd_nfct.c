/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * nfct: policies of timeouts that `-j CT --timeout` gives to connections; the text is that of nfct 1.4.7. What Linux
 * keeps in helpers of programs is not here. Control lcore.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd.h"
#include "ct_timeouts.h"

/* Command words; they may be cut short. */
enum word { LIST, ADD, DELETE, GET, FLUSH, DISABLE, DEFAULT_SET, DEFAULT_GET, NB_WORDS };

static const char *const words[NB_WORDS] = {
	[LIST] = "list",
	[ADD] = "add",
	[DELETE] = "delete",
	[GET] = "get",
	[FLUSH] = "flush",
	[DISABLE] = "disable",
	[DEFAULT_SET] = "default-set",
	[DEFAULT_GET] = "default-get",
};

#define GENERIC 255 /* as a number: protocols without a tracker of their own */

/* Protocols as nfct calls them, and the tracker's name. */
static const struct {
	const char *name, *tracker;
	uint8_t number;
} protos[] = {
	{ "tcp", "tcp", IPPROTO_TCP },     { "udp", "udp", IPPROTO_UDP },
	{ "icmp", "icmp", IPPROTO_ICMP },  { "icmpv6", "icmpv6", IPPROTO_ICMPV6 },
	{ "gre", "gre", IPPROTO_GRE },     { "dccp", "dccp", IPPROTO_DCCP },
	{ "sctp", "sctp", IPPROTO_SCTP },  { "udplite", "udplite", IPPROTO_UDPLITE },
	{ "generic", "unknown", GENERIC },
};

#define USAGE "Usage: nfct command subsystem [parameters]..."

__attribute__((format(printf, 2, 3))) static int
fail(struct cmd *c, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_printf(&c->err, "nfct v1.4.7: %s\n", text);
	return 1;
}

static int
fail_errno(struct cmd *c, int rc)
{
	return fail(c, "netlink error: %s", strerror(-rc));
}

static int
find_word(const char *text)
{
	for (int i = 0; i < NB_WORDS; i++)
		if (strncmp(words[i], text, strlen(text)) == 0)
			return i;
	return -1;
}

static bool
is_timeout(const char *text)
{
	return strncmp("timeout", text, strlen(text)) == 0;
}

/* What a policy is of. */
struct kind {
	enum hook_family family;
	const struct ct_proto *proto;
	uint8_t number;
};

static int
parse_kind(struct cmd *c, const char *family, const char *proto, struct kind *k)
{
	unsigned i = 0;

	if (strcmp(family, "inet") != 0 && strcmp(family, "inet6") != 0)
		return fail(c, "unknown layer 3 protocol");
	k->family = strcmp(family, "inet") == 0 ? HOOK_IP4 : HOOK_IP6;
	while (i < RTE_DIM(protos) && strcasecmp(proto, protos[i].name) != 0)
		i++;
	if (i == RTE_DIM(protos))
		return fail(c, "unknown layer 4 protocol");
	k->proto = ct_proto_by_name(protos[i].tracker);
	k->number = protos[i].number;
	return k->proto != NULL ? 0 : fail_errno(c, -EOPNOTSUPP);
}

static int
find_state(const struct kind *k, const char *name)
{
	for (unsigned i = 0; i < k->proto->nb_timeouts; i++)
		if (strcasecmp(name, k->proto->timeout_names[i]) == 0)
			return i;
	return -1;
}

/* "established 100 close 10 ...": calls set() for each. */
static int
parse_states(struct cmd *c, int first, const struct kind *k, const char *proto,
	     void (*set)(const struct kind *k, int state, uint32_t seconds, void *arg), void *arg)
{
	for (int i = first; i < c->argc; i += 2) {
		int state = find_state(k, c->argv[i]);
		unsigned long long n;
		char *end;

		if (state < 0)
			return fail(c, "Wrong state name: `%s' for protocol `%s'", c->argv[i],
				    proto);
		if (i + 1 == c->argc)
			return fail(c, "missing value for this timeout");
		errno = 0;
		n = strtoull(c->argv[i + 1], &end, 10);
		if (!isdigit((unsigned char)c->argv[i + 1][0]) || *end != '\0' || errno != 0 ||
		    n > INT_MAX)
			return fail(c, "bad timeout `%s' of `%s': expected seconds, 0 to %d",
				    c->argv[i + 1], c->argv[i], INT_MAX);
		set(k, state, n, arg);
	}
	return 0;
}

static void
set_policy(const struct kind *k, int state, uint32_t seconds, void *arg)
{
	((uint32_t *)arg)[state] = seconds;
}

static void
set_default(const struct kind *k, int state, uint32_t seconds, void *arg)
{
	param_set(k->proto->timeouts[state], seconds);
}

static void
check_only(const struct kind *k, int state, uint32_t seconds, void *arg)
{
}

static void
print(struct str *out, const struct kind *k, const uint32_t *seconds)
{
	str_printf(out, "\t.l3proto = %d,\n\t.l4proto = %u,\n\t.policy = {\n",
		   k->family == HOOK_IP4 ? AF_INET : AF_INET6, k->number);
	for (unsigned i = 0; i < k->proto->nb_timeouts; i++) {
		str_add(out, "\t\t.");
		for (const char *s = k->proto->timeout_names[i]; *s != '\0'; s++)
			str_printf(out, "%c", toupper((unsigned char)*s));
		str_printf(out, " = %u,\n", seconds[i]);
	}
	str_add(out, "\t},\n};\n");
}

static void
print_policy(struct str *out, const struct ct_timeouts *t)
{
	struct kind k = { .family = t->family, .number = t->proto };

	for (unsigned i = 0; i < RTE_DIM(protos); i++)
		if (protos[i].number == (t->proto != 0 ? t->proto : GENERIC)) {
			k.number = protos[i].number;
			k.proto = ct_proto_by_name(protos[i].tracker);
		}
	str_printf(out, ".%s = {\n", t->name);
	print(out, &k, t->seconds);
}

static void
defaults(const struct kind *k, uint32_t *seconds)
{
	for (unsigned i = 0; i < k->proto->nb_timeouts; i++)
		seconds[i] = param_get(k->proto->timeouts[i]);
}

static int
add(struct cmd *c)
{
	uint32_t seconds[CT_TIMEOUTS_MAX];
	struct kind k;
	int rc;

	if (c->argc < 6)
		return fail(c, "missing parameters\nsyntax: nfct add timeout name family protocol "
			       "state1 timeout1 ...");
	rc = parse_kind(c, c->argv[4], c->argv[5], &k);
	if (rc != 0)
		return rc;
	if (c->argc == 6 || c->argv[3][0] == '\0')
		return fail_errno(c, -EINVAL);
	defaults(&k, seconds);
	rc = parse_states(c, 6, &k, c->argv[5], set_policy, seconds);
	if (rc != 0)
		return rc;
	rc = ct_timeouts_add(c->argv[3], k.family, k.proto, seconds);
	return rc == 0 ? 0 : fail_errno(c, rc);
}

static int
list(struct cmd *c)
{
	if (c->argc > 3)
		return fail(c, "too many arguments");
	for (const struct ct_timeouts *t = NULL; (t = ct_timeouts_next(t)) != NULL;)
		print_policy(&c->out, t);
	return 0;
}

/* Those that rules name stay. */
static int
flush(struct cmd *c)
{
	const struct ct_timeouts *t, *next;

	if (c->argc > 3)
		return fail(c, "too many arguments");
	for (t = ct_timeouts_next(NULL); t != NULL; t = next) {
		next = ct_timeouts_next(t);
		ct_timeouts_delete(t->name);
	}
	return 0;
}

static int
one(struct cmd *c, enum word word)
{
	const struct ct_timeouts *t;
	int rc;

	if (c->argc < 4)
		return fail(c, "missing timeout policy name");
	if (c->argc > 4)
		return fail(c, "too many arguments");
	if (word == DELETE) {
		rc = ct_timeouts_delete(c->argv[3]);
		return rc == 0 ? 0 : fail_errno(c, rc);
	}
	t = ct_timeouts_find(c->argv[3]);
	if (t == NULL)
		return fail_errno(c, -ENOENT);
	print_policy(&c->out, t);
	return 0;
}

/* The sysctls by another name. */
static int
by_default(struct cmd *c, enum word word)
{
	uint32_t seconds[CT_TIMEOUTS_MAX];
	struct kind k;
	int rc;

	if (c->argc < (word == DEFAULT_SET ? 6 : 5))
		return fail(c, "missing parameters\nsyntax: nfct %s",
			    word == DEFAULT_SET
				    ? "default-set timeout family protocol state1 timeout1..."
				    : "default-get timeout family protocol");
	rc = parse_kind(c, c->argv[3], c->argv[4], &k);
	if (rc != 0)
		return rc;
	if (word == DEFAULT_GET) {
		defaults(&k, seconds);
		print(&c->out, &k, seconds);
		return 0;
	}
	rc = parse_states(c, 5, &k, c->argv[4], check_only, NULL);
	return rc != 0 ? rc : parse_states(c, 5, &k, c->argv[4], set_default, NULL);
}

/* Command and subsystem may stand in either order; -1: the error is told. */
static int
parse_command(struct cmd *c)
{
	int word;

	if (c->argc < 3) {
		str_add(&c->err, USAGE "\n");
		return -1;
	}
	word = find_word(c->argv[1]);
	if (word >= 0 ? is_timeout(c->argv[2]) : is_timeout(c->argv[1])) {
		if (word < 0)
			word = find_word(c->argv[2]);
		if (word < 0)
			fail(c, "Unknown command: %s\n" USAGE, c->argv[1]);
		return word;
	}
	fail(c, "Unknown subsystem: %s\n" USAGE, c->argv[1]);
	return -1;
}

static int
nfct(struct cmd *c)
{
	int word = parse_command(c);

	switch (word) {
	case -1:
		return 1;
	case LIST:
		return list(c);
	case ADD:
		return add(c);
	case FLUSH:
		return flush(c);
	case DELETE:
	case GET:
		return one(c, word);
	case DEFAULT_SET:
	case DEFAULT_GET:
		return by_default(c, word);
	default:
		return fail(c, "Missing command\nnfct <list|add|delete|get|default-set|default-get|"
			       "flush> timeout [<parameters>, ...]");
	}
}

CMD_REGISTER(nfct, "nfct", nfct,
	     "nfct add timeout NAME inet|inet6 PROTO STATE SECONDS ... | list|flush timeout | "
	     "get|delete timeout NAME",
	     "timeouts that -j CT --timeout gives to connections")
