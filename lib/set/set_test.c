/* SPDX-License-Identifier: BSD-3-Clause */
/* See set_elem.h: is something in a set of a hash type, or a bitmap? */
#include <errno.h>

#include "set_elem.h"
#include "set_ext.h"
#include "set_key.h"

int
set_look(const struct set *s, uint32_t n, const struct set_key *k, struct set_ask *a)
{
	struct set_entry *e = set_table_entry(&s->table, n);

	if (s->at_expiry != 0 && set_expired(s, e, a->now))
		return 0;
	if (s->at_mac != 0 && !set_mac_matches(s, e, k))
		return 0;
	if (!set_found(s, a, s->at_count != 0 ? set_entry_count(s, e) : NULL,
		       s->at_info != 0 ? set_entry_info(s, e) : NULL))
		return 0;
	return __atomic_load_n(&e->flags, __ATOMIC_RELAXED) & SET_ENTRY_NOMATCH ? -ENOTEMPTY : 1;
}

static int
test_exact(const struct set *s, const struct set_key *k, struct set_ask *a)
{
	uint32_t hash, n = set_key_find(s, k, &hash);

	return n == SET_NONE ? 0 : set_look(s, n, k, a);
}

/* The longest length below the one given that the set has; -1: none. */
static int
next_length(const struct set *s, unsigned which, int below)
{
	for (int w = (below - 1) >> 6; below > 0 && w >= 0; w--) {
		uint64_t bits = __atomic_load_n(&s->lengths[which][w], __ATOMIC_RELAXED);
		int top = below - (w << 6);

		if (top < 64)
			bits &= (UINT64_C(1) << top) - 1;
		if (bits != 0)
			return (w << 6) + 63 - __builtin_clzll(bits);
	}
	return -1;
}

int
set_longest(const struct set *s, unsigned which)
{
	return next_length(s, which, s->addr_words * 32 + 1);
}

/* Linux asks no shorter network than the longest one that is there, with whatever interface. */
static bool
ends_here(const struct set *s, const struct set_key *k)
{
	uint32_t words[SET_WORDS_MAX], hash;

	if (!(s->has & 1u << SET_PART_IFACE))
		return false;
	set_key_pack(s, k, words);
	hash = set_table_hash(&s->table, words);
	return set_table_begins(&s->table, words, hash) &&
	       set_table_find(&s->table, words, hash) == SET_NONE;
}

/* Networks that hold the address: by length, the longest first; of two networks the first one's length counts more. */
static int
test_networks(const struct set *s, const struct set_key *k, struct set_ask *a)
{
	unsigned bits = s->addr_words * 32, first = s->type->part[0] == SET_PART_NET ? 0 : 1;
	struct set_key probe = *k;
	int rc = 0;

	for (int i = next_length(s, first, bits + 1); i >= 0; i = next_length(s, first, i)) {
		probe.ip[first] = k->ip[first];
		set_addr_mask(&probe.ip[first], s->addr_words, i);
		probe.len[first] = i;
		if (s->nets == 1) {
			rc = test_exact(s, &probe, a);
			if (rc != 0 || ends_here(s, &probe))
				return rc;
			continue;
		}
		for (int j = next_length(s, 1, bits + 1); j >= 0; j = next_length(s, 1, j)) {
			probe.ip[1] = k->ip[1];
			set_addr_mask(&probe.ip[1], s->addr_words, j);
			probe.len[1] = j;
			rc = test_exact(s, &probe, a);
			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

/* A set of networks is asked about hosts: each network of them will do. */
static bool
is_host(const struct set *s, const struct set_key *k)
{
	unsigned bits = s->addr_words * 32;

	return (s->type->part[0] != SET_PART_NET || k->len[0] == bits) &&
	       (s->addrs < 2 || s->type->part[s->last] != SET_PART_NET || k->len[1] == bits);
}

int
set_test(struct set *s, const struct set_key *k, struct set_ask *a)
{
	struct set_key own = *k;
	int rc;

	if (!set_key_in_range(s, k))
		return 0;
	if (s->at_mac != 0 && a->flags & SET_ASK_FILL)
		set_mac_fill(s, k, a->now);
	set_key_narrow(s, &own);
	rc = s->nets != 0 && is_host(s, k) ? test_networks(s, &own, a) : test_exact(s, &own, a);
	if (a->flags & SET_ASK_NOMATCH && s->nets != 0)
		return rc == -ENOTEMPTY ? 1 : 0;
	return rc;
}

void
set_fetch(const struct set *s, const struct set_key *k)
{
	struct set_key own = *k;
	uint32_t words[SET_WORDS_MAX];

	set_key_narrow(s, &own);
	set_key_pack(s, &own, words);
	set_table_prefetch(&s->table, set_table_hash(&s->table, words));
}
