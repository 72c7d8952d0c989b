/* SPDX-License-Identifier: BSD-3-Clause */
/* Searches what rule_bits.h says, with the widest vectors. Called by rule_search.c and rule_pays.c; workers. */
#include <rte_prefetch.h>

#include "rule_bits.h"

#define LINE_WORDS (RULE_BITS_LINE / 64)
#define NONE UINT32_MAX
#define FAR (512u << 10) /* bytes */

typedef uint64_t line_vector __attribute__((vector_size(sizeof(struct rule_bits_line)), may_alias));

/* A packet asks; rules are numbered as in b. */
struct question {
	const struct rule_bits *b;
	const struct rule_lin *l;
	const struct rule_key *k;
	rule_lin_fn *find;
	uint32_t lo, end;
	uint32_t from; /* rules before it are done */
	const uint8_t *set[RULE_BITS_FIELDS];
};

static inline __attribute__((always_inline)) void
look_up_sets(struct question *q)
{
	const struct rule_bits *b = q->b;

	for (unsigned i = 0; i < b->nb_fields; i++) {
		const struct rule_bits_field *f = &b->field[i];
		uint16_t value;

		memcpy(&value, (const uint8_t *)q->k + f->at, sizeof(value));
		q->set[i] = f->set + (size_t)f->class[value & f->mask] * b->stride;
	}
}

/* Of those 64 rules the first that fits. Rules of one block are looked at together. */
static inline __attribute__((always_inline)) uint32_t
in_word(struct question *q, uint32_t base, uint64_t bits)
{
	while (bits != 0) {
		uint32_t r = base + __builtin_ctzll(bits), stop, hit;

		if (r < q->from) {
			bits &= bits - 1;
			continue;
		}
		if (r >= q->end)
			break;
		stop = RTE_ALIGN_FLOOR(q->lo + r, RULE_LIN_BLOCK) + RULE_LIN_BLOCK;
		hit = q->find(q->l, q->lo + r, stop, q->k);
		if (hit < stop)
			return hit;
		q->from = stop - q->lo;
		bits &= bits - 1;
	}
	return NONE;
}

/* What is asked next is on its way meanwhile, where it does not fit a cache near by. */
static inline __attribute__((always_inline)) void
fetch_line(const struct question *q, uint32_t n)
{
	const struct rule_bits *b = q->b;

	for (unsigned i = 0; i < b->nb_fields; i++) {
		const uint16_t *line = (const void *)(q->set[i] + b->summaries * sizeof(uint64_t));

		rte_prefetch0(&b->field[i].line[line[n]]);
	}
}

/* words: those of the line that may have a rule. */
static inline __attribute__((always_inline)) uint32_t
in_line(struct question *q, uint32_t n, uint32_t words)
{
	const struct rule_bits *b = q->b;
	uint64_t bits[LINE_WORDS];
	line_vector all;

	memset(&all, 0xff, sizeof(all));
	for (unsigned i = 0; i < b->nb_fields; i++) {
		const uint16_t *line = (const void *)(q->set[i] + b->summaries * sizeof(uint64_t));

		all &= *(const line_vector *)&b->field[i].line[line[n]];
	}
	memcpy(bits, &all, sizeof(bits));
	for (; words != 0; words &= words - 1) {
		unsigned w = __builtin_ctz(words);
		uint32_t hit = in_word(q, n * RULE_BITS_LINE + w * 64, bits[w]);

		if (hit != NONE)
			return hit;
	}
	return NONE;
}

/* The words with rules in all sets, of 64 words. */
static inline __attribute__((always_inline)) uint64_t
in_all(const struct question *q, uint32_t n)
{
	uint64_t some = UINT64_MAX;

	for (unsigned i = 0; i < q->b->nb_fields; i++)
		some &= ((const uint64_t *)(const void *)q->set[i])[n];
	return some;
}

static inline __attribute__((always_inline)) uint32_t
search(struct question *q)
{
	uint32_t n = q->from / RULE_BITS_BRIEF / 64;
	uint64_t some;

	look_up_sets(q);
	some = in_all(q, n) & UINT64_MAX << q->from / RULE_BITS_BRIEF % 64;
	for (;;) {
		while (some != 0) {
			unsigned first = __builtin_ctzll(some) / LINE_WORDS;
			uint32_t words = some >> first * LINE_WORDS & 0xff, hit;

			some &= ~(UINT64_C(0xff) << first * LINE_WORDS);
			if (some != 0 && q->b->index.bytes > FAR)
				fetch_line(q, n * (64 / LINE_WORDS) +
						      __builtin_ctzll(some) / LINE_WORDS);
			hit = in_line(q, n * (64 / LINE_WORDS) + first, words);
			if (hit != NONE)
				return RTE_MIN(hit, q->lo + q->end);
		}
		if (++n * RULE_BITS_BRIEF * 64 >= q->end)
			return q->lo + q->end;
		some = in_all(q, n);
	}
}

static __attribute__((noinline)) uint32_t
search_scalar(struct question *q)
{
	return search(q);
}

static __attribute__((noinline, target("avx2"))) uint32_t
search_avx2(struct question *q)
{
	return search(q);
}

static __attribute__((noinline, target("avx512f,avx512bw,avx512vl"))) uint32_t
search_avx512(struct question *q)
{
	return search(q);
}

uint32_t
rule_bits_find(const struct rule_bits *b, const struct rule_lin *l, uint32_t lo, uint32_t pos,
	       uint32_t end, const struct rule_key *k)
{
	struct question q = {
		.b = b,
		.l = l,
		.k = k,
		.find = __atomic_load_n(&rule_lin_find, __ATOMIC_RELAXED),
		.lo = lo,
		.end = end - lo,
		.from = pos - lo,
	};

	if (pos >= end)
		return end;
	if (q.from < RULE_BITS_LEAD) {
		uint32_t stop = RTE_MIN(end, lo + RULE_BITS_LEAD), hit = q.find(l, pos, stop, k);

		if (hit < stop || stop == end)
			return hit;
		q.from = stop - lo;
	}
	switch (rule_simd()) {
	case RULE_SIMD_AVX512:
		return search_avx512(&q);
	case RULE_SIMD_AVX2:
		return search_avx2(&q);
	default:
		return search_scalar(&q);
	}
}
