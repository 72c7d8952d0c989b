/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Searches chains of which parts have indexes. Called by rule_eval.c; workers.
 */
#include "rule_acl.h"
#include "rule_bits.h"
#include "rule_search.h"

uint32_t
rule_search_bits(struct rule_search *s, const struct rule_code *code, const struct rule_runs *runs,
		 uint32_t pos, uint32_t end)
{
	for (uint32_t i = 0; i < runs->nb && pos < end; i++) {
		const struct rule_run *run = &runs->run[i];
		uint32_t lo = RTE_MIN(end, run->lo), hi = RTE_MIN(end, run->hi), hit;

		if (hi <= pos)
			continue;
		if (pos < lo) {
			hit = rule_search_plain(s, code, pos, lo);
			if (hit < lo)
				return hit;
			pos = lo;
		}
		hit = rule_bits_find((const struct rule_bits *)run->index, &code->lin, run->lo, pos,
				     hi, &s->key);
		if (hit < hi)
			return hit;
		pos = hi;
	}
	return pos < end ? rule_search_plain(s, code, pos, end) : end;
}

/* Asks the trie about the packets from s->at on. Odd ones do not come here, and need no result. */
static __rte_noinline bool
ask_ahead(struct rule_search *s, const struct rule_acl *a, uint32_t *result, bool ip4)
{
	struct rule_key key[PKT_BURST];
	const struct rule_key *keys[PKT_BURST];
	uint32_t found[PKT_BURST];
	uint16_t whose[PKT_BURST];
	unsigned n = 0;

	for (uint16_t i = s->at; i < s->n; i++) {
		if (rule_key_odd(pkt_const(s->pkts[i])))
			continue;
		rule_key_tuple(&key[n], s->pkts[i], ip4);
		keys[n] = &key[n];
		whose[n++] = i;
	}
	if (n == 0 || !rule_acl_find(a, keys, found, n))
		return false;
	for (unsigned i = 0; i < n; i++)
		result[whose[i]] = found[i];
	return true;
}

/* 1 + the first rule of the trie that fits the packet, 0: none; -1: the trie cannot say. */
static int64_t
ask(struct rule_search *s, const struct rule_acl *a, bool ip4)
{
	struct rule_key now;
	const struct rule_key *key = &now;
	uint32_t one;

	for (unsigned i = 0; !s->changed && i < s->nb_tries; i++)
		if (s->trie[i] == a)
			return s->result[i][s->at];
	if (s->changed || s->nb_tries == RULE_SEARCH_TRIES) {
		rule_key_tuple(&now, s->pkts[s->at], ip4);
		return rule_acl_find(a, &key, &one, 1) ? (int64_t)one : -1;
	}
	if (!ask_ahead(s, a, s->result[s->nb_tries], ip4))
		return -1;
	s->trie[s->nb_tries] = a;
	return s->result[s->nb_tries++][s->at];
}

static inline uint32_t
without_tries(struct rule_search *s, const struct rule_code *code, uint32_t pos, uint32_t end,
	      const struct rule_packet *rp, bool ip4)
{
	return pos < end ? rule_search_lin(s, code, pos, end, rp, ip4) : end;
}

/* What all rules of the run ask besides the trie. */
static bool
passes_gate(struct rule_search *s, const struct rule_run *run, const struct rule_packet *rp,
	    bool ip4)
{
	if (run->care == 0)
		return true;
	rule_search_fill(s, rp, ip4);
	return ((s->key.word ^ run->want) & run->care) == 0;
}

/* The run's first rule that may apply; its end: there is none. */
static uint32_t
in_run(struct rule_search *s, const struct rule_code *code, const struct rule_run *run,
       const struct rule_packet *rp, bool ip4)
{
	int64_t r;

	if (!passes_gate(s, run, rp, ip4))
		return run->hi;
	r = ask(s, (const struct rule_acl *)run->index, ip4);
	if (r < 0)
		return without_tries(s, code, run->lo, run->hi, rp, ip4);
	/* The trie may have more rules than the run. */
	return r == 0 || r > run->hi - run->lo ? run->hi : run->lo + (uint32_t)r - 1;
}

uint32_t
rule_search_runs(struct rule_search *s, const struct rule_code *code, const struct rule_runs *runs,
		 uint32_t pos, const struct rule_packet *rp, bool ip4)
{
	for (uint32_t i = 0; i < runs->nb; i++) {
		const struct rule_run *run = &runs->run[i];
		uint32_t hit;

		/* Behind its first rule a run is searched without its trie. */
		if (run->lo < pos)
			continue;
		hit = without_tries(s, code, pos, run->lo, rp, ip4);
		if (hit < run->lo)
			return hit;
		hit = in_run(s, code, run, rp, ip4);
		if (hit < run->hi)
			return hit;
		pos = run->hi;
	}
	return without_tries(s, code, pos, code->lin.nb, rp, ip4);
}
