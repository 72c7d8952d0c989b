/* SPDX-License-Identifier: BSD-3-Clause */
/* A bit for each port, for a few remote ends: places are found by a hash, four for each value of its last bits. */
#include <errno.h>

#include <rte_malloc.h>

#include "base_mem.h"
#include "ct_hash.h"
#include "ct_proto.h"
#include "nat_tight.h"

#define SETS 16u
#define WAYS 4u
#define PORTS 65536u

struct nat_tight {
	uint64_t key;  /* a hash of the ends; 0: nothing is known */
	uint64_t used; /* ms, when it was last of use */
	uint64_t bits[PORTS / 64];
} __rte_cache_aligned;

static struct nat_tight *places; /* SETS * WAYS */
static uint32_t nb_known;

static inline uint64_t
get(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

int
nat_tight_prepare(struct err *e)
{
	struct nat_tight *p;

	if (places != NULL)
		return 0;
	p = rte_zmalloc("nat-tight", SETS * WAYS * sizeof(*p), RTE_CACHE_LINE_SIZE);
	if (p == NULL)
		return err_set(e, -ENOMEM, "translation: no memory for hints about ports");
	__atomic_store_n(&places, p, __ATOMIC_RELEASE);
	return 0;
}

static struct mem_use
hints_memory(void)
{
	size_t bytes = SETS * WAYS * sizeof(*places);

	if (__atomic_load_n(&places, __ATOMIC_RELAXED) == NULL)
		bytes = 0;
	return (struct mem_use){ bytes, bytes };
}

MEM_USER(hints, "nat-hints", "which ports are taken where they run short", hints_memory)

static uint64_t
key_of(const struct ct_tuple *t)
{
	struct ct_tuple ends = *t;
	uint64_t q[5], h;

	ends.sport = 0;
	memcpy(q, &ends, sizeof(q));
	h = ct_hash_fold(q[0] ^ ct_hash_secret[0], q[1] ^ ct_hash_secret[1]) ^
	    ct_hash_fold(q[2] ^ ct_hash_secret[2], q[3] ^ ct_hash_secret[3]);
	return ct_hash_fold(h ^ q[4], ct_hash_secret[1]) | 1ull << 63;
}

static inline struct nat_tight *
set_of(uint64_t key)
{
	return __atomic_load_n(&places, __ATOMIC_ACQUIRE) + key % SETS * WAYS;
}

static struct nat_tight *
find(uint64_t key)
{
	struct nat_tight *p = set_of(key);

	for (unsigned i = 0; i < WAYS; i++)
		if (get(&p[i].key) == key)
			return &p[i];
	return NULL;
}

struct nat_tight *
nat_tight_find(const struct ct_tuple *t, uint64_t now)
{
	struct nat_tight *p = NULL;

	if (unlikely(__atomic_load_n(&nb_known, __ATOMIC_RELAXED) != 0))
		p = find(key_of(t));
	if (p != NULL)
		__atomic_store_n(&p->used, now, __ATOMIC_RELAXED);
	return p;
}

static struct nat_tight *
oldest(struct nat_tight *p)
{
	unsigned found = 0;

	for (unsigned i = 0; i < WAYS; i++) {
		if (get(&p[i].key) == 0)
			return &p[i];
		if (get(&p[i].used) < get(&p[found].used))
			found = i;
	}
	return &p[found];
}

struct nat_tight *
nat_tight_begin(const struct ct_tuple *t, uint64_t now)
{
	uint64_t key = key_of(t);
	struct nat_tight *p;

	if (__atomic_load_n(&places, __ATOMIC_ACQUIRE) == NULL)
		return NULL;
	p = oldest(set_of(key));
	if (__atomic_exchange_n(&p->key, 0, __ATOMIC_RELAXED) == 0)
		__atomic_fetch_add(&nb_known, 1, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < RTE_DIM(p->bits); i++)
		__atomic_store_n(&p->bits[i], 0, __ATOMIC_RELAXED);
	__atomic_store_n(&p->used, now, __ATOMIC_RELAXED);
	__atomic_store_n(&p->key, key, __ATOMIC_RELEASE);
	return p;
}

uint32_t
nat_tight_next(const struct nat_tight *p, uint32_t port, uint32_t end)
{
	while (port < end) {
		uint64_t unused = ~get(&p->bits[port / 64]) >> port % 64;

		if (unused != 0)
			return RTE_MIN(port + (uint32_t)__builtin_ctzll(unused), end);
		port = (port / 64 + 1) * 64;
	}
	return end;
}

void
nat_tight_set(struct nat_tight *p, uint16_t port)
{
	__atomic_fetch_or(&p->bits[port / 64], 1ull << port % 64, __ATOMIC_RELAXED);
}

void
nat_tight_clear(struct nat_tight *p, uint16_t port)
{
	__atomic_fetch_and(&p->bits[port / 64], ~(1ull << port % 64), __ATOMIC_RELAXED);
}

void
nat_tight_gone(const struct ct *ct)
{
	struct ct_tuple reply, t;
	struct nat_tight *p;

	if (likely(__atomic_load_n(&nb_known, __ATOMIC_RELAXED) == 0))
		return;
	reply = ct_tuple(ct, CT_REPLY);
	if (!ct_invert(&t, &reply))
		return;
	p = find(key_of(&t));
	if (p != NULL)
		nat_tight_clear(p, rte_be_to_cpu_16(t.sport));
}
