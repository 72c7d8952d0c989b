/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A growing hash of prefixes. The longest-prefix search of the control lcore probes each length in
 * use; workers have the FIB. Called by route_rib.c and route_control.c only.
 */
#include <stdlib.h>

#include <rte_hash_crc.h>

#include "rib_table.h"

#define BUCKETS_START 1024u

static struct rib_prefix **buckets;
static uint32_t nb_buckets, nb_prefixes;
static unsigned count_len[2][129];

static uint32_t
hash_of(const struct ip_prefix *p)
{
	return rte_hash_crc(&p->addr.w, ip_addr_bits(p->addr.family) / 8,
			    p->len | p->addr.family << 8);
}

struct rib_prefix *
rib_find(const struct ip_prefix *p)
{
	struct rib_prefix *x;

	if (nb_buckets == 0)
		return NULL;
	for (x = buckets[hash_of(p) & (nb_buckets - 1)]; x != NULL; x = x->next)
		if (x->p.len == p->len && ip_addr_equal(&x->p.addr, &p->addr))
			return x;
	return NULL;
}

/* Twice as many buckets. Without memory the chains only get longer. */
static void
grow(void)
{
	uint32_t nb = nb_buckets ? nb_buckets * 2 : BUCKETS_START;
	struct rib_prefix **b = calloc(nb, sizeof(*b)), *x, *next;

	if (b == NULL)
		return;
	for (uint32_t i = 0; i < nb_buckets; i++)
		for (x = buckets[i]; x != NULL; x = next) {
			uint32_t h = hash_of(&x->p) & (nb - 1);

			next = x->next;
			x->next = b[h];
			b[h] = x;
		}
	free(buckets);
	buckets = b;
	nb_buckets = nb;
}

struct rib_prefix *
rib_get(const struct ip_prefix *p)
{
	struct rib_prefix *x = rib_find(p), **bucket;

	if (x != NULL)
		return x;
	if (nb_prefixes >= nb_buckets)
		grow();
	x = nb_buckets == 0 ? NULL : calloc(1, sizeof(*x));
	if (x == NULL)
		return NULL;
	x->p = *p;
	x->installed = FIB_ABSENT;
	bucket = &buckets[hash_of(p) & (nb_buckets - 1)];
	x->next = *bucket;
	*bucket = x;
	nb_prefixes++;
	count_len[p->addr.family == AF_INET6][p->len]++;
	return x;
}

void
rib_drop(struct rib_prefix *x)
{
	struct rib_prefix **at = &buckets[hash_of(&x->p) & (nb_buckets - 1)];

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	nb_prefixes--;
	count_len[x->p.addr.family == AF_INET6][x->p.len]--;
	free(x);
}

static bool
before(const struct rib_route *a, const struct rib_route *b)
{
	if (a->r.table != b->r.table)
		return a->r.table == RT_TABLE_LOCAL;
	if (a->r.metric != b->r.metric)
		return a->r.metric < b->r.metric;
	return a->seq < b->seq;
}

void
rib_link(struct rib_prefix *x, struct rib_route *r)
{
	struct rib_route **at = &x->first;

	while (*at != NULL && before(*at, r))
		at = &(*at)->next;
	r->next = *at;
	*at = r;
}

void
rib_unlink(struct rib_prefix *x, struct rib_route *r)
{
	struct rib_route **at = &x->first;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
}

unsigned
rib_count_len(uint8_t family, uint8_t len)
{
	return count_len[family == AF_INET6][len];
}

void
rib_each(uint8_t family, bool (*fn)(struct rib_prefix *x, void *arg), void *arg)
{
	struct rib_prefix *x, *next;

	for (uint32_t i = 0; i < nb_buckets; i++)
		for (x = buckets[i]; x != NULL; x = next) {
			next = x->next;
			if (x->p.addr.family == family && !fn(x, arg))
				return;
		}
}
