/* SPDX-License-Identifier: BSD-3-Clause */
/* `conntrack -I` and -A. */
#include <errno.h>
#include <netinet/in.h>

#include "base_clock.h"
#include "base_rcu.h"
#include "cmd_conntrack_proto.h"
#include "ct_event.h"
#include "ct_hooks.h"
#include "ct_limit.h"
#include "ct_proto.h"
#include "ct_stat.h"
#include "ct_table.h"
#include "nat.h"

#define FLOW_EVENTS                                                                 \
	(1u << CT_EVENT_REPLY | 1u << CT_EVENT_ASSURED | 1u << CT_EVENT_PROTOINFO | \
	 1u << CT_EVENT_HELPER | 1u << CT_EVENT_MARK)

/* Of ICMP only the question's type is named, the answer's follows from it; its addresses have to fit. */
static bool
name_answer(struct ct_tuple t[CT_DIRS])
{
	struct ct_tuple answer;

	if (!ct_invert(&answer, &t[CT_ORIGINAL]) ||
	    memcmp(&answer.src, &t[CT_REPLY].src, sizeof(answer.src)) != 0 ||
	    memcmp(&answer.dst, &t[CT_REPLY].dst, sizeof(answer.dst)) != 0)
		return false;
	t[CT_REPLY] = answer;
	return true;
}

/* Is anything said of that direction? Ports alone are not enough. */
static bool
is_named(const struct conntrack *k, enum ct_dir dir)
{
	return k->addr[dir][0].family != AF_UNSPEC || k->addr[dir][1].family != AF_UNSPEC;
}

/* Both tuples; one that is not named is the other one's answer. An address that is missing is 0. */
static bool
name_tuples(const struct conntrack *k, struct ct_tuple t[CT_DIRS])
{
	uint32_t ports = 1u << CONNTRACK_SPORT | 1u << CONNTRACK_DPORT,
		 answer = 1u << CONNTRACK_REPLY_SPORT | 1u << CONNTRACK_REPLY_DPORT;
	bool orig = is_named(k, CT_ORIGINAL), reply = is_named(k, CT_REPLY);

	for (unsigned d = 0; d < CT_DIRS; d++)
		if (!conntrack_tuple_part(k, d, &t[d]))
			return false;
	if (!orig && k->fields & ports) {
		t[CT_REPLY].sport = htons(k->field[CONNTRACK_DPORT]);
		t[CT_REPLY].dport = htons(k->field[CONNTRACK_SPORT]);
	}
	if (!orig)
		return ct_invert(&t[CT_ORIGINAL], &t[CT_REPLY]);
	if (!reply)
		return ct_invert(&t[CT_REPLY], &t[CT_ORIGINAL]);
	if (k->proto == IPPROTO_ICMP || k->proto == IPPROTO_ICMPV6)
		return name_answer(t);
	/* Addresses of both, ports of one. */
	return k->ops == NULL || k->fields & answer;
}

static bool
set_zones(const struct conntrack *k, struct ct *ct, struct ct_tuple t[CT_DIRS])
{
	bool orig = conntrack_has(k, CONNTRACK_ORIG_ZONE),
	     reply = conntrack_has(k, CONNTRACK_REPLY_ZONE);

	ct->zone_dirs = orig ? CT_ZONE_ORIG : reply ? CT_ZONE_REPLY : CT_ZONE_ORIG | CT_ZONE_REPLY;
	for (unsigned d = 0; d < CT_DIRS; d++)
		t[d].zone = orig || reply ? 0 : k->zone;
	if (orig)
		t[CT_ORIGINAL].zone = k->dir_zone[CT_ORIGINAL];
	if (reply)
		t[CT_REPLY].zone = k->dir_zone[CT_REPLY];
	return !(orig && reply);
}

static void
set_proto(const struct conntrack *k, struct ct *ct)
{
	ct->state = k->field[CONNTRACK_STATE];
	if (ct->proto == IPPROTO_SCTP) {
		/* conntrack 1.4.7 neither reads nor prints it in the host's byte order. */
		ct->sctp.vtag[CT_ORIGINAL] = k->field[CONNTRACK_ORIG_VTAG];
		ct->sctp.vtag[CT_REPLY] = k->field[CONNTRACK_REPLY_VTAG];
	} else if (ct->proto == IPPROTO_DCCP) {
		ct->dccp.role[CT_ORIGINAL] = k->field[CONNTRACK_ROLE];
		ct->dccp.role[CT_REPLY] = !k->field[CONNTRACK_ROLE];
	} else if (ct->proto == IPPROTO_UDP || ct->proto == IPPROTO_UDPLITE) {
		ct->udp.stream_from = ct_time(clock_ms());
	}
}

/* 0 or -ENOMEM */
static int
set_labels(const struct conntrack *k, struct ct *ct)
{
	struct ct_ext *x;

	if ((k->label_add[0] | k->label_add[1]) == 0)
		return 0;
	x = ct_ext_get(ct, LANE_MAX);
	if (x == NULL)
		return -ENOMEM;
	memcpy(x->labels, k->label_add, sizeof(x->labels));
	x->has |= CT_HAS_LABELS;
	return 0;
}

static void
translate_end(const struct conntrack_nat *nat, struct ct *ct, enum nat_manip manip)
{
	struct hook_ctx ctx = { .gen = gen_current(), .now = clock_ms(), .lane = LANE_MAX };
	struct nat_range r = { .flags = NAT_MAP_IPS };

	if (nat->addr.family == AF_UNSPEC) {
		nat_setup_null(&ctx, ct, manip);
		return;
	}
	conntrack_addr_set(&r.min_addr, &nat->addr);
	r.max_addr = r.min_addr;
	/* The tool sends a port for these alone. */
	if (nat->port != 0 && (ct->proto == IPPROTO_TCP || ct->proto == IPPROTO_UDP)) {
		r.flags |= NAT_PROTO_SPECIFIED;
		r.min_port = r.max_port = ntohs(nat->port);
	}
	nat_setup(&ctx, ct, &r, manip);
}

/* -n and -g, as packets would be translated. What comes without a value is none. */
static void
translate(const struct conntrack *k, struct ct *ct)
{
	if (k->src_nat.addr.family == AF_UNSPEC && k->dst_nat.addr.family == AF_UNSPEC)
		return;
	rcu_reader_begin();
	translate_end(&k->dst_nat, ct, NAT_DST);
	translate_end(&k->src_nat, ct, NAT_SRC);
	rcu_reader_end();
}

/* A new entry; NULL: there is no room. */
static struct ct *
new_entry(const struct conntrack *k)
{
	struct ct *ct = NULL;

	if (ct_limit_room(LANE_MAX, k->family, 0, ct_time(clock_ms())))
		ct = ct_alloc(LANE_MAX, k->family);
	if (ct == NULL)
		return NULL;
	ct->proto = k->proto;
	ct->status = k->status;
	ct->mark = k->mark;
	ct->expires = ct_seconds(conntrack_timeout(k));
	set_proto(k, ct);
	ct_ext_begin(ct, LANE_MAX);
	return ct;
}

static void
tell_new(struct ct *ct)
{
	unsigned events = FLOW_EVENTS | 1u << CT_EVENT_NEW;

	if (ct->ext != NULL && ct->ext->has & CT_HAS_LABELS)
		events |= 1u << CT_EVENT_LABEL;
	CT_STAT_INC(LANE_MAX, insert);
	ct_event(LANE_MAX, ct, events);
}

/* 0 or -errno; a new entry of a table that may not be there yet. */
static int
make(const struct conntrack *k, struct ct_tuple t[CT_DIRS])
{
	enum hook_family family = k->family == AF_INET ? HOOK_IP4 : HOOK_IP6;
	struct ct *ct, *other;
	struct err e;
	int rc;

	if (ct_prepare(family, &e) != 0 || nat_prepare(family, &e) != 0)
		return -ENOMEM;
	ct = new_entry(k);
	if (ct == NULL)
		return -ENOMEM;
	rc = set_zones(k, ct, t) ? set_labels(k, ct) : -EINVAL;
	for (unsigned d = 0; d < CT_DIRS; d++)
		ct_tuple_set(ct, d, &t[d]);
	if (rc != 0) {
		ct_free(LANE_MAX, ct);
		return rc;
	}
	translate(k, ct);
	rc = ct_insert(LANE_MAX, ct, ct_time(clock_ms()), &other);
	if (rc == -EEXIST)
		ct_free(LANE_MAX, ct);
	if (rc == 0)
		tell_new(ct);
	return rc;
}

/* Seconds, no more than Linux keeps. */
uint32_t
conntrack_timeout(const struct conntrack *k)
{
	return RTE_MIN(k->timeout, INT32_MAX / 250u);
}

static int
create(const struct conntrack *k)
{
	struct ct_tuple t[CT_DIRS];

	if (k->status & CT_EXPECTED)
		return -EBUSY;
	return name_tuples(k, t) ? make(k, t) : -EINVAL;
}

int
conntrack_create(struct cmd *c, const struct conntrack *k)
{
	bool add = k->verb == CONNTRACK_ADD;
	int rc;

	rc = create(k);
	switch (rc) {
	case 0:
	case -EEXIST:
		if (rc != 0 && !add)
			return conntrack_failed(&c->err, "Such conntrack exists, try -U to update");
		conntrack_say(&c->err, "%u flow entries have been %s.", rc == 0,
			      add ? "added" : "created");
		return 0;
	case -EINVAL:
		return conntrack_failed(&c->err, "invalid parameters");
	case -EBUSY:
		return conntrack_failed(&c->err, "Device or resource busy");
	default:
		return conntrack_failed(&c->err, "not enough memory");
	}
}
