/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m ipv6header --header LIST [--soft]: which extension headers a packet has; exactly these, or with
 * --soft these at least. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "rule_ext6.h"
#include "rule_name.h"
#include "rule_value.h"

enum { OPT_HEADER, OPT_SOFT };

struct ipv6header {
	uint8_t headers, invert, soft;
};

/* The name that is printed first; bit is what -L -n prints. */
static const struct {
	const char *name;
	uint8_t bit;
	uint8_t proto;
} headers[] = {
	{ "hop-by-hop", 0x80, IPPROTO_HOPOPTS },
	{ "ipv6-opts", 0x40, IPPROTO_DSTOPTS },
	{ "ipv6-route", 0x20, IPPROTO_ROUTING },
	{ "ipv6-frag", 0x10, IPPROTO_FRAGMENT },
	{ "ah", 0x08, IPPROTO_AH },
	{ "esp", 0x04, IPPROTO_ESP },
	{ "ipv6-nonxt", 0x02, IPPROTO_NONE },
	{ "protocol", 0x01, 255 },
};

#define BIT_PROTOCOL 0x01

static const struct {
	const char *name;
	uint8_t proto;
} aliases[] = {
	{ "prot", 255 },
	{ "hop", IPPROTO_HOPOPTS },
	{ "dst", IPPROTO_DSTOPTS },
	{ "route", IPPROTO_ROUTING },
	{ "frag", IPPROTO_FRAGMENT },
	{ "auth", IPPROTO_AH },
	{ "none", IPPROTO_NONE },
};

static const struct rule_opt opts[] = {
	{ "header", OPT_HEADER, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "soft", OPT_SOFT, RULE_OPT_ONCE, 0 },
};

static uint8_t
bit_of(uint8_t proto)
{
	for (unsigned i = 0; i < RTE_DIM(headers); i++)
		if (headers[i].proto == proto)
			return headers[i].bit;
	return 0;
}

static int
parse_header(const struct rule_parse *p, const char *name, uint8_t *bits)
{
	const struct protoent *ent;
	unsigned long long n = 256;
	uint8_t bit = 0;

	for (unsigned i = 0; i < RTE_DIM(headers); i++)
		if (strcmp(headers[i].name, name) == 0)
			n = headers[i].proto;
	for (unsigned i = 0; i < RTE_DIM(aliases); i++)
		if (strcmp(aliases[i].name, name) == 0)
			n = aliases[i].proto;
	if (n > UINT8_MAX && !rule_number(name, UINT8_MAX, &n)) {
		ent = getprotobyname(name);
		if (ent == NULL)
			return err_set(p->err, -EINVAL, "unknown header `%s' specified", name);
		n = ent->p_proto;
	}
	bit = bit_of(n);
	if (bit == 0)
		return err_set(p->err, -EINVAL, "unknown header `%llu' specified", n);
	*bits |= bit;
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct ipv6header *h = data;
	char *copy, *save = NULL;
	int rc = 0;

	if (id == OPT_SOFT) {
		h->soft = 1;
		return 0;
	}
	copy = strdup(arg);
	if (copy == NULL)
		abort();
	h->invert = invert;
	for (char *w = strtok_r(copy, ",", &save); rc == 0 && w != NULL;
	     w = strtok_r(NULL, ",", &save))
		rc = parse_header(p, w, &h->headers);
	free(copy);
	if (rc == 0 && h->headers == 0)
		rc = err_set(p->err, -EINVAL, "ip6t_ipv6header: cannot parse header names");
	return rc;
}

/* The headers that are there; false: the chain is cut short. */
static bool
headers_of(const struct rule_packet *rp, uint8_t *have)
{
	uint8_t next = pkt_ip6(rp->m)->ip6_nxt;
	unsigned offset = sizeof(struct ip6_hdr);

	*have = 0;
	while (rule_ext6_is(next) && next != IPPROTO_NONE && offset <= rp->p->len) {
		const uint8_t *h = rule_ext6_bytes(rp, offset, 2);

		if (h == NULL)
			return false;
		*have |= bit_of(next);
		offset += rule_ext6_len(rp, next, offset);
		next = h[0];
	}
	/* Of ESP too two bytes must be there, unless the header before claimed more than there is. */
	if (next == IPPROTO_ESP && offset <= rp->p->len && rule_ext6_bytes(rp, offset, 2) == NULL)
		return false;
	*have |= next == IPPROTO_NONE || next == IPPROTO_ESP ? bit_of(next) : BIT_PROTOCOL;
	return true;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct ipv6header *h = data;
	uint8_t have;

	if (!headers_of(rp, &have))
		return false;
	if (h->soft)
		return h->invert ? !(have & h->headers) : (have & h->headers) == h->headers;
	return (have == h->headers) != h->invert;
}

static void
list(struct str *out, uint8_t bits)
{
	const char *sep = "";

	for (unsigned i = 0; i < RTE_DIM(headers); i++)
		if (bits & headers[i].bit) {
			str_printf(out, "%s%s", sep, headers[i].name);
			sep = ",";
		}
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipv6header *h = data;

	str_printf(out, " ipv6header flags:%s", h->invert ? "!" : "");
	if (w->numeric)
		str_printf(out, "0x%02X", h->headers);
	else
		list(out, h->headers);
	if (h->soft)
		str_add(out, " soft");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipv6header *h = data;

	rule_save_opt(out, h->invert, "--header ");
	list(out, h->headers);
	if (h->soft)
		str_add(out, " --soft");
}

static struct rule_ext_type type = {
	.name = "ipv6header",
	.families = 1u << HOOK_IP6,
	.size = sizeof(struct ipv6header),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_EXT6,
};

RULE_EXT_REGISTER(type)
