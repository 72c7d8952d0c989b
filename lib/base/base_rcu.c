/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include <rte_malloc.h>

#include "base_rcu.h"

struct rte_rcu_qsbr *rcu;

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *p;
	uint64_t token;
};

static struct deferred *first, **last = &first;

int
rcu_init(void)
{
	size_t size = rte_rcu_qsbr_get_memsize(LANE_MAX + 1);

	rcu = rte_zmalloc("rcu", size, RTE_CACHE_LINE_SIZE);
	if (rcu == NULL)
		return -ENOMEM;
	rte_rcu_qsbr_init(rcu, LANE_MAX + 1);
	for (unsigned lane = 0; lane < lane_count(); lane++)
		rte_rcu_qsbr_thread_register(rcu, lane);
	rte_rcu_qsbr_thread_register(rcu, RCU_READER);
	return 0;
}

void
rcu_wait(void)
{
	/* The inline form, not rte_rcu_qsbr_synchronize(): thread sanitizers see through it. */
	rte_rcu_qsbr_check(rcu, rte_rcu_qsbr_start(rcu), true);
}

void
rcu_defer(void (*fn)(void *), void *p)
{
	struct deferred *d = malloc(sizeof(*d));

	if (d == NULL) {
		rcu_wait();
		fn(p);
		return;
	}
	*d = (struct deferred){ .fn = fn, .p = p, .token = rte_rcu_qsbr_start(rcu) };
	*last = d;
	last = &d->next;
}

void
rcu_reap(void)
{
	/* Tokens grow along the list: stop at the first that is not due. */
	while (first != NULL && rte_rcu_qsbr_check(rcu, first->token, false) == 1) {
		struct deferred *d = first;

		first = d->next;
		if (first == NULL)
			last = &first;
		d->fn(d->p);
		free(d);
	}
}
