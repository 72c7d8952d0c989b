/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration generations. A generation is a set of immutable objects, one per slot (ports,
 * addresses, hook lists, rule tables ...). The control lcore makes a draft, replaces objects in it
 * and commits: one pointer is published, one grace period passes, replaced objects are freed.
 * Workers take gen_current() once per burst and never keep what they find in it.
 */
#pragma once

#include <stdint.h>

#define GEN_SLOTS 16

struct gen {
	uint64_t number;
	void *slot[GEN_SLOTS]; /* NULL until somebody puts something there */
};

/*
 * Constructor time: names a slot. free_fn gets an object that no worker can see any more; the object
 * it was replaced by may share parts with it, so shared parts carry reference counts.
 */
unsigned gen_slot(const char *name, void (*free_fn)(void *));

/* Any thread. Never NULL. */
static inline const struct gen *
gen_current(void)
{
	extern struct gen *gen_published;

	return __atomic_load_n(&gen_published, __ATOMIC_ACQUIRE);
}

/* Control lcore. Only one draft exists at a time; commands nest by passing it on. */
struct gen *gen_draft(void);
/* Takes obj over. Replacing an object that this draft itself put there frees that one at once. */
void gen_draft_set(struct gen *draft, unsigned slot, void *obj);
/* Publishes, waits one grace period, frees what was replaced. The draft is gone. */
void gen_commit(struct gen *draft);
/*
 * Constructor time, one caller: control, in gen_commit(): the new generation is published, and workers still use the old
 * one; then: none does any more, and what was replaced is still there.
 */
void gen_on_commit(void (*published)(void), void (*passed)(void));
/* Frees what the draft brought; the current generation stays. */
void gen_abandon(struct gen *draft);
