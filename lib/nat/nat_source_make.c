/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The buckets are four times as many as there may be connections, so that most have none or one: whoever is behind
 * another in a list costs both a line of memory. They grow with nf_conntrack_max: a larger table is filled beside the one in
 * use, list by list. The control lcore.
 */
#include <errno.h>

#include <rte_malloc.h>

#include "base_mem.h"
#include "base_rcu.h"
#include "ct_limit.h"
#include "ct_table.h"
#include "nat_source_own.h"

#define BUCKETS_MAX (1u << 24)

static uint32_t
buckets_for(uint32_t connections)
{
	return RTE_MIN(rte_align32pow2(RTE_MAX(4 * connections, 1024u)), BUCKETS_MAX);
}

static struct nat_buckets *
make(uint32_t connections)
{
	uint32_t nb = buckets_for(connections);
	struct nat_buckets *b = rte_zmalloc("nat-sources", sizeof(*b) + nb * sizeof(b->head[0]),
					    RTE_CACHE_LINE_SIZE);

	if (b != NULL)
		b->nb = nb;
	return b;
}

int
nat_source_prepare(enum hook_family family, struct err *e)
{
	struct nat_sources *s = &nat_sources[family];
	struct nat_buckets *b;

	if (s->now != NULL)
		return 0;
	b = make(ct_max());
	if (b == NULL)
		return err_set(e, -ENOMEM,
			       "translation: no memory for the sources of %u connections",
			       ct_max());
	__atomic_store_n(&s->now, b, __ATOMIC_RELEASE);
	return 0;
}

/* One list of the old table. */
static void
move_list(struct nat_sources *s, enum hook_family family, uint32_t bucket)
{
	rte_spinlock_t *lock = nat_source_lock(s, bucket);

	rte_spinlock_lock(lock);
	while (s->now->head[bucket] != 0) {
		struct ct *ct = ct_at(family, s->now->head[bucket] - 1);
		struct ct_tuple t = ct_tuple(ct, CT_ORIGINAL);
		uint32_t hash = nat_source_hash(&t, t.zone);

		nat_source_unlink(s->now, ct, hash);
		nat_source_link(s->next, ct, hash);
	}
	rte_spinlock_unlock(lock);
}

static int
grow(struct nat_sources *s, enum hook_family family, uint32_t connections)
{
	struct nat_buckets *old = s->now, *larger;

	if (old == NULL || old->nb >= buckets_for(connections))
		return 0;
	larger = make(connections);
	if (larger == NULL)
		return -ENOMEM;
	__atomic_store_n(&s->next, larger, __ATOMIC_RELEASE);
	for (uint32_t i = 0; i < old->nb; i++)
		move_list(s, family, i);
	__atomic_store_n(&s->now, larger, __ATOMIC_RELEASE);
	__atomic_store_n(&s->next, NULL, __ATOMIC_RELEASE);
	rcu_wait();
	rte_free(old);
	return 0;
}

int
nat_source_grow(uint32_t connections)
{
	int rc = 0;

	for (unsigned f = 0; f < HOOK_FAMILIES && rc == 0; f++)
		rc = grow(&nat_sources[f], f, connections);
	return rc;
}

size_t
nat_source_bytes(enum hook_family family)
{
	const struct nat_buckets *b = nat_sources[family].now;

	return b != NULL ? sizeof(*b) + b->nb * sizeof(b->head[0]) : 0;
}

static struct mem_use
sources_memory(void)
{
	size_t bytes = nat_source_bytes(HOOK_IP4) + nat_source_bytes(HOOK_IP6);

	return (struct mem_use){ bytes, bytes };
}

MEM_USER(sources, "nat-sources", "finds translated connections by their source", sources_memory)
