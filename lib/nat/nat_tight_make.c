/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines' memory, and who makes room. Half a byte for each connection that there may be: four ports. */
#include <errno.h>

#include <rte_malloc.h>

#include "base_mem.h"
#include "base_rcu.h"
#include "ct_limit.h"
#include "nat_tight_own.h"

#define LINES_LEAST 4096u
#define CONNECTIONS_A_LINE 128u

struct nat_tight_lines *nat_tight_lines;

static size_t
bytes_of(uint32_t nb)
{
	return sizeof(struct nat_tight_lines) + nb * sizeof(struct nat_tight_line);
}

static struct nat_tight_lines *
make(uint32_t connections)
{
	uint32_t nb = RTE_MAX(rte_align32pow2(connections / CONNECTIONS_A_LINE), LINES_LEAST);
	struct nat_tight_lines *all = rte_zmalloc("nat-tight", bytes_of(nb), RTE_CACHE_LINE_SIZE);

	if (all != NULL)
		all->nb = nb;
	return all;
}

int
nat_tight_prepare(struct err *e)
{
	struct nat_tight_lines *all;

	if (nat_tight_lines != NULL)
		return 0;
	all = make(ct_max());
	if (all == NULL)
		return err_set(e, -ENOMEM, "translation: no memory for hints about ports");
	__atomic_store_n(&nat_tight_lines, all, __ATOMIC_RELEASE);
	return 0;
}

int
nat_tight_grow(uint32_t connections)
{
	struct nat_tight_lines *old = nat_tight_lines, *all;

	if (old == NULL || old->nb >= connections / CONNECTIONS_A_LINE)
		return 0;
	all = make(connections);
	if (all == NULL)
		return -ENOMEM;
	__atomic_store_n(&nat_tight_lines, all, __ATOMIC_RELEASE);
	rcu_wait();
	rte_free(old);
	return 0;
}

static struct mem_use
hints_memory(void)
{
	const struct nat_tight_lines *all = nat_tight_lines;
	size_t bytes = all != NULL ? bytes_of(all->nb) : 0;

	return (struct mem_use){ bytes, bytes };
}

MEM_USER(hints, "nat-hints", "which ports are taken where they run short", hints_memory)

static unsigned
weight(const struct nat_tight_line *l)
{
	unsigned n = 0;

	for (unsigned i = 0; i < NAT_TIGHT_WORDS; i++)
		n += __builtin_popcountll(nat_tight_get(&l->bits[i]));
	return n;
}

/* One that is empty, or what least is known of. */
static struct nat_tight_line *
dispensable(struct nat_tight_line *l)
{
	unsigned found = 0, least = UINT_MAX;

	for (unsigned i = 0; i < NAT_TIGHT_WAYS; i++) {
		unsigned w = weight(&l[i]);

		if (nat_tight_get(&l[i].number) == 0)
			return &l[i];
		if (w < least) {
			least = w;
			found = i;
		}
	}
	return &l[found];
}

struct nat_tight_line *
nat_tight_make(uint64_t number)
{
	struct nat_tight_lines *all = __atomic_load_n(&nat_tight_lines, __ATOMIC_ACQUIRE);
	struct nat_tight_line *l;

	if (all == NULL)
		return NULL;
	l = nat_tight_find(all, number);
	if (l != NULL)
		return l;
	l = dispensable(nat_tight_at(all, number));
	__atomic_store_n(&l->number, 0, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < NAT_TIGHT_WORDS; i++)
		__atomic_store_n(&l->bits[i], 0, __ATOMIC_RELAXED);
	__atomic_store_n(&l->number, number, __ATOMIC_RELEASE);
	__atomic_store_n(&all->used, 1, __ATOMIC_RELAXED);
	return l;
}
