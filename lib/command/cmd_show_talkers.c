/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The greatest of any number of sources in bounded memory: a first walk over the table keeps candidates (Misra and
 * Gries: when there is no room for one more, each loses one), a second one counts them.
 */
#include <stdlib.h>

#include <rte_jhash.h>

#include "cmd_show_talkers.h"
#include "ct_table.h"

#define CANDIDATES 1024u
#define SLOTS 4096u /* a power of two */

struct talkers {
	unsigned nb;
	bool fixed; /* the second walk: nobody comes in any more */
	struct talker who[CANDIDATES];
	uint16_t slot[SLOTS]; /* 1 + index in who[]; 0: nothing */
};

static struct ip_addr
source_of(const struct ct *ct)
{
	struct ct_tuple t = ct_tuple(ct, CT_ORIGINAL);

	return t.family == AF_INET ? ip_addr_v4(t.src.v4) : ip_addr_v6(t.src.v6);
}

static unsigned
slot_of(const struct talkers *t, const struct ip_addr *a)
{
	uint32_t i = rte_jhash(a->v6, a->family == AF_INET ? 4 : 16, a->family);

	while (t->slot[i % SLOTS] != 0 && !ip_addr_equal(&t->who[t->slot[i % SLOTS] - 1].addr, a))
		i++;
	return i % SLOTS;
}

static void
fade(struct talkers *t)
{
	unsigned n = 0;

	memset(t->slot, 0, sizeof(t->slot));
	for (unsigned i = 0; i < t->nb; i++) {
		if (--t->who[i].connections == 0)
			continue;
		t->who[n] = t->who[i];
		t->slot[slot_of(t, &t->who[n].addr)] = n + 1;
		n++;
	}
	t->nb = n;
}

static bool
count(struct ct *ct, void *arg)
{
	struct talkers *t = arg;
	struct ip_addr a = source_of(ct);
	unsigned slot = slot_of(t, &a);

	if (t->slot[slot] != 0) {
		t->who[t->slot[slot] - 1].connections++;
	} else if (!t->fixed && t->nb == CANDIDATES) {
		fade(t);
	} else if (!t->fixed) {
		t->who[t->nb++] = (struct talker){ a, 1 };
		t->slot[slot] = t->nb;
	}
	return true;
}

static int
by_count(const void *a, const void *b)
{
	const struct talker *x = a, *y = b;

	return x->connections < y->connections ? 1 : x->connections > y->connections ? -1 : 0;
}

unsigned
talkers_top(struct talker *top, unsigned max)
{
	struct talkers *t = calloc(1, sizeof(*t));
	unsigned n;

	if (t == NULL)
		abort();
	ct_each(count, t);
	for (unsigned i = 0; i < t->nb; i++)
		t->who[i].connections = 0;
	t->fixed = true;
	ct_each(count, t);
	qsort(t->who, t->nb, sizeof(t->who[0]), by_count);
	n = RTE_MIN(t->nb, max);
	memcpy(top, t->who, n * sizeof(*top));
	free(t);
	return n;
}
