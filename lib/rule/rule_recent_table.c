/* SPDX-License-Identifier: BSD-3-Clause */
/* See rule_recent_table.h. */
#include <string.h>

#include <rte_jhash.h>

#include "rule_recent_table.h"

void
rule_recent_forget_all(struct rule_recent *r)
{
	memset(r->heads, 0, r->nb_heads * sizeof(*r->heads));
	r->nb = r->oldest = r->newest = r->free = 0;
	for (uint32_t n = r->room; n > 0; n--) {
		r->entries[n].nb = 0;
		r->entries[n].next = r->free;
		r->free = n;
	}
}

static uint32_t *
head_of(struct rule_recent *r, const struct rule_recent_key *key)
{
	uint32_t h = rte_jhash_32b(key->addr.w, RTE_DIM(key->addr.w), r->seed + key->family);

	return &r->heads[h & (r->nb_heads - 1)];
}

uint32_t
rule_recent_look(struct rule_recent *r, const struct rule_recent_key *key, uint8_t ttl)
{
	uint32_t n = *head_of(r, key);

	for (; n != 0; n = r->entries[n].next) {
		const struct rule_recent_key *k = &r->entries[n].key;

		if (k->family == key->family && k->addr.q[0] == key->addr.q[0] &&
		    k->addr.q[1] == key->addr.q[1] && (ttl == 0 || k->ttl == 0 || k->ttl == ttl))
			break;
	}
	return n;
}

static void
unlink_age(struct rule_recent *r, struct rule_recent_entry *e)
{
	*(e->older != 0 ? &r->entries[e->older].newer : &r->oldest) = e->newer;
	*(e->newer != 0 ? &r->entries[e->newer].older : &r->newest) = e->older;
}

static void
link_newest(struct rule_recent *r, uint32_t n)
{
	struct rule_recent_entry *e = &r->entries[n];

	e->older = r->newest;
	e->newer = 0;
	*(r->newest != 0 ? &r->entries[r->newest].newer : &r->oldest) = n;
	r->newest = n;
}

void
rule_recent_forget(struct rule_recent *r, uint32_t n)
{
	struct rule_recent_entry *e = &r->entries[n];
	uint32_t *at = head_of(r, &e->key);

	while (*at != n)
		at = &r->entries[*at].next;
	*at = e->next;
	unlink_age(r, e);
	e->nb = 0;
	e->next = r->free;
	r->free = n;
	r->nb--;
}

uint32_t
rule_recent_add(struct rule_recent *r, const struct rule_recent_key *key, uint64_t tick)
{
	uint32_t *at = head_of(r, key), n;

	if (r->free == 0) {
		rule_recent_forget(r, r->oldest);
		r->replaced++;
	}
	n = r->free;
	r->free = r->entries[n].next;
	r->entries[n] = (struct rule_recent_entry){ .key = *key, .nb = 1, .at = 1 };
	rule_recent_stamps(r, n)[0] = tick;
	while (*at != 0)
		at = &r->entries[*at].next;
	*at = n;
	link_newest(r, n);
	r->nb++;
	return n;
}

void
rule_recent_seen(struct rule_recent *r, uint32_t n, uint64_t tick)
{
	struct rule_recent_entry *e = &r->entries[n];

	e->at &= r->times - 1;
	rule_recent_stamps(r, n)[e->at++] = tick;
	e->nb = RTE_MAX(e->nb, e->at);
	unlink_age(r, e);
	link_newest(r, n);
}
