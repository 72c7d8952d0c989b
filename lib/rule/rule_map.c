/* SPDX-License-Identifier: BSD-3-Clause */
/* Searches what rule_map.h says. Called by rule_search.h; workers. */
#include "rule_map.h"

/* The first rule of no group that fits, from pos on; best: none before that. */
static inline uint32_t
in_rest(const struct rule_map *m, rule_lin_fn *find, uint32_t pos, uint32_t best,
	const struct rule_key *k)
{
	uint32_t i = 0, hit;

	while (i < m->rest.nb && m->rest_at[i] < pos)
		i++;
	hit = find(&m->rest, i, m->rest.nb, k);
	return hit < m->rest.nb ? RTE_MIN(best, m->rest_at[hit]) : best;
}

/* The first rule of those with these bits; RULE_MAP_NONE: nobody has them. */
static inline uint32_t
in_group(const struct rule_map_group *g, uint64_t hash)
{
	uint32_t at = hash, tag = hash >> 32;

	if (likely(!rule_map_maybe(g, hash)))
		return RULE_MAP_NONE;
	for (;; at++) {
		const struct rule_map_slot *s = &g->slot[at & (g->slots - 1)];

		if (s->first == RULE_MAP_NONE || s->tag == tag)
			return s->first;
	}
}

static __rte_always_inline uint32_t
search(const struct rule_map *m, const struct rule_lin *l, uint32_t pos, uint32_t end,
       const struct rule_key *k, bool ip4)
{
	rule_lin_fn *find = __atomic_load_n(&rule_lin_find, __ATOMIC_RELAXED);
	const struct rule_map_key all = rule_map_key_of(k, ip4);
	uint32_t best = end;

	if (m->rest.nb > 0)
		best = in_rest(m, find, pos, best, k);
	for (unsigned i = 0; i < m->nb_groups; i++) {
		struct rule_map_key key = all;
		uint32_t r;

		rule_map_narrow(&key, &m->group[i].mask);
		for (r = in_group(&m->group[i], rule_map_hash(&key, ip4)); r < best;) {
			const struct rule_map_rule *rule = &m->rule[r];

			if (r >= pos && (rule->whole ? rule_map_same(&rule->key, &key, ip4)
						     : find(l, r, r + 1, k) == r))
				best = r;
			r = rule->next;
		}
	}
	return best;
}

uint32_t
rule_map_find(const struct rule_map *m, const struct rule_lin *l, uint32_t pos, uint32_t end,
	      const struct rule_key *k)
{
	return m->ip4 ? search(m, l, pos, end, k, true) : search(m, l, pos, end, k, false);
}
