/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The search of rule_lin.h, for one kind of vector. Included by the file of each kind, which says
 *	LIN_NAME         the function's name
 *	LIN_TARGET       the attribute for the compiler
 *	lin_in(lo, span, x)      16 bits: x - lo <= span
 *	lin_is(want, care, x)    16 bits: (x & care) == want
 */
#include "rule_lin.h"

static inline __attribute__((always_inline)) LIN_TARGET uint32_t
lin_addr(const struct rule_lin_word *w, unsigned words, const uint32_t *addr, uint32_t invert,
	 uint32_t fits)
{
	uint32_t same = UINT16_MAX;

	for (unsigned i = 0; i < words; i++) {
		same &= lin_is(w[i].want, w[i].care, addr[i]);
		if (words > 1 && ((same ^ invert) & fits) == 0 && (invert & fits) == 0)
			return 0;
	}
	return (same ^ invert) & fits;
}

static inline __attribute__((always_inline)) LIN_TARGET uint32_t
lin_block(const struct rule_lin_block *b, unsigned words, bool upper, const struct rule_key *k)
{
	uint32_t fits = lin_in(b->dlo, b->dspan, k->dport) ^ b->invert[RULE_LIN_DPORT];

	fits &= lin_is(b->word.want, b->word.care, (uint32_t)k->word);
	if (fits == 0)
		return 0;
	fits = lin_addr(b->more, words, k->dst, b->invert[RULE_LIN_DST], fits);
	if (fits == 0)
		return 0;
	fits = lin_addr(b->more + words, words, k->src, b->invert[RULE_LIN_SRC], fits);
	fits &= lin_in(b->slo, b->sspan, k->sport) ^ b->invert[RULE_LIN_SPORT];
	if (upper)
		fits &= lin_is(b->more[2 * words].want, b->more[2 * words].care, k->word >> 32);
	return fits;
}

static inline __attribute__((always_inline)) LIN_TARGET uint32_t
lin_search(const struct rule_lin *l, unsigned words, bool upper, uint32_t pos, uint32_t end,
	   const struct rule_key *k)
{
	uint32_t stride = l->stride, at = pos / RULE_LIN_BLOCK;
	const uint8_t *block = l->block + (size_t)at * stride;
	uint32_t from = UINT16_MAX << pos % RULE_LIN_BLOCK;

	for (; at * RULE_LIN_BLOCK < end; at++, block += stride, from = UINT16_MAX) {
		uint32_t fits = lin_block((const void *)block, words, upper, k) & from;

		if (fits != 0)
			return RTE_MIN(at * RULE_LIN_BLOCK + __builtin_ctz(fits), end);
	}
	return end;
}

LIN_TARGET uint32_t
LIN_NAME(const struct rule_lin *l, uint32_t pos, uint32_t end, const struct rule_key *k)
{
	if (l->words == 1)
		return l->upper ? lin_search(l, 1, true, pos, end, k)
				: lin_search(l, 1, false, pos, end, k);
	return l->upper ? lin_search(l, 4, true, pos, end, k)
			: lin_search(l, 4, false, pos, end, k);
}
