/* SPDX-License-Identifier: BSD-3-Clause */
/* For tests of lib/nat: tables, tuples from text, and connections that are translated and enter the table. */
#pragma once

#include "eal.h"

#include <arpa/inet.h>
#include <string.h>

#include "base_clock.h"
#include "base_param.h"
#include "ct_burst.h"
#include "ct_proto.h"
#include "ct_stat.h"
#include "ct_table.h"
#include "ct_tcp.h"
#include "nat_choose.h"
#include "nat_source.h"

#define CAPACITY 8192

static struct hook_ctx ctx;

static int
nat_test_setup(void **state)
{
	struct err e = { 0 };

	if (eal_setup(state) != 0)
		return -1;
	ctx.now = clock_ms();
	param_set(param_find("net.netfilter.nf_conntrack_max"), CAPACITY);
	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		if (ct_table_create(f, &e) != 0 || nat_prepare(f, &e) != 0)
			return -1;
	return ct_burst_create();
}

static union ct_addr
addr_of(const char *text)
{
	union ct_addr a = { .q = { 0 } };

	assert_int_equal(inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, &a), 1);
	return a;
}

/* ICMP: sport is the id, dport does not matter. */
static struct ct_tuple
tuple(uint8_t proto, const char *src, unsigned sport, const char *dst, unsigned dport)
{
	struct ct_tuple t;

	memset(&t, 0, sizeof(t));
	t.src = addr_of(src);
	t.dst = addr_of(dst);
	t.sport = htons(sport);
	t.dport = proto == IPPROTO_ICMP ? ct_icmp_dport(8, 0) : htons(dport);
	t.proto = proto;
	t.family = strchr(src, ':') != NULL ? AF_INET6 : AF_INET;
	return t;
}

/* A new connection of the lane's burst. */
static struct ct *
fresh(const struct ct_tuple *t, uint16_t reply_zone)
{
	struct ct *ct = ct_alloc(ctx.lane, t->family);
	struct ct_tuple reply;

	assert_non_null(ct);
	ct->proto = t->proto;
	ct->expires = 1000;
	assert_true(ct_invert(&reply, t));
	reply.zone = reply_zone;
	ct_tuple_set(ct, CT_ORIGINAL, t);
	ct_tuple_set(ct, CT_REPLY, &reply);
	if (t->proto == IPPROTO_TCP)
		ct->state = CT_TCP_SYN_SENT;
	ct_fresh_add(ct_lanes[ctx.lane], ct);
	return ct;
}

/* It leaves. Did nobody have its tuples? */
static bool
confirmed(struct ct *ct)
{
	struct ct *other;

	return ct_insert(ctx.lane, ct, ct_time(ctx.now), &other) == 0;
}

static void
next_burst(void)
{
	rcu_quiescent(ctx.lane);
	ct_burst_end(ctx.lane);
	ct_part_begin(ct_lanes[ctx.lane]);
	ct_reclaim(ctx.lane);
}

static bool
remove_one(struct ct *ct, void *arg)
{
	ct_remove(ctx.lane, ct);
	return true;
}

/* Before each test: no connection. */
static int
nat_test_begin(void **state)
{
	next_burst();
	ct_each(remove_one, NULL);
	next_burst();
	return 0;
}

/* The end of its packets as they leave. */
static inline unsigned
port_to(const struct ct *ct, enum nat_manip manip)
{
	struct ct_tuple r = ct_tuple(ct, CT_REPLY);
	bool icmp = r.proto == IPPROTO_ICMP;

	return ntohs(manip == NAT_DST || icmp ? r.sport : r.dport);
}

static inline union ct_addr
addr_to(const struct ct *ct, enum nat_manip manip)
{
	struct ct_tuple r = ct_tuple(ct, CT_REPLY);

	return manip == NAT_SRC ? r.dst : r.src;
}

static struct nat_range
range(const char *from, const char *to)
{
	struct nat_range r = { .flags = NAT_MAP_IPS,
			       .min_addr = addr_of(from),
			       .max_addr = addr_of(to) };

	return r;
}

static struct nat_range
ports(const char *addr, uint16_t min, uint16_t max, uint32_t flags)
{
	struct nat_range r = range(addr, addr);

	r.flags |= NAT_PROTO_SPECIFIED | flags;
	r.min_port = min;
	r.max_port = max;
	return r;
}
