/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to nat_tight.c and nat_tight_make.c: a line of memory for each block of 448 ports of some ends, and one for the ends
 * themselves. Lines have numbers: the ends' key, and the block. Lines of neighbours are neighbours, four for each value of
 * the number's last bits.
 */
#pragma once

#include "nat_tight.h"

#define NAT_TIGHT_WAYS 4u
#define NAT_TIGHT_WORDS 7u
#define NAT_TIGHT_PORTS (NAT_TIGHT_WORDS * 64) /* of a block */
#define NAT_TIGHT_ENDS 255u                    /* of the line of the ends: behind all blocks */

/* Of the line of the ends. */
enum {
	NAT_TIGHT_FULL,     /* a bit for each block that has no port left: words 0, 1, 2 */
	NAT_TIGHT_WHEN = 3, /* nat_tight_is_full(): ct_time << 32 | min << 16 | max */
	NAT_TIGHT_WEIGHT = NAT_TIGHT_WORDS - 1, /* all ones: it is worth more than its bits */
};

struct nat_tight_line {
	uint64_t number; /* 0: nothing is known */
	uint64_t bits[NAT_TIGHT_WORDS];
} __rte_cache_aligned;

struct nat_tight_lines {
	uint32_t nb;   /* a power of two */
	uint32_t used; /* somebody knows something */
	struct nat_tight_line line[];
};

extern struct nat_tight_lines *nat_tight_lines; /* NULL: not made */

static inline uint64_t
nat_tight_get(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* NULL: nothing is known. */
static inline struct nat_tight_lines *
nat_tight_known(void)
{
	struct nat_tight_lines *all = __atomic_load_n(&nat_tight_lines, __ATOMIC_ACQUIRE);

	return all != NULL && __atomic_load_n(&all->used, __ATOMIC_RELAXED) != 0 ? all : NULL;
}

/* The first of those that have the line of that number, or none. */
static inline struct nat_tight_line *
nat_tight_at(struct nat_tight_lines *all, uint64_t number)
{
	return &all->line[(number * NAT_TIGHT_WAYS) & (all->nb - 1)];
}

/* NULL: there is none. */
static inline struct nat_tight_line *
nat_tight_find(struct nat_tight_lines *all, uint64_t number)
{
	struct nat_tight_line *l = nat_tight_at(all, number);

	for (unsigned i = 0; i < NAT_TIGHT_WAYS; i++)
		if (nat_tight_get(&l[i].number) == number)
			return &l[i];
	return NULL;
}

/* The same, made where there is none. NULL: there is no memory. */
struct nat_tight_line *nat_tight_make(uint64_t number);
