/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j TCPMSS: lowers the largest segment that a TCP SYN announces. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <string.h>

#include "pkt_guard.h"
#include "pkt_rewrite.h"
#include "port.h"
#include "route_key.h"
#include "rule_tcp.h"
#include "rule_value.h"

DROP_REASON(no_mtu, "rule-tcpmss-mtu", "-j TCPMSS: the path's MTU leaves no room for any segment");

#define CLAMP UINT16_MAX

enum { OPT_SET, OPT_CLAMP };

static unsigned
ip_header(bool ip6)
{
	return ip6 ? sizeof(struct ip6_hdr) : sizeof(struct rte_ipv4_hdr);
}

/* The data is a uint16_t: the size, or CLAMP. */
static const struct rule_opt opts[] = {
	{ "set-mss", OPT_SET, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "clamp-mss-to-pmtu", OPT_CLAMP, RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	uint32_t n = CLAMP, max = UINT16_MAX - ip_header(p->family == HOOK_IP6);
	int rc = id == OPT_SET ? rule_value_number(p, arg, 0, max, &n) : 0;

	*(uint16_t *)data = n;
	return rc;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0
			 : err_set(p->err, -EINVAL,
				   "TCPMSS target: At least one parameter is required");
}

/* Packets have a route where there is an MTU to look at. */
static uint32_t
points_of(const void *data)
{
	return *(const uint16_t *)data == CLAMP
		       ? 1u << HOOK_FORWARD | 1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING
		       : ~0u;
}

/* Does the match want the SYN flag? */
static bool
wants_syn(const struct rule_ext *match)
{
	struct rule_test test[RULE_TESTS_MAX];
	int n = match->type->tests != NULL ? match->type->tests(match->data, test) : 0;

	for (int i = 0; i < n; i++)
		if (test[i].field == RULE_FIELD_TCP_FLAGS && !test[i].invert &&
		    test[i].range[0].lo & RTE_TCP_SYN_FLAG)
			return true;
	return false;
}

static int
check(const struct rule_where *w, const void *data)
{
	int rc = rule_ip_must_be(w->ip, IPPROTO_TCP);

	for (unsigned i = 0; rc == 0 && i < w->rule->nb_matches; i++)
		if (wants_syn(&w->rule->match[i]))
			return 0;
	return -EINVAL;
}

/* The longest packet that goes by the next hop. */
static uint32_t
next_hop_mtu(const struct gen *gen, uint32_t id, uint8_t family)
{
	const struct nexthop *nh = nexthop_get(id);
	const struct port *port = port_or_twin(port_table_get(gen), nh->port);

	if ((nh->type != NEXTHOP_UNICAST && nh->type != NEXTHOP_BROADCAST) || port == NULL)
		return UINT32_MAX;
	if (nh->mtu != 0)
		return nh->mtu;
	return family == AF_INET6 ? port->mtu6 : port->mtu;
}

/* The narrower one of the packet's way and of the box's own way to its source. */
static uint32_t
path_mtu(const struct rule_packet *rp)
{
	struct route_key key, back = { .in = ROUTE_IN_SELF };

	route_key_of(&key, rp->m);
	back.dst = key.src;
	return RTE_MIN(
		next_hop_mtu(rp->ctx->gen, rp->p->nh, rp->p->family),
		next_hop_mtu(rp->ctx->gen, route_lookup_key(rp->ctx->gen, &back), rp->p->family));
}

/* Never more than what is announced: who announced it relies on it. */
static void
lower(struct rte_tcp_hdr *h, uint8_t *option, uint16_t mss)
{
	uint16_t was = option[2] << 8 | option[3];

	if (was <= mss)
		return;
	option[2] = mss >> 8;
	option[3] = mss;
	h->cksum = pkt_sum_replace(h->cksum, rte_cpu_to_be_16(was), rte_cpu_to_be_16(mss));
}

/* Four more bytes behind the fixed header: the option, of a SYN that is nothing but its header. */
static verdict_t
insert(struct rte_mbuf *m, struct rte_tcp_hdr *h, unsigned len, uint16_t mss)
{
	uint8_t *options = (uint8_t *)(h + 1);
	uint16_t words[2] = { rte_cpu_to_be_16(RULE_TCP_OPT_MSS << 8 | RULE_TCP_OPT_MSS_LEN),
			      rte_cpu_to_be_16(mss) };
	uint16_t offset = rte_cpu_to_be_16(h->data_off << 8 | h->tcp_flags);

	pkt_unguard(m);
	if (m->nb_segs != 1 || rte_pktmbuf_append(m, sizeof(words)) == NULL)
		return rule_tcp_cut();
	memmove(options + sizeof(words), options, len - sizeof(*h));
	memcpy(options, words, sizeof(words));
	h->data_off += 1 << 4;
	h->cksum = pkt_sum_replace(h->cksum, rte_cpu_to_be_16(len),
				   rte_cpu_to_be_16(len + sizeof(words)));
	h->cksum = pkt_sum_replace(h->cksum, 0, words[0]);
	h->cksum = pkt_sum_replace(h->cksum, 0, words[1]);
	h->cksum = pkt_sum_replace(h->cksum, offset,
				   rte_cpu_to_be_16(h->data_off << 8 | h->tcp_flags));
	pkt_len_set(m, pkt(m)->len + sizeof(words));
	return RULE_VERDICT_CONTINUE;
}

/* Who announces nothing means the default: RFC 9293, 3.7.1 (RFC 8200 for IPv6). */
static uint16_t
default_mss(uint8_t family)
{
	return family == AF_INET ? 536 : 1220;
}

static verdict_t
set_mss(struct rte_mbuf *m, struct rte_tcp_hdr *h, uint16_t mss)
{
	unsigned header = rule_tcp_len(h), len = pkt_l4_len(m);
	uint8_t *bytes = (uint8_t *)h;

	for (unsigned i = sizeof(*h); i + RULE_TCP_OPT_MSS_LEN <= header;
	     i += rule_tcp_option_len(bytes, i, header))
		if (bytes[i] == RULE_TCP_OPT_MSS && bytes[i + 1] == RULE_TCP_OPT_MSS_LEN) {
			lower(h, bytes + i, mss);
			return RULE_VERDICT_CONTINUE;
		}
	/* With data behind it, it might become too long; and the offset has four bits. */
	if (len > header || header > (15 - 1) * 4)
		return RULE_VERDICT_CONTINUE;
	return insert(m, h, len, RTE_MIN(mss, default_mss(pkt(m)->family)));
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	unsigned headers = ip_header(rp->p->family == AF_INET6) + sizeof(struct rte_tcp_hdr);
	uint32_t mss = *(const uint16_t *)data, mtu;
	struct rte_tcp_hdr *h;

	if (rp->p->flags & PKT_FRAG_LATER)
		return RULE_VERDICT_CONTINUE;
	h = rule_tcp_header(rp, sizeof(*h));
	if (h == NULL || rule_tcp_len(h) < sizeof(*h) ||
	    rule_tcp_header(rp, rule_tcp_len(h)) == NULL)
		return rule_tcp_cut();
	if (mss == CLAMP) {
		mtu = path_mtu(rp);
		if (mtu <= headers)
			return VERDICT_DROP_FOR(DROP(no_mtu));
		mss = mtu - headers;
	}
	return set_mss(rp->m, h, mss);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	uint16_t mss = *(const uint16_t *)data;

	if (mss == CLAMP)
		str_add(out, " TCPMSS clamp to PMTU");
	else
		str_printf(out, " TCPMSS set %u", mss);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	uint16_t mss = *(const uint16_t *)data;

	if (mss == CLAMP)
		str_add(out, " --clamp-mss-to-pmtu");
	else
		str_printf(out, " --set-mss %u", mss);
}

static uint32_t
deps_of(const void *data)
{
	return *(const uint16_t *)data == CLAMP ? RULE_DEP_ROUTE : 0;
}

static struct rule_ext_type type = {
	.name = "TCPMSS",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(uint16_t),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.points_of = points_of,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TCP_OPTIONS | RULE_DEP_WRITER,
	.deps_of = deps_of,
};

RULE_EXT_REGISTER(type)
