/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m iprange --src-range A[-B], --dst-range A[-B]. See rule_ext.h for who calls what.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rule_spec.h"
#include "rule_value.h"

enum { SRC, DST };

struct iprange {
	struct {
		union rule_addr lo, hi; /* network byte order: memcmp() compares */
		uint8_t used, invert;
	} end[2];
};

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "src-range", SRC, OPT_FLAGS, 0 },
	{ "dst-range", DST, OPT_FLAGS, 0 },
};

static size_t
addr_bytes(uint8_t family)
{
	return family == HOOK_IP4 ? 4 : 16;
}

static int
parse_addr(const struct rule_parse *p, const char *text, union rule_addr *out)
{
	if (rule_addr_parse(p->family, text, out))
		return 0;
	return err_set(p->err, -EINVAL, "iprange: Bad value for \"--%s\" option: \"%s\"", p->opt,
		       text);
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct iprange *r = data;
	const char *dash = strchr(arg, '-');
	char first[INET6_ADDRSTRLEN];
	int rc;

	r->end[id].used = 1;
	r->end[id].invert = invert;
	snprintf(first, sizeof(first), "%.*s", dash != NULL ? (int)(dash - arg) : (int)strlen(arg),
		 arg);
	rc = parse_addr(p, first, &r->end[id].lo);
	r->end[id].hi = r->end[id].lo;
	if (rc == 0 && dash != NULL)
		rc = parse_addr(p, dash + 1, &r->end[id].hi);
	if (rc == 0 && memcmp(&r->end[id].lo, &r->end[id].hi, addr_bytes(p->family)) > 0)
		str_printf(p->warn, "xt_iprange: range %s is reversed and will never match\n", arg);
	return rc;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0
			 : err_set(p->err, -EINVAL,
				   "iprange match: You must specify `--src-range' or "
				   "`--dst-range'");
}

static inline bool
in_range(const struct iprange *r, unsigned end, const void *addr, size_t bytes)
{
	if (!r->end[end].used)
		return true;
	return (memcmp(addr, &r->end[end].lo, bytes) >= 0 &&
		memcmp(addr, &r->end[end].hi, bytes) <= 0) != r->end[end].invert;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	if (rp->p->family == AF_INET) {
		const struct rte_ipv4_hdr *h = pkt_ip4(rp->m);

		return in_range(data, SRC, &h->src_addr, 4) && in_range(data, DST, &h->dst_addr, 4);
	}
	const struct ip6_hdr *h = pkt_ip6(rp->m);

	return in_range(data, SRC, &h->ip6_src, 16) && in_range(data, DST, &h->ip6_dst, 16);
}

static void
range(struct str *out, const struct rule_where *w, const struct iprange *r, unsigned end)
{
	int af = w->family == HOOK_IP4 ? AF_INET : AF_INET6;
	char text[INET6_ADDRSTRLEN];

	str_printf(out, " %s", inet_ntop(af, &r->end[end].lo, text, sizeof(text)));
	str_printf(out, "-%s", inet_ntop(af, &r->end[end].hi, text, sizeof(text)));
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	static const char *const names[] = { "source", "destination" };
	const struct iprange *r = data;

	for (unsigned i = 0; i < 2; i++)
		if (r->end[i].used) {
			str_printf(out, " %s IP range%s", names[i], r->end[i].invert ? " !" : "");
			range(out, w, r, i);
		}
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct iprange *r = data;

	for (unsigned i = 0; i < 2; i++)
		if (r->end[i].used) {
			rule_save_opt(out, r->end[i].invert,
				      i == SRC ? "--src-range" : "--dst-range");
			range(out, w, r, i);
		}
}

static struct rule_ext_type type = {
	.name = "iprange",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct iprange),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE,
};

RULE_EXT_REGISTER(type)
