/* SPDX-License-Identifier: BSD-3-Clause */
/* Called under the lock of pkt_reasm.c. All memory is taken at start. */
#include <errno.h>
#include <string.h>

#include <rte_jhash.h>
#include <rte_malloc.h>
#include <rte_random.h>

#include "pkt_reasm_table.h"

#define BUCKETS (2 * REASM_MAX)
#define NEVER UINT64_MAX

uint64_t reasm_next_deadline = NEVER;

static struct {
	struct reasm slots[REASM_MAX];
	struct reasm_source sources[REASM_MAX];
	uint64_t deadline[REASM_MAX]; /* by slot; NEVER: free */
	struct reasm *bucket[BUCKETS], *free;
	struct reasm_source *source_bucket[BUCKETS], *free_source;
	uint32_t seed;
	unsigned nb;
} * table;

int
reasm_table_init(void)
{
	if (table == NULL)
		table = rte_zmalloc("reassembly", sizeof(*table), RTE_CACHE_LINE_SIZE);
	if (table == NULL)
		return -ENOMEM;
	table->seed = rte_rand();
	for (unsigned i = REASM_MAX; i-- > 0;) {
		table->deadline[i] = NEVER;
		table->slots[i].next = table->free;
		table->free = &table->slots[i];
		table->sources[i].next = table->free_source;
		table->free_source = &table->sources[i];
	}
	return 0;
}

static struct reasm_source **
source_place(uint32_t addr)
{
	struct reasm_source **at =
		&table->source_bucket[rte_jhash_1word(addr, table->seed) % BUCKETS];

	while (*at != NULL && (*at)->addr != addr)
		at = &(*at)->next;
	return at;
}

/* There are as many as datagrams: never NULL. */
static struct reasm_source *
source_get(uint32_t addr)
{
	struct reasm_source **at = source_place(addr), *s = *at;

	if (s == NULL) {
		s = table->free_source;
		table->free_source = s->next;
		*s = (struct reasm_source){ .addr = addr };
		*at = s;
	}
	s->refs++;
	return s;
}

static void
source_put(struct reasm_source *s)
{
	if (--s->refs > 0)
		return;
	*source_place(s->addr) = s->next;
	s->next = table->free_source;
	table->free_source = s;
}

static struct reasm **
place(const struct reasm_key *key, uint32_t hash)
{
	struct reasm **at = &table->bucket[hash % BUCKETS];

	while (*at != NULL && memcmp(&(*at)->key, key, sizeof(*key)) != 0)
		at = &(*at)->next;
	return at;
}

static void
set_deadline(const struct reasm *r, uint64_t deadline)
{
	table->deadline[r - table->slots] = deadline;
	if (deadline < reasm_next_deadline)
		__atomic_store_n(&reasm_next_deadline, deadline, __ATOMIC_RELAXED);
}

void
reasm_restart(struct reasm *r, uint64_t deadline)
{
	struct reasm fresh = {
		.next = r->next,
		.key = r->key,
		.hash = r->hash,
		.source = r->source,
		.source_seen = r->source_seen,
	};

	*r = fresh;
	set_deadline(r, deadline);
}

struct reasm *
reasm_find(const struct reasm_key *key)
{
	return *place(key, rte_jhash(key, sizeof(*key), table->seed));
}

struct reasm *
reasm_add(const struct reasm_key *key, uint64_t deadline)
{
	uint32_t hash = rte_jhash(key, sizeof(*key), table->seed), addr;
	struct reasm **at = place(key, hash), *r = table->free;

	if (r == NULL)
		return NULL;
	table->free = r->next;
	r->key = *key;
	r->hash = hash;
	r->next = NULL;
	r->source = NULL;
	if (key->family == AF_INET) {
		memcpy(&addr, key->src, sizeof(addr));
		r->source = source_get(addr);
	}
	*at = r;
	table->nb++;
	reasm_restart(r, deadline);
	return r;
}

struct rte_mbuf *
reasm_remove(struct reasm *r)
{
	struct reasm **at = place(&r->key, r->hash);

	*at = r->next;
	if (r->source != NULL)
		source_put(r->source);
	table->deadline[r - table->slots] = NEVER;
	r->next = table->free;
	table->free = r;
	table->nb--;
	return r->frags;
}

struct reasm *
reasm_expired(uint64_t now)
{
	unsigned first = 0;

	for (unsigned i = 1; i < REASM_MAX; i++)
		if (table->deadline[i] < table->deadline[first])
			first = i;
	__atomic_store_n(&reasm_next_deadline, table->deadline[first], __ATOMIC_RELAXED);
	return table->deadline[first] <= now ? &table->slots[first] : NULL;
}

unsigned
reasm_nb(void)
{
	return table->nb;
}
