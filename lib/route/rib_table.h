/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The RIB's store: prefix -> routes, best first. Control lcore; private to lib/route.
 */
#pragma once

#include "route_fib.h"
#include "route_rib.h"

struct rib_route {
	struct route r;
	struct rib_route *next; /* of the prefix: by table (local first), metric, age */
	uint64_t seq;           /* age */
	uint32_t nh;            /* holds a reference */
};

struct rib_prefix {
	struct rib_prefix *next; /* of the bucket */
	struct rib_route *first;
	struct ip_prefix p;
	uint32_t installed; /* next hop in the FIB, FIB_ABSENT: none */
	bool dirty;         /* is in the batch's list of changed prefixes */
};

/* NULL: none. */
struct rib_prefix *rib_find(const struct ip_prefix *p);
struct rib_prefix *rib_get(const struct ip_prefix *p); /* finds or makes; NULL: no memory */
/* A prefix without routes. */
void rib_drop(struct rib_prefix *x);
void rib_link(struct rib_prefix *x, struct rib_route *r);
void rib_unlink(struct rib_prefix *x, struct rib_route *r);
/* Prefixes of the family with that length. */
unsigned rib_count_len(uint8_t family, uint8_t len);
/* Calls fn for every prefix; fn may unlink routes of it but not drop prefixes. false stops. */
void rib_each(uint8_t family, bool (*fn)(struct rib_prefix *x, void *arg), void *arg);
