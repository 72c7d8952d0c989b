/* SPDX-License-Identifier: BSD-3-Clause */
/* See set_packet.h. */
#include "set_packet.h"

#include <errno.h>
#include <string.h>

#include <rte_sctp.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "pkt.h"
#include "set_ext.h"
#include "set_key.h"

static bool
is_src(const struct set_ref *r, unsigned part)
{
	return r->dirs >> part & 1;
}

static void
read_addr(const struct set_packet *p, bool src, union set_addr *a)
{
	if (pkt_const(p->m)->family == AF_INET) {
		const struct rte_ipv4_hdr *h = pkt_ip4(p->m);

		a->w[0] = src ? h->src_addr : h->dst_addr;
	} else {
		const struct ip6_hdr *h = pkt_ip6(p->m);

		memcpy(a->b, src ? &h->ip6_src : &h->ip6_dst, sizeof(a->b));
	}
}

/* The header that must be there for its ports, or type and code, to be read; 0: the protocol has none. */
static uint32_t
port_header(const struct pkt *q)
{
	switch (q->proto) {
	case IPPROTO_TCP:
		return sizeof(struct rte_tcp_hdr);
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return sizeof(struct rte_udp_hdr);
	case IPPROTO_SCTP:
		return sizeof(struct rte_sctp_hdr);
	case IPPROTO_ICMP: /* in either family */
	case IPPROTO_ICMPV6:
		return 8;
	}
	return 0;
}

/* false: the packet has none, being a later fragment or cut short. */
static bool
read_port(const struct set_packet *p, bool src, struct set_key *k)
{
	const struct pkt *q = pkt_const(p->m);
	bool icmp = q->proto == IPPROTO_ICMP || q->proto == IPPROTO_ICMPV6;
	uint32_t header = port_header(q);

	if (q->family == AF_INET6 &&
	    (q->flags & (PKT_EXT_BAD | PKT_FRAG_LATER) || q->proto == IPPROTO_NONE))
		return false;
	k->proto = q->proto;
	if (header != 0)
		k->port = pkt_host16(src && !icmp ? q->sport : q->dport);
	return pkt_l4_len(p->m) >= header;
}

/* Of bitmap:port: TCP and UDP have ports, others have none. */
static bool
read_bare_port(const struct set_packet *p, bool src, struct set_key *k)
{
	if (!read_port(p, src, k) || (k->proto != IPPROTO_TCP && k->proto != IPPROTO_UDP))
		return false;
	k->proto = 0;
	return true;
}

static bool
read_mac(const struct set_packet *p, bool src, struct set_key *k)
{
	static const uint8_t none[6];
	const struct rte_ether_hdr *eth;

	if (!p->framed)
		return false;
	eth = pkt_eth(p->m);
	memcpy(k->mac, src ? &eth->src_addr : &eth->dst_addr, sizeof(k->mac));
	k->has_mac = memcmp(k->mac, none, sizeof(none)) != 0;
	return k->has_mac;
}

static bool
read_iface(const struct set_packet *p, bool src, struct set_key *k)
{
	memcpy(k->iface, src ? p->in : p->out, sizeof(k->iface));
	return k->iface[0] != '\0';
}

static bool
read_part(const struct set *s, const struct set_packet *p, bool src, unsigned part,
	  struct set_key *k)
{
	switch (s->type->part[part]) {
	case SET_PART_IP:
	case SET_PART_NET:
		read_addr(p, src, &k->ip[part != 0]);
		return true;
	case SET_PART_PORT:
		return s->type->hash ? read_port(p, src, k) : read_bare_port(p, src, k);
	case SET_PART_MAC:
		return read_mac(p, src, k);
	case SET_PART_MARK:
		k->mark = pkt_const(p->m)->mark;
		return true;
	case SET_PART_IFACE:
		return read_iface(p, src, k);
	}
	return true;
}

/* false: the packet can be no element of it. */
static bool
make_key(const struct set *s, const struct set_packet *p, const struct set_ref *r,
	 struct set_key *k)
{
	uint8_t family = pkt_const(p->m)->family, bits = s->addr_words * 32;

	if (r->nb < s->parts || (s->how.family != AF_UNSPEC && s->how.family != family))
		return false;
	memset(k, 0, sizeof(*k));
	k->len[0] = bits;
	k->len[1] = s->addrs == 2 ? bits : 0;
	for (unsigned i = 0; i < s->parts; i++)
		if (!read_part(s, p, is_src(r, i), i, k))
			return false;
	return true;
}

/* The whole key of a set of single IPv4 addresses. */
static inline bool
address_of(const struct set_packet *p, const struct set_ref *r, uint32_t *key)
{
	const struct rte_ipv4_hdr *h = pkt_ip4(p->m);

	if (pkt_const(p->m)->family != AF_INET || r->nb == 0)
		return false;
	*key = is_src(r, 0) ? h->src_addr : h->dst_addr;
	return true;
}

static bool
test_address(const struct set *s, const struct set_packet *p, const struct set_ref *r,
	     struct set_ask *a)
{
	uint32_t key, n;

	if (!address_of(p, r, &key))
		return false;
	n = set_table_find(&s->table, &key, set_table_hash(&s->table, &key));
	return unlikely(n != SET_NONE) && set_look(s, n, NULL, a) > 0;
}

static bool
test_one(struct set *s, const struct set_packet *p, const struct set_ref *r, struct set_ask *a,
	 bool return_nomatch)
{
	struct set_key k;
	int rc;

	if (likely(s->one_address))
		return test_address(s, p, r, a);
	rc = make_key(s, p, r, &k) ? set_test(s, &k, a) : 0;
	return rc > 0 ? !(return_nomatch && s->nets != 0) : rc == -ENOTEMPTY && return_nomatch;
}

/* A list: what its members are asked has no say about their counters. */
static bool
test_list(const struct set *s, const struct set_packet *p, const struct set_ref *r,
	  struct set_ask *a, bool return_nomatch)
{
	const struct set_array *array = __atomic_load_n(&s->list.array, __ATOMIC_ACQUIRE);
	struct set_ask sub = *a;

	sub.flags &= ~SET_ASK_COMPARE;
	if (!(a->flags & SET_ASK_SUBCOUNT))
		sub.flags &= ~SET_ASK_COUNT;
	for (unsigned i = 0; array != NULL && i < array->nb; i++) {
		struct set_member *m = array->member[i];
		struct set *member = set_get(m->number);
		uint64_t expiry = __atomic_load_n(&m->expiry, __ATOMIC_RELAXED);

		if ((expiry != 0 && expiry <= a->now) || member == NULL ||
		    !test_one(member, p, r, &sub, return_nomatch))
			continue;
		if (set_found(s, a, s->how.flags & SET_COUNTERS ? &m->packets : NULL,
			      s->how.flags & SET_SKBINFO ? &m->mark : NULL))
			return true;
	}
	return false;
}

bool
set_packet_test(const struct set_packet *p, const struct set_ref *r, struct set_ask *a,
		bool return_nomatch)
{
	struct set *s = set_get(r->number);

	if (s == NULL)
		return false;
	if (s->type->part[0] == SET_PART_NAME)
		return test_list(s, p, r, a, return_nomatch);
	return test_one(s, p, r, a, return_nomatch);
}

/* The most specific size that is there: of what packets add to sets of networks, and of what is looked for first. */
static void
widen(const struct set *s, struct set_key *k)
{
	for (unsigned i = 0; i < RTE_MIN(s->addrs, 2u) && s->nets != 0; i++) {
		int len = set_longest(s, i);

		if (s->type->part[i == 0 ? 0 : s->last] == SET_PART_NET && len >= 0)
			k->len[i] = len;
	}
}

void
set_packet_fetch(const struct set_packet *p, const struct set_ref *r)
{
	const struct set *s = set_get(r->number);
	struct set_key k;
	uint32_t key;

	if (s == NULL)
		return;
	if (likely(s->one_address)) {
		if (address_of(p, r, &key))
			set_table_prefetch(&s->table, set_table_hash(&s->table, &key));
	} else if (s->type->part[0] != SET_PART_NAME && !(s->has & 1u << SET_PART_IFACE) &&
		   make_key(s, p, r, &k) && set_key_in_range(s, &k)) {
		widen(s, &k);
		set_fetch(s, &k);
	}
}

static bool
stays(const struct set *s)
{
	return !(s->how.flags & (SET_TIMEOUT | SET_COUNTERS)) && !(s->has & 1u << SET_PART_MAC);
}

bool
set_stays(uint16_t number)
{
	const struct set *s = set_get(number), *member;
	const struct set_array *a;

	if (s == NULL || !stays(s))
		return false;
	a = __atomic_load_n(&s->list.array, __ATOMIC_ACQUIRE);
	for (unsigned i = 0; a != NULL && i < a->nb; i++) {
		member = set_get(a->member[i]->number);
		if (member == NULL || !stays(member))
			return false;
	}
	return true;
}

typedef int change_fn(struct set *s, const struct set_key *k, const struct set_ext *x, bool exist,
		      uint64_t now);

static int
change_del(struct set *s, const struct set_key *k, const struct set_ext *x, bool exist,
	   uint64_t now)
{
	return set_del(s, k, now);
}

static int
change_one(struct set *s, const struct set_packet *p, const struct set_ref *r, change_fn *fn,
	   const struct set_ext *x, bool exist, uint64_t now)
{
	struct set_key k;
	int rc;

	if (!make_key(s, p, r, &k) || set_key_is_zero(s, &k))
		return -EINVAL;
	widen(s, &k);
	rc = fn(s, &k, x, exist, now);
	if (rc == -ENOSPC || rc == -ENOMEM)
		__atomic_fetch_add(&s->full, 1, __ATOMIC_RELAXED);
	return rc;
}

/* The first member of a list that takes it. */
static int
change(const struct set_packet *p, const struct set_ref *r, change_fn *fn, const struct set_ext *x,
       bool exist, uint64_t now)
{
	struct set *s = set_get(r->number);
	const struct set_array *array;
	int rc = -EINVAL;

	if (s == NULL)
		return rc;
	if (s->type->part[0] != SET_PART_NAME)
		return change_one(s, p, r, fn, x, exist, now);
	array = __atomic_load_n(&s->list.array, __ATOMIC_ACQUIRE);
	for (unsigned i = 0; rc != 0 && array != NULL && i < array->nb; i++) {
		struct set *member = set_get(array->member[i]->number);
		uint64_t expiry = __atomic_load_n(&array->member[i]->expiry, __ATOMIC_RELAXED);

		if (member != NULL && (expiry == 0 || expiry > now))
			rc = change_one(member, p, r, fn, x, exist, now);
	}
	return rc;
}

int
set_packet_add(const struct set_packet *p, const struct set_ref *r, uint32_t timeout, bool exist,
	       uint64_t now)
{
	struct set_ext x = { .timeout = timeout, .packets = 1, .bytes = pkt_const(p->m)->len };

	return change(p, r, set_add, &x, exist, now);
}

int
set_packet_del(const struct set_packet *p, const struct set_ref *r, uint64_t now)
{
	return change(p, r, change_del, NULL, false, now);
}
