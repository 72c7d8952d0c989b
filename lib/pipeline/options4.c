/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading the options of a received packet. As in Linux, what is filled in before an error is found
 * stays filled in, and the header's checksum is made anew only when the packet is forwarded: errors
 * quote the packet in between.
 */
#include <limits.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include "base_clock.h"
#include "base_ifparam.h"
#include "options4.h"
#include "route_key.h"
#include "source4.h"

DROP_REASON(malformed, "ip4-bad-options", "IPv4 options malformed");
DROP_REASON(source_route, "ip4-source-route", "source routed, and accept_source_route is off");

IFPARAM_INT(accept_source_route, IFPARAM_CONF4, "accept_source_route", IFPARAM_AND, 0, 1, INT_MIN,
	    INT_MAX, "follow source routes of packets (LSRR, SSRR); conf.all must be set too")

/* One packet's options while they are read. */
struct reader {
	struct walk *w;
	struct rte_mbuf *m;
	uint8_t *ip; /* the header */
	struct options4 found;
	bool cipso;
};

void
options4_find(const struct rte_ipv4_hdr *ip, unsigned upto, struct options4 *o)
{
	const uint8_t *h = (const uint8_t *)ip;
	unsigned end = (ip->version_ihl & 15) * 4u;

	*o = (struct options4){ 0 };
	for (unsigned at = sizeof(*ip); at < RTE_MIN(upto, end) && h[at] != IPOPT_EOL;) {
		if (h[at] == IPOPT_NOP) {
			at++;
			continue;
		}
		if (at + 1 >= end || h[at + 1] < 2 || at + h[at + 1] > end)
			return;
		if (h[at] == OPTIONS4_CIPSO)
			o->cipso = at;
		else if (at + h[at + 1] > upto)
			return;
		else if (h[at] == IPOPT_RR)
			o->rr = at;
		else if (h[at] == IPOPT_TS)
			o->ts = at;
		else if (h[at] == IPOPT_LSRR || h[at] == IPOPT_SSRR)
			o->srr = at;
		at += h[at + 1];
	}
}

uint32_t
options4_address_towards(const struct gen *gen, uint16_t port, uint32_t peer)
{
	struct route_key k = { .dst = ip_addr_v4(peer), .in = ROUTE_IN_SELF };
	const struct nexthop *nh = nexthop_get(route_lookup_key(gen, &k));

	if (nh->type == NEXTHOP_LOCAL)
		return peer;
	if (nh->type == NEXTHOP_UNICAST) {
		if (nh->src.family != AF_UNSPEC)
			return nh->src.v4;
		return addr_select(gen, nh->port, nh->gw.family != AF_UNSPEC ? &nh->gw : &k.dst).v4;
	}
	return addr_select(gen, port, &k.dst).v4;
}

/* Ours, as the sender sees us: what it was sent to if that is ours alone. */
static uint32_t
own_address(const struct reader *r)
{
	const struct pkt *p = pkt(r->m);
	const struct rte_ipv4_hdr *ip = pkt_ip4(r->m);

	if (nexthop_get(p->nh)->type == NEXTHOP_LOCAL && !(p->flags & PKT_L3_MULTI))
		return ip->dst_addr;
	return options4_address_towards(r->w->ctx.gen, p->in, ip->src_addr);
}

static void
put_address(const struct reader *r, uint8_t *at)
{
	uint32_t a = own_address(r);

	memcpy(at, &a, 4);
	pkt(r->m)->options |= OPTIONS4_CHANGED;
}

static void
put_time(const struct reader *r, uint8_t *at)
{
	uint32_t ms = rte_cpu_to_be_32(clock_midnight_ms());

	memcpy(at, &ms, 4);
	pkt(r->m)->options |= OPTIONS4_CHANGED;
}

/*
 * The readers of one option. o: its first byte, len: its length, in the header. They return NULL, or
 * the byte that is wrong.
 */
static uint8_t *
read_route(struct reader *r, uint8_t *o, unsigned len)
{
	if (len < 3)
		return o + 1;
	if (o[2] < 4)
		return o + 2;
	if (r->found.srr != 0)
		return o;
	r->found.srr = o - r->ip;
	if (o[0] == IPOPT_SSRR)
		pkt(r->m)->options |= OPTIONS4_STRICT;
	return NULL;
}

static uint8_t *
read_record(struct reader *r, uint8_t *o, unsigned len)
{
	if (r->found.rr != 0)
		return o;
	if (len < 3)
		return o + 1;
	if (o[2] < 4)
		return o + 2;
	if (o[2] <= len) {
		if (o[2] + 3u > len)
			return o + 2;
		put_address(r, o + o[2] - 1);
		o[2] += 4;
		pkt(r->m)->options |= OPTIONS4_RR;
	}
	r->found.rr = o - r->ip;
	return NULL;
}

/* There is room: the stamp is of one of the three kinds, or of none and left alone. */
static uint8_t *
stamp(struct reader *r, uint8_t *o, unsigned len)
{
	uint8_t *at = o + o[2] - 1;
	struct ip_addr a;

	if (o[2] + 3u > len)
		return o + 2;
	switch (o[3] & 0xf) {
	case IPOPT_TS_TSONLY:
		put_time(r, at);
		o[2] += 4;
		break;
	case IPOPT_TS_TSANDADDR:
		if (o[2] + 7u > len)
			return o + 2;
		put_address(r, at);
		put_time(r, at + 4);
		pkt(r->m)->options |= OPTIONS4_TS_ADDR;
		o[2] += 8;
		break;
	case IPOPT_TS_PRESPEC:
		if (o[2] + 7u > len)
			return o + 2;
		memcpy(&a.v4, at, 4);
		if (!source4_special(&r->w->ctx, a.v4))
			return NULL;
		put_time(r, at + 4);
		o[2] += 8;
		break;
	default:
		return NULL;
	}
	pkt(r->m)->options |= OPTIONS4_TS_TIME;
	return NULL;
}

static uint8_t *
read_stamps(struct reader *r, uint8_t *o, unsigned len)
{
	uint8_t *bad = NULL;

	if (r->found.ts != 0)
		return o;
	if (len < 4)
		return o + 1;
	if (o[2] < 5)
		return o + 2;
	if (o[2] <= len) {
		bad = stamp(r, o, len);
	} else if ((o[3] & 0xf) != IPOPT_TS_PRESPEC) {
		/* Full: those who found it so are counted, up to 15. */
		if (o[3] >> 4 == 15)
			return o + 3;
		o[3] += 0x10;
		pkt(r->m)->options |= OPTIONS4_CHANGED;
	}
	r->found.ts = o - r->ip;
	return bad;
}

/* A security label: of which domain, nobody here knows. */
static uint8_t *
read_label(uint8_t *o, unsigned len)
{
	return len < 8 ? o + 1 : o + 2;
}

static uint8_t *
read_one(struct reader *r, uint8_t *o, unsigned len)
{
	switch (*o) {
	case IPOPT_LSRR:
	case IPOPT_SSRR:
		return read_route(r, o, len);
	case IPOPT_RR:
		return read_record(r, o, len);
	case IPOPT_TS:
		return read_stamps(r, o, len);
	case IPOPT_RA:
		return len < 4 ? o + 1 : NULL;
	case OPTIONS4_CIPSO:
		if (r->cipso)
			return o;
		r->cipso = true;
		return read_label(o, len);
	default:
		return NULL;
	}
}

/* What stands behind the end is blotted out. */
static void
clear_rest(struct reader *r, uint8_t *o, const uint8_t *end)
{
	for (; o < end; o++) {
		if (*o == IPOPT_EOL)
			continue;
		*o = IPOPT_EOL;
		pkt(r->m)->options |= OPTIONS4_CHANGED;
	}
}

/* NULL, or the byte that is wrong. */
static uint8_t *
read_all(struct reader *r)
{
	uint8_t *end = r->ip + (*r->ip & 15) * 4, *bad;

	for (uint8_t *o = r->ip + sizeof(struct rte_ipv4_hdr); o < end;) {
		if (*o == IPOPT_EOL) {
			clear_rest(r, o, end);
			break;
		}
		if (*o == IPOPT_NOP) {
			o++;
			continue;
		}
		if (end - o < 2 || o[1] < 2 || o[1] > end - o)
			return o;
		bad = read_one(r, o, o[1]);
		if (bad != NULL)
			return bad;
		o += o[1];
	}
	return NULL;
}

bool
options4_receive(struct walk *w, struct rte_mbuf *m)
{
	struct reader r = { .w = w, .m = m, .ip = (uint8_t *)pkt_ip4(m) };
	uint8_t *bad = read_all(&r);

	if (bad != NULL) {
		if (nexthop_get(pkt(m)->nh)->type != NEXTHOP_BROADCAST)
			icmp_error(&w->ctx, m, ICMP_PARAMETERPROB, 0, (uint32_t)(bad - r.ip) << 24);
		walk_drop(w, DROP(malformed), m);
		return false;
	}
	if (r.found.srr == 0)
		return true;
	pkt(m)->options |= OPTIONS4_SRR;
	if (!ifparam_get(&accept_source_route, pkt(m)->in)) {
		walk_drop(w, DROP(source_route), m);
		return false;
	}
	return options4_source_route(w, m, r.found.srr);
}
