/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A burst on its way through compiled chains: the primitive "first rule at or after a position that may apply". Each
 * packet is searched for when its turn comes; only tries are asked for all packets to come at once, since what they
 * look at is the same then. Workers; on the stack of one call of a table's hook function.
 */
#pragma once

#include "rule_code.h"

#define RULE_SEARCH_TRIES 4 /* that a burst asks at once; further ones are asked packet by packet */

struct rule_search {
	struct rule_key key; /* of the packet that is walked, if filled: tries may need none */
	bool filled;
	bool changed; /* by a target: results of tries are not its own any more */
	struct rule_key_ifaces ifaces;
	struct rte_mbuf **pkts; /* the burst */
	uint16_t n, at;         /* at: the packet that is walked */
	uint8_t nb_tries;       /* asked so far */
	const struct rule_acl *trie[RULE_SEARCH_TRIES];
	uint32_t result[RULE_SEARCH_TRIES][PKT_BURST];
};

static inline void
rule_search_init(struct rule_search *s, const struct rule_iface_set *ifaces, struct rte_mbuf **pkts,
		 uint16_t n)
{
	s->ifaces = (struct rule_key_ifaces){ .set = ifaces };
	s->pkts = pkts;
	s->n = n;
	s->nb_tries = 0;
}

/* The next packet of the burst. */
static inline void
rule_search_packet(struct rule_search *s, uint16_t at)
{
	s->at = at;
	s->filled = false;
	s->changed = false;
}

/* A target may have changed the packet. */
static inline void
rule_search_changed(struct rule_search *s)
{
	s->filled = false;
	s->changed = true;
}

static inline void
rule_search_fill(struct rule_search *s, const struct rule_packet *rp, bool ip4)
{
	if (s->filled)
		return;
	rule_key_fill(&s->key, &s->ifaces, rp, ip4);
	s->filled = true;
}

/* As rule_search_lin(), of a chain parts of which have bit vectors. s->key is filled. */
uint32_t rule_search_bits(struct rule_search *s, const struct rule_code *code,
			  const struct rule_runs *runs, uint32_t pos, uint32_t end);

/* Of a chain parts of which have tries. */
uint32_t rule_search_runs(struct rule_search *s, const struct rule_code *code,
			  const struct rule_runs *runs, uint32_t pos, const struct rule_packet *rp,
			  bool ip4);

/* The first rule of pos .. end - 1 that fits s->key; end: none. */
static inline uint32_t
rule_search_plain(const struct rule_search *s, const struct rule_code *code, uint32_t pos,
		  uint32_t end)
{
	if (code->outline.block != NULL)
		return rule_outline_find(&code->lin, &code->outline, pos, end, &s->key);
	return __atomic_load_n(&rule_lin_find, __ATOMIC_RELAXED)(&code->lin, pos, end, &s->key);
}

/* The first rule of pos .. end - 1, without tries; end: none. */
static inline uint32_t
rule_search_lin(struct rule_search *s, const struct rule_code *code, uint32_t pos, uint32_t end,
		const struct rule_packet *rp, bool ip4)
{
	const struct rule_runs *runs =
		__atomic_load_n(&code->runs[RULE_INDEX_BITS], __ATOMIC_ACQUIRE);

	rule_search_fill(s, rp, ip4);
	if (runs != NULL)
		return rule_search_bits(s, code, runs, pos, end);
	return rule_search_plain(s, code, pos, end);
}

/* pos < c->nb. Where the next rule stands that may apply; c->nb: there is none. */
static inline uint32_t
rule_search_next(struct rule_search *s, const struct rule_code *code, uint32_t pos,
		 const struct rule_packet *rp, bool ip4)
{
	const struct rule_runs *runs;

	if (rule_code_is_few(code))
		return pos;
	if (code->map != NULL) {
		rule_search_fill(s, rp, ip4);
		return rule_map_find(code->map, &code->lin, pos, code->lin.nb, &s->key);
	}
	runs = __atomic_load_n(&code->runs[RULE_INDEX_TRIE], __ATOMIC_ACQUIRE);
	if (runs != NULL)
		return rule_search_runs(s, code, runs, pos, rp, ip4);
	return rule_search_lin(s, code, pos, code->lin.nb, rp, ip4);
}
