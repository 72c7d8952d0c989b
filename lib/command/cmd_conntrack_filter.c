/* SPDX-License-Identifier: BSD-3-Clause */
/* Which connections a command line of `conntrack` means. */
#include <netinet/in.h>

#include "cmd_conntrack_proto.h"

static bool
addr_matches(const struct ip_addr *want, const struct ip_addr *mask, const struct ct_tuple *t,
	     bool dst)
{
	struct ip_addr a = conntrack_addr(t, dst);

	if (want->family == AF_UNSPEC)
		return true;
	if (want->family != a.family)
		return false;
	for (unsigned i = 0; i < (a.family == AF_INET ? 1 : RTE_DIM(a.w)); i++) {
		uint32_t bits = mask != NULL && mask->family != AF_UNSPEC ? mask->w[i] : UINT32_MAX;

		if ((a.w[i] ^ want->w[i]) & bits)
			return false;
	}
	return true;
}

static bool
addrs_match(const struct conntrack *k, const struct ct_snapshot *s)
{
	return addr_matches(&k->addr[CT_ORIGINAL][0], &k->mask[0], &s->tuple[CT_ORIGINAL], false) &&
	       addr_matches(&k->addr[CT_ORIGINAL][1], &k->mask[1], &s->tuple[CT_ORIGINAL], true) &&
	       addr_matches(&k->addr[CT_REPLY][0], NULL, &s->tuple[CT_REPLY], false) &&
	       addr_matches(&k->addr[CT_REPLY][1], NULL, &s->tuple[CT_REPLY], true);
}

static bool
field_is(const struct conntrack *k, enum conntrack_field f, uint32_t value)
{
	return !conntrack_has_field(k, f) || k->field[f] == value;
}

/* A new state, as -U has it, chooses nothing. */
static bool
fields_match(const struct conntrack *k, const struct ct_snapshot *s)
{
	const struct ct_tuple *o = &s->tuple[CT_ORIGINAL], *r = &s->tuple[CT_REPLY];

	if (k->fields == 0)
		return true;
	return field_is(k, CONNTRACK_SPORT, ntohs(o->sport)) &&
	       field_is(k, CONNTRACK_DPORT, ntohs(o->dport)) &&
	       field_is(k, CONNTRACK_REPLY_SPORT, ntohs(r->sport)) &&
	       field_is(k, CONNTRACK_REPLY_DPORT, ntohs(r->dport)) &&
	       field_is(k, CONNTRACK_ICMP_TYPE, ntohs(o->dport) >> 8) &&
	       field_is(k, CONNTRACK_ICMP_CODE, ntohs(o->dport) & 0xff) &&
	       field_is(k, CONNTRACK_ICMP_ID, ntohs(o->sport)) &&
	       (k->verb == CONNTRACK_UPDATE || field_is(k, CONNTRACK_STATE, s->state_number));
}

static uint16_t
zone_of(const struct ct_snapshot *s, unsigned dirs)
{
	if (conntrack_zone_dirs(s) != dirs)
		return 0;
	return s->tuple[dirs == CT_ZONE_REPLY ? CT_REPLY : CT_ORIGINAL].zone;
}

static bool
zones_match(const struct conntrack *k, const struct ct_snapshot *s)
{
	if (conntrack_has(k, CONNTRACK_ZONE) && zone_of(s, CT_ZONE_ORIG | CT_ZONE_REPLY) != k->zone)
		return false;
	if (conntrack_has(k, CONNTRACK_ORIG_ZONE) &&
	    zone_of(s, CT_ZONE_ORIG) != k->dir_zone[CT_ORIGINAL])
		return false;
	return !conntrack_has(k, CONNTRACK_REPLY_ZONE) ||
	       zone_of(s, CT_ZONE_REPLY) == k->dir_zone[CT_REPLY];
}

unsigned
conntrack_translated(const struct ct_snapshot *s)
{
	const struct ct_tuple *o = &s->tuple[CT_ORIGINAL], *r = &s->tuple[CT_REPLY];
	unsigned is = 0;

	if (s->status & CT_SRC_NAT_DONE) {
		is |= memcmp(&r->dst, &o->src, sizeof(o->src)) != 0 ? CONNTRACK_IS_SNAT : 0;
		is |= r->dport != o->sport ? CONNTRACK_IS_SPAT : 0;
	}
	if (s->status & CT_DST_NAT_DONE) {
		is |= memcmp(&r->src, &o->dst, sizeof(o->dst)) != 0 ? CONNTRACK_IS_DNAT : 0;
		is |= r->sport != o->dport ? CONNTRACK_IS_DPAT : 0;
	}
	return is;
}

/* The source's translation is where replies go to, the destination's where they come from. */
static bool
nat_matches(const struct conntrack_nat *nat, const struct ct_snapshot *s, bool src)
{
	const struct ct_tuple *r = &s->tuple[CT_REPLY];
	unsigned is = conntrack_translated(s);
	bool addr = is & (src ? CONNTRACK_IS_SNAT : CONNTRACK_IS_DNAT);
	bool port = is & (src ? CONNTRACK_IS_SPAT : CONNTRACK_IS_DPAT);

	if (nat->addr.family == AF_UNSPEC)
		return addr || port;
	if (!addr || !addr_matches(&nat->addr, NULL, r, src))
		return false;
	return nat->port == 0 || (port && nat->port == (src ? r->dport : r->sport));
}

static bool
nats_match(const struct conntrack *k, const struct ct_snapshot *s)
{
	if (conntrack_has(k, CONNTRACK_ANY_NAT))
		return nat_matches(&k->any_nat, s, true) || nat_matches(&k->any_nat, s, false);
	return (!conntrack_has(k, CONNTRACK_SRC_NAT) || nat_matches(&k->src_nat, s, true)) &&
	       (!conntrack_has(k, CONNTRACK_DST_NAT) || nat_matches(&k->dst_nat, s, false));
}

/* What -U sets instead of choosing by it. */
static bool
values_match(const struct conntrack *k, const struct ct_snapshot *s)
{
	if (k->verb == CONNTRACK_UPDATE)
		return true;
	if (conntrack_has(k, CONNTRACK_TIMEOUT) && s->timeout != k->timeout)
		return false;
	if (conntrack_has(k, CONNTRACK_STATUS) &&
	    (k->status == 0 || (s->status & k->status) != k->status))
		return false;
	return !conntrack_has(k, CONNTRACK_MARK) || (s->mark & k->mark_mask) == k->mark;
}

bool
conntrack_match(const struct conntrack *k, const struct ct_snapshot *s)
{
	if (k->family != AF_UNSPEC && k->family != s->tuple[CT_ORIGINAL].family)
		return false;
	if (conntrack_has(k, CONNTRACK_PROTO) && k->proto != s->tuple[CT_ORIGINAL].proto)
		return false;
	if (conntrack_has(k, CONNTRACK_ID) && k->id != s->id)
		return false;
	for (unsigned i = 0; i < RTE_DIM(k->label); i++)
		if (k->label[i] & ~s->labels[i])
			return false;
	return addrs_match(k, s) && fields_match(k, s) && values_match(k, s) && zones_match(k, s) &&
	       nats_match(k, s);
}
