/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbour table: hash, entries and frame headers, all of fixed number. Who may call what, and
 * the locks, are in neigh_table.h.
 */
#include <errno.h>
#include <stdlib.h>

#include <rte_hash_crc.h>
#include <rte_malloc.h>

#include "base_clock.h"
#include "base_mem.h"
#include "base_rcu.h"
#include "neigh_param.h"
#include "neigh_table.h"

#define BUCKETS 16384u
#define L2_MAX (2 * NEIGH_MAX)
#define L2_NONE UINT32_MAX

static struct {
	struct neigh_entry **buckets;
	struct neigh_entry *slots;
	struct neigh_entry *free; /* linked by next */
	uint32_t lock;            /* of buckets (to write), free, used, total */
	uint32_t used;            /* slots ever used; atomic */
	uint32_t total;           /* entries; atomic */
	uint32_t count[2];        /* of IPv4, IPv6, but permanent ones; atomic */
} table;

/* Headers link by number beside them: a retired one is still being read. */
static struct {
	struct neigh_l2 *of;
	uint32_t *next;
	uint32_t lock;
	uint32_t free, retired;
} l2s = { .free = L2_NONE, .retired = L2_NONE };

int
neigh_init(struct err *e)
{
	table.buckets = rte_zmalloc("neigh buckets", BUCKETS * sizeof(*table.buckets), 64);
	table.slots = rte_zmalloc("neigh", NEIGH_MAX * sizeof(*table.slots), 64);
	l2s.of = rte_zmalloc("neigh headers", L2_MAX * sizeof(*l2s.of), 64);
	l2s.next = rte_zmalloc("neigh headers", L2_MAX * sizeof(*l2s.next), 64);
	if (table.buckets == NULL || table.slots == NULL || l2s.of == NULL || l2s.next == NULL)
		return err_set(e, -ENOMEM,
			       "no memory for the neighbour table (2 MB): reserve more hugepages");
	for (uint32_t i = L2_MAX; i-- > 0;) {
		l2s.next[i] = l2s.free;
		l2s.free = i;
	}
	return 0;
}

static uint32_t
hash_of(uint16_t port, const struct ip_addr *a)
{
	if (a->family == AF_INET)
		return rte_hash_crc_4byte(a->v4, port) % BUCKETS;
	return rte_hash_crc_8byte(a->q[1], rte_hash_crc_8byte(a->q[0], port)) % BUCKETS;
}

struct neigh *
neigh_find(uint16_t port, const struct ip_addr *addr)
{
	struct neigh_entry *e;

	e = __atomic_load_n(&table.buckets[hash_of(port, addr)], __ATOMIC_ACQUIRE);
	for (; e != NULL; e = __atomic_load_n(&e->next, __ATOMIC_ACQUIRE))
		if (e->n.port == port && ip_addr_equal(&e->n.addr, addr))
			return &e->n;
	return NULL;
}

static struct neigh_entry *
take_slot(void)
{
	struct neigh_entry *e = table.free;

	if (e != NULL)
		table.free = e->next;
	else if (table.used < NEIGH_MAX)
		e = &table.slots[table.used];
	return e;
}

static uint32_t *
counter(uint8_t family)
{
	return &table.count[family == AF_INET6];
}

unsigned
neigh_count(uint8_t family)
{
	return __atomic_load_n(counter(family), __ATOMIC_RELAXED);
}

void
neigh_count_exempt(const struct neigh_entry *e, uint8_t state)
{
	bool was = neigh_state(e) == NUD_PERMANENT, is = state == NUD_PERMANENT;

	if (was && !is)
		__atomic_fetch_add(counter(e->n.addr.family), 1, __ATOMIC_RELAXED);
	else if (is && !was)
		__atomic_fetch_sub(counter(e->n.addr.family), 1, __ATOMIC_RELAXED);
}

static struct neigh_entry *
insert(uint16_t port, const struct ip_addr *addr)
{
	struct neigh_entry **bucket = &table.buckets[hash_of(port, addr)];
	struct neigh_entry *e = take_slot();
	uint64_t now = clock_ms();

	if (e == NULL)
		return NULL;
	e->n = (struct neigh){ .addr = *addr, .port = port, .state = NUD_NONE, .used = now };
	e->probes = 0;
	e->router = e->has_mac = false;
	e->parked = 0;
	e->refs = 0;
	e->head = e->tail = NULL;
	e->since = e->confirmed = e->updated = now;
	__atomic_store_n(&e->deadline, now + 1000, __ATOMIC_RELAXED);
	__atomic_store_n(&e->next, *bucket, __ATOMIC_RELAXED);
	__atomic_store_n(&e->live, 1, __ATOMIC_RELEASE);
	if (e == &table.slots[table.used])
		__atomic_store_n(&table.used, table.used + 1, __ATOMIC_RELEASE);
	__atomic_store_n(&table.total, table.total + 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(counter(addr->family), 1, __ATOMIC_RELAXED);
	__atomic_store_n(bucket, e, __ATOMIC_RELEASE);
	return e;
}

struct neigh *
neigh_get(uint16_t port, const struct ip_addr *addr)
{
	struct neigh *n = neigh_find(port, addr);

	if (n != NULL)
		return n;
	/* Several lanes may pass here at once and exceed it by one entry each. */
	if (neigh_count(addr->family) >= neigh_param_thresh(addr->family, 3))
		return NULL;
	return neigh_get_free(port, addr);
}

struct neigh *
neigh_get_free(uint16_t port, const struct ip_addr *addr)
{
	struct neigh *n;
	struct neigh_entry *e;

	neigh_lock(&table.lock);
	n = neigh_find(port, addr);
	if (n == NULL) {
		e = insert(port, addr);
		n = e ? &e->n : NULL;
	}
	neigh_unlock(&table.lock);
	return n;
}

static void
free_slot(void *p)
{
	struct neigh_entry *e = p;

	neigh_lock(&table.lock);
	e->next = table.free;
	table.free = e;
	neigh_unlock(&table.lock);
}

void
neigh_remove(struct neigh_entry *e)
{
	struct neigh_entry **at;

	neigh_lock(&table.lock);
	at = &table.buckets[hash_of(e->n.port, &e->n.addr)];
	while (*at != e)
		at = &(*at)->next;
	__atomic_store_n(at, e->next, __ATOMIC_RELEASE);
	__atomic_store_n(&table.total, table.total - 1, __ATOMIC_RELAXED);
	if (neigh_state(e) != NUD_PERMANENT)
		__atomic_fetch_sub(counter(e->n.addr.family), 1, __ATOMIC_RELAXED);
	neigh_unlock(&table.lock);
	rcu_defer(free_slot, e);
}

struct neigh_entry *
neigh_slot(unsigned i)
{
	return &table.slots[i];
}

unsigned
neigh_slots(void)
{
	return __atomic_load_n(&table.used, __ATOMIC_ACQUIRE);
}

struct neigh *
neigh_hold(uint16_t port, const struct ip_addr *gw)
{
	struct neigh *n = neigh_get_free(port, gw);

	if (n != NULL)
		neigh_entry(n)->refs++;
	return n;
}

void
neigh_release(struct neigh *n)
{
	neigh_entry(n)->refs--;
}

struct neigh_l2 *
neigh_l2_get(void)
{
	uint32_t i;

	neigh_lock(&l2s.lock);
	i = l2s.free;
	if (i != L2_NONE)
		l2s.free = l2s.next[i];
	neigh_unlock(&l2s.lock);
	return i == L2_NONE ? NULL : &l2s.of[i];
}

void
neigh_l2_retire(const struct neigh_l2 *l2)
{
	uint32_t i = l2 - l2s.of;

	neigh_lock(&l2s.lock);
	l2s.next[i] = l2s.retired;
	l2s.retired = i;
	neigh_unlock(&l2s.lock);
}

static void
free_headers(void *p)
{
	uint32_t i = (uintptr_t)p, last = i;

	neigh_lock(&l2s.lock);
	while (l2s.next[last] != L2_NONE)
		last = l2s.next[last];
	l2s.next[last] = l2s.free;
	l2s.free = i;
	neigh_unlock(&l2s.lock);
}

void
neigh_l2_reap(void)
{
	uint32_t i;

	neigh_lock(&l2s.lock);
	i = l2s.retired;
	l2s.retired = L2_NONE;
	neigh_unlock(&l2s.lock);
	if (i != L2_NONE)
		rcu_defer(free_headers, (void *)(uintptr_t)i);
}

static struct mem_use
neigh_memory(void)
{
	size_t each = sizeof(*table.slots);

	return (struct mem_use){
		.used = __atomic_load_n(&table.total, __ATOMIC_RELAXED) * each,
		.reserved = BUCKETS * sizeof(*table.buckets) + NEIGH_MAX * each +
			    L2_MAX * (sizeof(*l2s.of) + sizeof(*l2s.next)),
	};
}

MEM_USER(neigh, "neighbours", "the neighbour table, a fixed size", neigh_memory)
