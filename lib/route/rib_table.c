/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Growing hashes of prefixes. The longest-prefix search of the control lcore probes each length in
 * use; workers have FIBs. Called on the control lcore only.
 */
#include <stdlib.h>

#include <rte_hash_crc.h>

#include "rib_table.h"
#include "route_match.h"

#define BUCKETS_START 16u

static struct rib *tables[2]; /* by number; [0] IPv4, [1] IPv6 */
static unsigned nb_tables;

struct rib *
rib_next(uint8_t family, const struct rib *t)
{
	return t == NULL ? tables[family == AF_INET6] : t->next;
}

static struct rib **
place(uint8_t family, uint32_t table)
{
	struct rib **at = &tables[family == AF_INET6];

	while (*at != NULL && (*at)->table < table)
		at = &(*at)->next;
	return at;
}

struct rib *
rib_of(uint8_t family, uint32_t table)
{
	struct rib *t = *place(family, table);

	return t != NULL && t->table == table ? t : NULL;
}

struct rib *
rib_make(uint8_t family, uint32_t table)
{
	struct rib **at = place(family, table), *t = *at;

	if (t != NULL && t->table == table)
		return t;
	if (nb_tables >= RIB_TABLES_MAX || (t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	t->table = table;
	t->family = family;
	t->next = *at;
	*at = t;
	nb_tables++;
	return t;
}

static uint32_t
hash_of(const struct ip_prefix *p)
{
	return rte_hash_crc(&p->addr.w, ip_addr_bits(p->addr.family) / 8, p->len);
}

struct rib_prefix *
rib_find(const struct rib *t, const struct ip_prefix *p)
{
	struct rib_prefix *x;

	if (t == NULL || t->count_len[p->len] == 0)
		return NULL;
	for (x = t->buckets[hash_of(p) & (t->nb_buckets - 1)]; x != NULL; x = x->next)
		if (x->p.len == p->len && ip_addr_equal(&x->p.addr, &p->addr))
			return x;
	return NULL;
}

/* Twice as many buckets. Without memory the chains only get longer. */
static void
grow(struct rib *t)
{
	uint32_t nb = t->nb_buckets ? t->nb_buckets * 2 : BUCKETS_START;
	struct rib_prefix **b = calloc(nb, sizeof(*b)), *x, *next;

	if (b == NULL)
		return;
	for (uint32_t i = 0; i < t->nb_buckets; i++)
		for (x = t->buckets[i]; x != NULL; x = next) {
			uint32_t h = hash_of(&x->p) & (nb - 1);

			next = x->next;
			x->next = b[h];
			b[h] = x;
		}
	free(t->buckets);
	t->buckets = b;
	t->nb_buckets = nb;
}

struct rib_prefix *
rib_get(struct rib *t, const struct ip_prefix *p)
{
	struct rib_prefix *x = rib_find(t, p), **bucket;

	if (x != NULL)
		return x;
	if (t->nb_prefixes >= t->nb_buckets)
		grow(t);
	x = t->nb_buckets == 0 ? NULL : calloc(1, sizeof(*x));
	if (x == NULL)
		return NULL;
	x->p = *p;
	x->rib = t;
	bucket = &t->buckets[hash_of(p) & (t->nb_buckets - 1)];
	x->next = *bucket;
	*bucket = x;
	t->nb_prefixes++;
	t->count_len[p->len]++;
	return x;
}

void
rib_drop(struct rib_prefix *x)
{
	struct rib *t = x->rib;
	struct rib_prefix **at = &t->buckets[hash_of(&x->p) & (t->nb_buckets - 1)];

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	t->nb_prefixes--;
	t->count_len[x->p.len]--;
	free(x);
}

static bool
before(const struct rib_route *a, const struct rib_route *b)
{
	return a->r.metric != b->r.metric ? a->r.metric < b->r.metric : a->seq < b->seq;
}

void
rib_link(struct rib_prefix *x, struct rib_route *r)
{
	struct rib_route **at = &x->first;

	while (*at != NULL && before(*at, r))
		at = &(*at)->next;
	r->next = *at;
	*at = r;
	x->rib->nb_routes++;
}

void
rib_unlink(struct rib_prefix *x, struct rib_route *r)
{
	struct rib_route **at = &x->first;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	x->rib->nb_routes--;
}

void
rib_each(const struct rib *t, bool (*fn)(struct rib_prefix *x, void *arg), void *arg)
{
	struct rib_prefix *x, *next;

	for (uint32_t i = 0; t != NULL && i < t->nb_buckets; i++)
		for (x = t->buckets[i]; x != NULL; x = next) {
			next = x->next;
			if (!fn(x, arg))
				return;
		}
}

struct rib_prefix *
rib_longest(const struct rib *t, const struct ip_addr *dst, int *len)
{
	for (; t != NULL && *len >= 0; (*len)--) {
		struct ip_prefix p = { *dst, *len };
		struct rib_prefix *x;

		if (t->count_len[*len] == 0)
			continue;
		ip_addr_mask(&p.addr, *len);
		x = rib_find(t, &p);
		if (x != NULL)
			return x;
	}
	return NULL;
}

size_t
rib_memory(void)
{
	size_t n = 0;

	for (unsigned f = 0; f < 2; f++)
		for (struct rib *t = tables[f]; t != NULL; t = t->next)
			n += sizeof(*t) + t->nb_buckets * sizeof(*t->buckets) +
			     t->nb_prefixes * sizeof(struct rib_prefix) +
			     t->nb_routes * sizeof(struct rib_route);
	return n;
}

uint32_t
route_table_next(uint8_t family, uint32_t table)
{
	for (struct rib *t = tables[family == AF_INET6]; t != NULL; t = t->next)
		if (t->table > table && t->nb_routes > 0)
			return t->table;
	return 0;
}

/* The best route of the prefix that is wide enough and leaves by the port. */
static const struct route *
fitting(const struct rib_prefix *x, uint8_t scope, uint16_t port)
{
	for (struct rib_route *r = x ? x->first : NULL; r != NULL; r = r->next)
		if (r->r.scope >= scope && (port == 0 || route_uses_port(&r->r, port)))
			return &r->r;
	return NULL;
}

const struct route *
route_lookup_in(uint32_t table, const struct ip_addr *dst, uint8_t scope, uint16_t port)
{
	const struct rib *t = rib_of(dst->family, table);
	int len = ip_addr_bits(dst->family);
	const struct rib_prefix *x;

	for (; (x = rib_longest(t, dst, &len)) != NULL; len--) {
		const struct route *r = fitting(x, scope, port);

		if (r != NULL)
			return r;
	}
	return NULL;
}

const struct route *
route_lookup(const struct ip_addr *dst, uint8_t scope, uint16_t port)
{
	const struct route *local = route_lookup_in(RT_TABLE_LOCAL, dst, scope, port);
	const struct route *main = route_lookup_in(RT_TABLE_MAIN, dst, scope, port);

	return main == NULL || (local != NULL && local->dst.len >= main->dst.len) ? local : main;
}

bool
route_table_exists(uint8_t family, uint32_t table)
{
	return rib_of(family, table) != NULL;
}
