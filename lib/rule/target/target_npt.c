/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j SNPT, -j DNPT: prefixes of IPv6 sources or destinations are replaced by others, packet by packet, so that no checksum
 * changes (RFC 6296): a word behind the prefix makes good for it. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/icmp6.h>
#include <stddef.h>
#include <string.h>

#include "hook_emit.h"
#include "rule_host.h"

DROP_REASON(word, "rule-npt-address",
	    "-j SNPT, DNPT: all that follows the prefix is ones, nothing can keep the checksum");

enum { FROM, TO };

/* Words in the order of the packet. */
struct npt {
	union rule_addr prefix[2];
	uint16_t growth; /* of the word that makes good for the prefix */
	uint8_t len[2];
};

static const struct rule_opt opts[] = {
	{ "src-pfx", FROM, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "dst-pfx", TO, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct npt *n = data;
	struct rule_host host;
	int rc = rule_host_parse(p, arg, &host);

	if (rc == 0) {
		n->prefix[id] = host.addr;
		n->len[id] = host.len;
	}
	return rc;
}

static uint16_t
fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct npt *n = data;
	uint32_t sum = 0;

	for (unsigned i = 0; i < 8; i++) {
		uint16_t from, to;

		memcpy(&from, &n->prefix[FROM].v6[2 * i], 2);
		memcpy(&to, &n->prefix[TO].v6[2 * i], 2);
		sum += from + (uint16_t)~to;
	}
	n->growth = fold(sum);
	return 0;
}

/* Prefixes without host bits, within the half of the address that they may take. */
static int
check(const struct rule_where *w, const void *data)
{
	const struct npt *n = data;

	for (unsigned i = FROM; i <= TO; i++) {
		union rule_addr mask = rule_host_mask(n->len[i]);

		if (n->len[i] > 64 || (n->prefix[i].q[0] & ~mask.q[0]) != 0 ||
		    n->prefix[i].q[1] != 0)
			return -EINVAL;
	}
	return 0;
}

/* The word that makes good; 8: there is none. With prefixes of up to 48 bits it is the subnet's number. */
static unsigned
word_of(const union rule_addr *a, unsigned len)
{
	unsigned i = 4;

	if (len <= 48)
		return 3;
	while (i < 8 && a->v6[2 * i] == 0xff && a->v6[2 * i + 1] == 0xff)
		i++;
	return i;
}

/* false: it has the new prefix, but the checksum is no longer right. */
static bool
map(const struct npt *n, void *addr)
{
	unsigned len = RTE_MAX(n->len[FROM], n->len[TO]), i;
	union rule_addr a, mask = rule_host_mask(len);
	uint16_t word;

	memcpy(&a, addr, sizeof(a));
	a.q[0] = (a.q[0] & ~mask.q[0]) | n->prefix[TO].q[0];
	i = word_of(&a, len);
	if (i < 8) {
		memcpy(&word, &a.v6[2 * i], 2);
		word = fold(word + n->growth);
		word = word != 0xffff ? word : 0;
		memcpy(&a.v6[2 * i], &word, 2);
	}
	memcpy(addr, &a, sizeof(a));
	return i < 8;
}

/*
 * The header that an ICMPv6 error quotes, which is that of a packet the other way. NULL: there is none, or extension
 * headers stand before the error.
 */
static struct ip6_hdr *
quoted(const struct rule_packet *rp)
{
	struct ip6_hdr *h = pkt_ip6(rp->m);
	const uint8_t *icmp = (const uint8_t *)(h + 1);

	if (h->ip6_nxt != IPPROTO_ICMPV6 || rp->p->len < 2 * sizeof(*h) + 8 ||
	    rp->m->data_len < rp->p->l3 + 2 * sizeof(*h) + 8 || icmp[0] < ICMP6_DST_UNREACH ||
	    icmp[0] > ICMP6_PARAM_PROB)
		return NULL;
	return (struct ip6_hdr *)(uintptr_t)(icmp + 8);
}

static bool
has_prefix(const struct npt *n, const void *addr)
{
	union rule_addr a, mask = rule_host_mask(n->len[FROM]);

	memcpy(&a, addr, sizeof(a));
	return (a.q[0] & mask.q[0]) == n->prefix[FROM].q[0];
}

static verdict_t
eval(struct rule_packet *rp, const struct npt *n, bool source)
{
	struct ip6_hdr *h = pkt_ip6(rp->m), *inner = quoted(rp);
	struct in6_addr *addr = source ? &h->ip6_src : &h->ip6_dst;

	if (!map(n, addr)) {
		hook_emit.icmp_error(rp->ctx, rp->m, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER,
				     (char *)addr - (char *)h);
		return VERDICT_DROP_FOR(DROP(word));
	}
	if (inner != NULL) {
		addr = source ? &inner->ip6_dst : &inner->ip6_src;
		if (has_prefix(n, addr))
			map(n, addr);
	}
	return RULE_VERDICT_CONTINUE;
}

static verdict_t
snpt_eval(struct rule_packet *rp, const void *data)
{
	return eval(rp, data, true);
}

static verdict_t
dnpt_eval(struct rule_packet *rp, const void *data)
{
	return eval(rp, data, false);
}

static void
text(struct str *out, const char *dashes, const struct npt *n)
{
	for (unsigned i = FROM; i <= TO; i++) {
		struct rule_host host = { n->prefix[i], n->len[i] };

		str_printf(out, " %s%s ", dashes, opts[i].name);
		rule_host_print(out, HOOK_IP6, &host);
	}
}

static void
snpt_print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " SNPT");
	text(out, "", data);
}

static void
dnpt_print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " DNPT");
	text(out, "", data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, "--", data);
}

#define NPT_TYPE(name_, points_, eval_, print_)                                                 \
	{                                                                                       \
		.name = (name_), .target = true, .table = "mangle", .families = 1u << HOOK_IP6, \
		.points = (points_), .size = sizeof(struct npt), .opts = opts,                  \
		.nb_opts = RTE_DIM(opts), .parse = parse, .final = final, .check = check,       \
		.eval = (eval_), .print = (print_), .save = save,                               \
		.deps = RULE_DEP_WRITER | RULE_DEP_EFFECT,                                      \
	}

static struct rule_ext_type snpt =
	NPT_TYPE("SNPT", 1u << HOOK_POSTROUTING | 1u << HOOK_INPUT, snpt_eval, snpt_print);
static struct rule_ext_type dnpt =
	NPT_TYPE("DNPT", 1u << HOOK_PREROUTING | 1u << HOOK_OUTPUT, dnpt_eval, dnpt_print);

RULE_EXT_REGISTER(snpt)
RULE_EXT_REGISTER(dnpt)
