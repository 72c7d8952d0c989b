/* SPDX-License-Identifier: BSD-3-Clause */
/* The search of rule_lin.h with AVX2. Workers, where the processor has it. */
#include <immintrin.h>
#include <stdint.h>

#define LIN_TARGET __attribute__((target("avx2")))
#define LIN_NAME rule_lin_avx2

static inline __attribute__((always_inline)) LIN_TARGET uint32_t
lin_in(const uint16_t *lo, const uint16_t *span, uint16_t x)
{
	__m256i above = _mm256_sub_epi16(_mm256_set1_epi16(x), _mm256_load_si256((const void *)lo));
	__m256i beyond = _mm256_subs_epu16(above, _mm256_load_si256((const void *)span));
	__m256i in = _mm256_cmpeq_epi16(beyond, _mm256_setzero_si256());

	return _mm_movemask_epi8(
		_mm_packs_epi16(_mm256_castsi256_si128(in), _mm256_extracti128_si256(in, 1)));
}

static inline __attribute__((always_inline)) LIN_TARGET uint32_t
lin_is_8(const uint32_t *want, const uint32_t *care, uint32_t x)
{
	__m256i have =
		_mm256_and_si256(_mm256_set1_epi32(x), _mm256_load_si256((const void *)care));

	return _mm256_movemask_ps(_mm256_castsi256_ps(
		_mm256_cmpeq_epi32(have, _mm256_load_si256((const void *)want))));
}

static inline __attribute__((always_inline)) LIN_TARGET uint32_t
lin_is(const uint32_t *want, const uint32_t *care, uint32_t x)
{
	return lin_is_8(want, care, x) | lin_is_8(want + 8, care + 8, x) << 8;
}

#include "rule_lin_search.h"
