/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The filters of a chain side by side, 16 in a block, searched with the widest vectors that the processor has
 * (net.pollux.simd). Made by the control lcore, immutable then; searched by workers.
 */
#pragma once

#include "rule_key.h"

#define RULE_LIN_BLOCK 16

/* Which rules of a block have a test inverted: bit per rule. */
enum { RULE_LIN_DPORT, RULE_LIN_SPORT, RULE_LIN_DST, RULE_LIN_SRC, RULE_LIN_INVERTS };

struct rule_lin_word {
	uint32_t want[RULE_LIN_BLOCK], care[RULE_LIN_BLOCK];
};

/* Behind it: addresses, destination first, of each word first care then want; then the upper halves of the words. */
struct rule_lin_block {
	uint16_t dlo[RULE_LIN_BLOCK], dspan[RULE_LIN_BLOCK]; /* port - dlo <= dspan */
	uint16_t slo[RULE_LIN_BLOCK], sspan[RULE_LIN_BLOCK];
	struct rule_lin_word word; /* the lower half */
	uint16_t invert[RULE_LIN_INVERTS];
	uint16_t pad[28];
	struct rule_lin_word more[];
};

struct rule_lin {
	uint32_t nb;     /* rules */
	uint32_t words;  /* of an address: 1 or 4 */
	bool upper;      /* the words' upper halves are used */
	uint32_t stride; /* bytes of a block */
	uint8_t *block;  /* aligned to cache lines; NULL: not made, every rule is a candidate */
};

/* Room for nb rules, none of which fits anything yet. */
void rule_lin_init(struct rule_lin *l, uint32_t nb, bool ip4, bool upper);
void rule_lin_set(struct rule_lin *l, uint32_t i, const struct rule_filter *f);
void rule_lin_free(struct rule_lin *l);
size_t rule_lin_bytes(const struct rule_lin *l);

enum rule_simd { RULE_SIMD_AUTO, RULE_SIMD_SCALAR, RULE_SIMD_AVX2, RULE_SIMD_AVX512 };

/* The widest vectors that may be used; never RULE_SIMD_AUTO. Any thread. */
enum rule_simd rule_simd(void);

/* The first rule of pos .. end - 1 whose filter lets the packet pass; end: none. Workers. */
typedef uint32_t rule_lin_fn(const struct rule_lin *l, uint32_t pos, uint32_t end,
			     const struct rule_key *k);
extern rule_lin_fn *rule_lin_find;
rule_lin_fn rule_lin_scalar, rule_lin_avx2, rule_lin_avx512;
