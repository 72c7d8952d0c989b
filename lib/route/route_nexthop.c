/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Next hops. Called by the RIB on the control lcore; workers only read nexthop_table. A freed id
 * shows "no route" rather than NULL, so that a late reader drops instead of crashing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_hash_crc.h>

#include "base_rcu.h"
#include "neigh_table.h"
#include "port.h"
#include "route_nexthop.h"
#include "way_epoch.h"

#define BUCKETS 16384u
#define HASH_RANGE (1ull << 31) /* as Linux: flow hashes of 31 bits */

struct hop {
	struct hop *next;         /* of the bucket */
	const struct nexthop *nh; /* what workers see; of a group: struct nexthop_group */
	uint32_t refs;
	uint32_t id;
};

const struct nexthop *nexthop_table[NEXTHOP_MAX];
uint32_t nexthop_realms;

static const struct nexthop no_route = { .type = NEXTHOP_NO_ROUTE };
static struct hop *buckets[BUCKETS];
static struct hop *by_id[NEXTHOP_MAX];
static uint16_t free_ids[NEXTHOP_MAX];
static uint32_t nb_free, nb_used;
static unsigned nb_groups;
static size_t group_bytes;

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

static const struct nexthop_group *
group_of(const struct nexthop *nh)
{
	return (const struct nexthop_group *)nh;
}

static size_t
group_size(unsigned n)
{
	return sizeof(struct nexthop_group) + n * sizeof(struct nexthop_path);
}

static uint32_t
bucket_of(const struct nexthop *nh)
{
	uint32_t h = rte_hash_crc_4byte(nh->port | nh->type << 16, nh->mtu ^ nh->realm);

	if (nh->gw.family != AF_UNSPEC)
		h = rte_hash_crc(&nh->gw.w, ip_addr_bits(nh->gw.family) / 8, h);
	if (nh->src.family != AF_UNSPEC)
		h = rte_hash_crc(&nh->src.w, ip_addr_bits(nh->src.family) / 8, h);
	for (unsigned i = 0; nh->type == NEXTHOP_MULTIPATH && i < group_of(nh)->n; i++)
		h = rte_hash_crc_4byte(group_of(nh)->path[i].id, h);
	return h % BUCKETS;
}

static bool
same_addr(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family && (a->family == AF_UNSPEC || ip_addr_equal(a, b));
}

static bool
same_paths(const struct nexthop_group *a, const struct nexthop_group *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (a->path[i].id != b->path[i].id || a->path[i].weight != b->path[i].weight)
			return false;
	return true;
}

static bool
same_hop(const struct nexthop *a, const struct nexthop *b)
{
	return a->type == b->type && a->port == b->port && a->mtu == b->mtu &&
	       a->realm == b->realm && same_addr(&a->gw, &b->gw) && same_addr(&a->src, &b->src) &&
	       (a->type != NEXTHOP_MULTIPATH || same_paths(group_of(a), group_of(b)));
}

static void
count_realm(const struct nexthop *nh, int more)
{
	if (nh->realm != 0)
		__atomic_store_n(&nexthop_realms, nexthop_realms + more, __ATOMIC_RELAXED);
}

/* Takes nh over, but not on error. */
static int
hop_make(struct nexthop *nh, uint32_t *id)
{
	struct hop **bucket = &buckets[bucket_of(nh)];
	struct hop *h = nb_free > 0 ? calloc(1, sizeof(*h)) : NULL;

	if (h == NULL)
		return nb_free > 0 ? -ENOMEM : -ENOSPC;
	if (nh->type == NEXTHOP_UNICAST && nh->gw.family != AF_UNSPEC) {
		nh->neigh = neigh_hold(nh->port, &nh->gw);
		if (nh->neigh == NULL) {
			free(h);
			return -ENOBUFS;
		}
	}
	*h = (struct hop){ *bucket, nh, 1, free_ids[--nb_free] };
	*bucket = h;
	by_id[h->id] = h;
	nb_used++;
	count_realm(nh, 1);
	__atomic_store_n(&nexthop_table[h->id], nh, __ATOMIC_RELEASE);
	way_changed();
	*id = h->id;
	return 0;
}

/* One reference more of what is there already; false: there is none. */
static bool
hop_find(const struct nexthop *spec, uint32_t *id)
{
	for (struct hop *h = buckets[bucket_of(spec)]; h != NULL; h = h->next)
		if (same_hop(h->nh, spec)) {
			h->refs++;
			*id = h->id;
			return true;
		}
	return false;
}

int
nexthop_ref(const struct nexthop *spec, uint32_t *id)
{
	struct nexthop *nh;
	int rc;

	if (hop_find(spec, id))
		return 0;
	nh = malloc(sizeof(*nh));
	if (nh == NULL)
		return -ENOMEM;
	*nh = *spec;
	nh->neigh = NULL;
	rc = hop_make(nh, id);
	if (rc != 0)
		free(nh);
	return rc;
}

static bool
alive(uint16_t index)
{
	const struct port *p = port_get(gen_current(), index);

	return p != NULL && p->up;
}

/* Shares the hashes out among the paths that are alive, by weight. */
static void
spread(struct nexthop_group *g)
{
	uint64_t total = 0, sum = 0;

	for (unsigned i = 0; i < g->n; i++)
		if (alive(nexthop_get(g->path[i].id)->port))
			total += g->path[i].weight;
	for (unsigned i = 0; i < g->n; i++) {
		struct nexthop_path *p = &g->path[i];

		if (total == 0 || !alive(nexthop_get(p->id)->port)) {
			p->upper = -1;
			continue;
		}
		sum += p->weight;
		p->upper = (sum * HASH_RANGE + total / 2) / total - 1;
	}
}

static uint8_t
hop_type(uint8_t rtn)
{
	switch (rtn) {
	case RTN_LOCAL:
	case RTN_ANYCAST:
		return NEXTHOP_LOCAL;
	case RTN_BROADCAST:
		return NEXTHOP_BROADCAST;
	case RTN_BLACKHOLE:
		return NEXTHOP_BLACKHOLE;
	case RTN_UNREACHABLE:
		return NEXTHOP_UNREACHABLE;
	case RTN_PROHIBIT:
		return NEXTHOP_PROHIBIT;
	case RTN_THROW:
		return NEXTHOP_THROW;
	default:
		return NEXTHOP_UNICAST;
	}
}

static void
group_free(struct nexthop_group *g)
{
	for (unsigned i = 0; i < g->n; i++)
		nexthop_unref(g->path[i].id);
	free(g);
}

/* The group holds a reference of each path; takes g over. */
static int
group_ref(struct nexthop_group *g, uint32_t *id)
{
	int rc = 0;

	if (!hop_find(&g->nh, id)) {
		spread(g);
		rc = hop_make(&g->nh, id);
		if (rc == 0) {
			nb_groups++;
			group_bytes += group_size(g->n);
			return 0;
		}
	}
	group_free(g);
	return rc;
}

int
nexthop_ref_route(const struct route *r, uint32_t *id)
{
	struct nexthop spec = { .type = hop_type(r->type),
				.port = r->port,
				.mtu = r->mtu,
				.gw = r->gw,
				.src = r->src,
				.realm = r->realm };
	struct nexthop_group *g;
	int rc = 0;

	if (r->nb_hops < 2)
		return nexthop_ref(&spec, id);
	g = calloc(1, group_size(r->nb_hops));
	if (g == NULL)
		return -ENOMEM;
	g->nh.type = NEXTHOP_MULTIPATH;
	for (unsigned i = 0; i < r->nb_hops && rc == 0; i++) {
		spec.port = r->hops[i].port;
		spec.gw = r->hops[i].gw;
		spec.realm = r->hops[i].realm;
		g->path[i].weight = r->hops[i].weight;
		rc = nexthop_ref(&spec, &g->path[i].id);
		g->n += rc == 0;
	}
	if (rc == 0)
		return group_ref(g, id);
	group_free(g);
	return rc;
}

void
nexthop_unref(uint32_t id)
{
	struct nexthop *nh;
	struct hop *h, **at;

	if (id == NEXTHOP_NONE)
		return;
	h = by_id[id];
	if (--h->refs > 0)
		return;
	nh = (struct nexthop *)(uintptr_t)h->nh;
	for (at = &buckets[bucket_of(nh)]; *at != h; at = &(*at)->next)
		;
	*at = h->next;
	by_id[id] = NULL;
	__atomic_store_n(&nexthop_table[id], &no_route, __ATOMIC_RELEASE);
	way_changed();
	free_ids[nb_free++] = id;
	nb_used--;
	count_realm(nh, -1);
	free(h);
	if (nh->type == NEXTHOP_MULTIPATH) {
		nb_groups--;
		group_bytes -= group_size(group_of(nh)->n);
		group_free((struct nexthop_group *)nh);
		return;
	}
	if (nh->neigh != NULL)
		neigh_release(nh->neigh);
	free(nh);
}

void
nexthop_follow_ports(void)
{
	for (uint32_t id = 1; nb_groups > 0 && id < NEXTHOP_MAX; id++) {
		struct hop *h = by_id[id];
		struct nexthop_group *g;
		size_t size;

		if (h == NULL || h->nh->type != NEXTHOP_MULTIPATH)
			continue;
		size = group_size(group_of(h->nh)->n);
		g = malloc(size);
		if (g == NULL)
			return; /* the paths stay as they were */
		memcpy(g, h->nh, size);
		spread(g);
		rcu_defer(free, (void *)(uintptr_t)h->nh);
		h->nh = &g->nh;
		__atomic_store_n(&nexthop_table[id], &g->nh, __ATOMIC_RELEASE);
	}
}

unsigned
nexthop_count(void)
{
	return nb_used;
}

size_t
nexthop_memory(void)
{
	return sizeof(nexthop_table) + sizeof(buckets) + sizeof(by_id) + sizeof(free_ids) +
	       nb_used * (sizeof(struct hop) + sizeof(struct nexthop)) + group_bytes;
}
