/* SPDX-License-Identifier: BSD-3-Clause */
/* The search of rule_lin.h with AVX-512. Workers, where the processor has it. */
#include <immintrin.h>
#include <stdint.h>

#define LIN_TARGET __attribute__((target("avx2,avx512f,avx512bw,avx512vl")))
#define LIN_NAME rule_lin_avx512

static inline __attribute__((always_inline)) LIN_TARGET uint32_t
lin_in(const uint16_t *lo, const uint16_t *span, uint16_t x)
{
	__m256i above = _mm256_sub_epi16(_mm256_set1_epi16(x), _mm256_load_si256((const void *)lo));

	return _mm256_cmple_epu16_mask(above, _mm256_load_si256((const void *)span));
}

static inline __attribute__((always_inline)) LIN_TARGET uint32_t
lin_is(const uint32_t *want, const uint32_t *care, uint32_t x)
{
	__m512i have = _mm512_and_si512(_mm512_set1_epi32(x), _mm512_load_si512(care));

	return _mm512_cmpeq_epi32_mask(have, _mm512_load_si512(want));
}

#include "rule_lin_search.h"
