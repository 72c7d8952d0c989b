/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The greatest of any number of keys in bounded memory: a first walk over the table keeps candidates (Misra and
 * Gries: when there is no room for one more, each loses one), a second one counts them.
 */
#include <stdlib.h>

#include <rte_jhash.h>

#include "cmd_conntrack.h"
#include "cmd_show_talkers.h"
#include "cmd_table.h"
#include "ct_table.h"

#define CANDIDATES 1024u
#define SHOWN 10u
#define SLOTS 4096u /* a power of two */

struct talkers {
	talker_key_fn *key;
	unsigned nb;
	bool fixed; /* the second walk: nobody comes in any more */
	struct talker who[CANDIDATES];
	uint16_t slot[SLOTS]; /* 1 + index in who[]; 0: nothing */
};

bool
talker_source(const struct ct *ct, struct ct_tuple *key)
{
	struct ct_tuple t = ct_tuple(ct, CT_ORIGINAL);

	key->src = t.src;
	key->family = t.family;
	return true;
}

static unsigned
slot_of(const struct talkers *t, const struct ct_tuple *key)
{
	uint32_t i = rte_jhash(key, sizeof(*key), 0);

	while (t->slot[i % SLOTS] != 0 &&
	       memcmp(&t->who[t->slot[i % SLOTS] - 1].key, key, sizeof(*key)) != 0)
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
		t->slot[slot_of(t, &t->who[n].key)] = n + 1;
		n++;
	}
	t->nb = n;
}

static bool
count(struct ct *ct, void *arg)
{
	struct talkers *t = arg;
	struct ct_tuple key;
	unsigned slot;

	memset(&key, 0, sizeof(key));
	if (!t->key(ct, &key))
		return true;
	slot = slot_of(t, &key);
	if (t->slot[slot] != 0) {
		t->who[t->slot[slot] - 1].connections++;
	} else if (!t->fixed && t->nb == CANDIDATES) {
		fade(t);
	} else if (!t->fixed) {
		t->who[t->nb++] = (struct talker){ key, 1 };
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
talkers_top(talker_key_fn *key, struct talker *top, unsigned max)
{
	struct talkers *t = calloc(1, sizeof(*t));
	unsigned n;

	if (t == NULL)
		abort();
	t->key = key;
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

int
show_top_sources(struct cmd *c, talker_key_fn *key)
{
	static const struct cmd_column columns[] = { { "source", "source" },
						     { "connections", "connections" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	struct talker top[SHOWN];
	unsigned n = talkers_top(key, top, SHOWN);

	for (unsigned i = 0; i < n; i++) {
		struct ip_addr a = conntrack_addr(&top[i].key, false);
		char text[IP_ADDR_TEXT];

		cmd_table_text(&t, ip_addr_text(&a, text));
		cmd_table_number(&t, top[i].connections);
	}
	return cmd_table_end(&t);
}
