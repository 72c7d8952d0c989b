/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The RIB's store: one table per family and number, each prefix -> routes, best first. Tables are
 * made when first named and stay. Control lcore; private to lib/route.
 */
#pragma once

#include <rte_byteorder.h>

#include "route_fib.h"
#include "route_rib.h"

struct rib_route {
	struct route r;         /* r.hops is the RIB's own copy */
	struct rib_route *next; /* of the prefix: by metric, age */
	uint64_t seq;           /* age */
	uint32_t nh;            /* holds a reference */
};

struct rib_prefix {
	struct rib_prefix *next; /* of the bucket */
	struct rib_route *first;
	struct rib *rib;
	struct ip_prefix p;
	bool dirty; /* is in the batch's list of changed prefixes */
};

struct rib {
	struct rib *next;
	uint32_t table;
	uint8_t family;
	bool dirty; /* is in the batch's list of changed tables */
	struct rib_prefix **buckets;
	uint32_t nb_buckets, nb_prefixes, nb_routes;
	uint32_t count_len[129]; /* prefixes by length */
	struct fib *fib;         /* what workers read of this table alone; NULL: nothing */
};

/* Tables of one family, ascending numbers: the first with NULL; NULL after the last. */
struct rib *rib_next(uint8_t family, const struct rib *t);
/* NULL: never named. */
struct rib *rib_of(uint8_t family, uint32_t table);
/* Finds or makes. NULL: no memory, or RIB_TABLES_MAX are there. */
struct rib *rib_make(uint8_t family, uint32_t table);

/* NULL: none; also for t NULL. */
struct rib_prefix *rib_find(const struct rib *t, const struct ip_prefix *p);
struct rib_prefix *rib_get(struct rib *t, const struct ip_prefix *p); /* NULL: no memory */
/* A prefix without routes. */
void rib_drop(struct rib_prefix *x);
void rib_link(struct rib_prefix *x, struct rib_route *r);
void rib_unlink(struct rib_prefix *x, struct rib_route *r);
/* Calls fn for every prefix; fn may unlink routes of it but not drop prefixes. false stops. */
void rib_each(const struct rib *t, bool (*fn)(struct rib_prefix *x, void *arg), void *arg);
/* The longest prefix of at most *len bits that covers dst; *len is its length. NULL: none. */
struct rib_prefix *rib_longest(const struct rib *t, const struct ip_addr *dst, int *len);
/* A number that grows with the first 64 bits of the address, nearly; IPv4: and with the length. */
static inline uint64_t
rib_order(const struct ip_prefix *p)
{
	if (p->addr.family == AF_INET)
		return (uint64_t)rte_be_to_cpu_32(p->addr.v4) << 8 | p->len;
	return rte_be_to_cpu_64(p->addr.q[0]);
}
/* Bytes of all tables, without routes' hops. */
size_t rib_memory(void);
