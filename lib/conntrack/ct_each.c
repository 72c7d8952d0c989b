/* SPDX-License-Identifier: BSD-3-Clause */
/* All connections, one after another: the pools are walked, never the index. Control lcore. */
#include "base_clock.h"
#include "base_rcu.h"
#include "ct_own.h"
#include "ct_table.h"

#define READER_ENTRIES 256 /* that a reader sees before it lets others free memory */

/* Places of a family's pool that may hold an entry. */
static uint32_t
places(enum hook_family family)
{
	return __atomic_load_n(&ct_entries(family)->high, __ATOMIC_RELAXED);
}

/* The entry at a place, NULL if none is confirmed and alive there. */
static struct ct *
entry_at(enum hook_family family, uint32_t i, uint32_t now)
{
	struct ct *ct = ct_pool_at(ct_entries(family), i);

	if ((ct_status(ct) & (CT_CONFIRMED | CT_DYING)) != CT_CONFIRMED || ct_expired(ct, now))
		return NULL;
	return ct;
}

bool
ct_each_some(struct ct_place *at, uint32_t n, bool (*fn)(struct ct *ct, void *arg), void *arg)
{
	uint32_t now = ct_time(clock_ms());
	bool go_on = true;

	rcu_reader_begin();
	while (go_on && n != 0 && at->family < HOOK_FAMILIES) {
		struct ct *ct;

		if (at->next >= places(at->family)) {
			at->family++;
			at->next = 0;
			continue;
		}
		if (--n % READER_ENTRIES == 0)
			rcu_reader_pause();
		ct = entry_at(at->family, at->next++, now);
		if (ct != NULL)
			go_on = fn(ct, arg);
	}
	rcu_reader_end();
	return go_on && at->family < HOOK_FAMILIES;
}

void
ct_each(bool (*fn)(struct ct *ct, void *arg), void *arg)
{
	struct ct_place at = { 0 };

	ct_each_some(&at, UINT32_MAX, fn, arg);
}
