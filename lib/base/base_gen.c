/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "base_gen.h"
#include "base_rcu.h"

static struct {
	const char *name;
	void (*free_fn)(void *);
} slots[GEN_SLOTS];
static unsigned nb_slots;

static struct gen empty;
struct gen *gen_published = &empty;

unsigned
gen_slot(const char *name, void (*free_fn)(void *))
{
	if (nb_slots == GEN_SLOTS)
		abort();
	slots[nb_slots].name = name;
	slots[nb_slots].free_fn = free_fn;
	return nb_slots++;
}

struct gen *
gen_draft(void)
{
	struct gen *draft = malloc(sizeof(*draft));

	if (draft == NULL)
		abort();
	*draft = *gen_published;
	draft->number++;
	return draft;
}

void
gen_draft_set(struct gen *draft, unsigned slot, void *obj)
{
	void *old = draft->slot[slot];

	if (old == obj)
		return;
	draft->slot[slot] = obj;
	if (old != NULL && old != gen_published->slot[slot])
		slots[slot].free_fn(old);
}

/* Frees from g the objects that are not in keep. */
static void
release(struct gen *g, const struct gen *keep)
{
	for (unsigned i = 0; i < nb_slots; i++)
		if (g->slot[i] != NULL && g->slot[i] != keep->slot[i])
			slots[i].free_fn(g->slot[i]);
	if (g != &empty)
		free(g);
}

static void (*on_published)(void), (*on_passed)(void);

void
gen_on_commit(void (*published)(void), void (*passed)(void))
{
	on_published = published;
	on_passed = passed;
}

void
gen_commit(struct gen *draft)
{
	struct gen *old = gen_published;

	__atomic_store_n(&gen_published, draft, __ATOMIC_RELEASE);
	if (on_published != NULL)
		on_published();
	rcu_wait();
	if (on_passed != NULL)
		on_passed();
	release(old, draft);
}

void
gen_abandon(struct gen *draft)
{
	release(draft, gen_published);
}
