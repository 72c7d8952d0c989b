/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Next hops. Called by the RIB on the control lcore; workers only read nexthop_table. A freed id
 * shows "no route" rather than NULL, so that a late reader drops instead of crashing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_hash_crc.h>

#include "neigh_table.h"
#include "route_nexthop.h"

#define BUCKETS 16384u

struct hop {
	struct nexthop nh; /* first: what workers see */
	uint32_t refs;
	uint32_t id;
	struct hop *next; /* of the bucket */
};

const struct nexthop *nexthop_table[NEXTHOP_MAX];

static const struct nexthop no_route = { .type = NEXTHOP_NO_ROUTE };
static struct hop *buckets[BUCKETS];
static uint16_t free_ids[NEXTHOP_MAX];
static uint32_t nb_free, nb_used;

void
nexthop_init(void)
{
	/* Low ids first: they fit the FIB's 2-byte entries. */
	nb_free = 0;
	for (uint32_t id = NEXTHOP_MAX - 1; id > 0; id--)
		if (id != NEXTHOP_UNUSED)
			free_ids[nb_free++] = id;
	for (uint32_t id = 0; id < NEXTHOP_MAX; id++)
		__atomic_store_n(&nexthop_table[id], &no_route, __ATOMIC_RELEASE);
}

static uint32_t
bucket_of(const struct nexthop *nh)
{
	uint32_t h = rte_hash_crc_4byte(nh->port | nh->type << 16, nh->mtu);

	if (nh->gw.family != AF_UNSPEC)
		h = rte_hash_crc(&nh->gw.w, ip_addr_bits(nh->gw.family) / 8, h);
	if (nh->src.family != AF_UNSPEC)
		h = rte_hash_crc(&nh->src.w, ip_addr_bits(nh->src.family) / 8, h);
	return h % BUCKETS;
}

static bool
same_addr(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family && (a->family == AF_UNSPEC || ip_addr_equal(a, b));
}

static bool
same_hop(const struct nexthop *a, const struct nexthop *b)
{
	return a->type == b->type && a->port == b->port && a->mtu == b->mtu &&
	       same_addr(&a->gw, &b->gw) && same_addr(&a->src, &b->src);
}

static int
hop_make(const struct nexthop *spec, struct hop **bucket, uint32_t *id)
{
	struct hop *h;

	if (nb_free == 0)
		return -ENOSPC;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return -ENOMEM;
	h->nh = *spec;
	h->nh.neigh = NULL;
	if (spec->type == NEXTHOP_UNICAST && spec->gw.family != AF_UNSPEC) {
		h->nh.neigh = neigh_hold(spec->port, &spec->gw);
		if (h->nh.neigh == NULL) {
			free(h);
			return -ENOBUFS;
		}
	}
	h->refs = 1;
	h->id = free_ids[--nb_free];
	h->next = *bucket;
	*bucket = h;
	nb_used++;
	__atomic_store_n(&nexthop_table[h->id], &h->nh, __ATOMIC_RELEASE);
	*id = h->id;
	return 0;
}

int
nexthop_ref(const struct nexthop *spec, uint32_t *id)
{
	struct hop **bucket;

	if (spec->type == NEXTHOP_NO_ROUTE) {
		*id = NEXTHOP_NONE;
		return 0;
	}
	bucket = &buckets[bucket_of(spec)];
	for (struct hop *h = *bucket; h != NULL; h = h->next)
		if (same_hop(&h->nh, spec)) {
			h->refs++;
			*id = h->id;
			return 0;
		}
	return hop_make(spec, bucket, id);
}

static struct hop *
hop_of(uint32_t id)
{
	return (struct hop *)(uintptr_t)nexthop_table[id];
}

void
nexthop_hold(uint32_t id)
{
	if (id != NEXTHOP_NONE)
		hop_of(id)->refs++;
}

void
nexthop_unref(uint32_t id)
{
	struct hop *h, **at;

	if (id == NEXTHOP_NONE)
		return;
	h = hop_of(id);
	if (--h->refs > 0)
		return;
	for (at = &buckets[bucket_of(&h->nh)]; *at != h; at = &(*at)->next)
		;
	*at = h->next;
	__atomic_store_n(&nexthop_table[id], &no_route, __ATOMIC_RELEASE);
	free_ids[nb_free++] = id;
	nb_used--;
	if (h->nh.neigh != NULL)
		neigh_release(h->nh.neigh);
	free(h);
}

unsigned
nexthop_count(void)
{
	return nb_used;
}
