/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes what rule_lin.h says, searches it without vectors of its own, and chooses who does. Control lcore, but for the
 * search.
 */
#include <stdlib.h>

#include <rte_cpuflags.h>

#include "base_param.h"

#define LIN_TARGET
#define LIN_NAME rule_lin_scalar

static inline __attribute__((always_inline)) uint32_t
lin_in(const uint16_t *lo, const uint16_t *span, uint16_t x)
{
	uint32_t in = 0;

	for (unsigned i = 0; i < 16; i++)
		in |= (uint32_t)((uint16_t)(x - lo[i]) <= span[i]) << i;
	return in;
}

static inline __attribute__((always_inline)) uint32_t
lin_is(const uint32_t *want, const uint32_t *care, uint32_t x)
{
	uint32_t is = 0;

	for (unsigned i = 0; i < 16; i++)
		is |= (uint32_t)((x & care[i]) == want[i]) << i;
	return is;
}

#include "rule_lin_search.h"

rule_lin_fn *rule_lin_find = rule_lin_scalar;

static enum rule_simd simd_now = RULE_SIMD_SCALAR;

static const char *const simd_words[] = { "auto", "scalar", "avx2", "avx512", NULL };

static bool
simd_is_there(int simd)
{
	if (simd == RULE_SIMD_AVX512)
		return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512F) > 0 &&
		       rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512BW) > 0 &&
		       rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512VL) > 0;
	return simd != RULE_SIMD_AVX2 || rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) > 0;
}

static void
simd_choose(int simd)
{
	static rule_lin_fn *const by[] = {
		[RULE_SIMD_SCALAR] = rule_lin_scalar,
		[RULE_SIMD_AVX2] = rule_lin_avx2,
		[RULE_SIMD_AVX512] = rule_lin_avx512,
	};

	if (simd == RULE_SIMD_AUTO)
		simd = simd_is_there(RULE_SIMD_AVX512) ? RULE_SIMD_AVX512
		       : simd_is_there(RULE_SIMD_AVX2) ? RULE_SIMD_AVX2
						       : RULE_SIMD_SCALAR;
	__atomic_store_n(&simd_now, simd, __ATOMIC_RELAXED);
	__atomic_store_n(&rule_lin_find, by[simd], __ATOMIC_RELAXED);
}

enum rule_simd
rule_simd(void)
{
	return __atomic_load_n(&simd_now, __ATOMIC_RELAXED);
}

static int
simd_check(const struct param *p, int value, struct err *e)
{
	return simd_is_there(value)
		       ? 0
		       : err_set(e, -EINVAL, "this processor has no %s", simd_words[value]);
}

static void
simd_changed(struct param *p)
{
	simd_choose(param_get(p));
}

PARAM_DEFINE(simd, .name = "net.pollux.simd", .def = RULE_SIMD_AUTO, .value = RULE_SIMD_AUTO,
	     .words = simd_words, .check = simd_check, .changed = simd_changed,
	     .help = "vectors that search rules: auto is the widest that the processor has")

RTE_INIT(rule_lin_start)
{
	simd_choose(RULE_SIMD_AUTO);
}

static struct rule_lin_block *
block_of(const struct rule_lin *l, uint32_t i)
{
	return (void *)(l->block + (size_t)(i / RULE_LIN_BLOCK) * l->stride);
}

size_t
rule_lin_bytes(const struct rule_lin *l)
{
	return l->block == NULL ? 0
				: (l->nb + RULE_LIN_BLOCK - 1) / RULE_LIN_BLOCK * (size_t)l->stride;
}

void
rule_lin_init(struct rule_lin *l, uint32_t nb, bool ip4, bool upper)
{
	uint32_t blocks = (nb + RULE_LIN_BLOCK - 1) / RULE_LIN_BLOCK;

	l->nb = nb;
	l->words = ip4 ? 1 : 4;
	l->upper = upper;
	l->stride = sizeof(struct rule_lin_block) +
		    (2 * l->words + upper) * sizeof(struct rule_lin_word);
	l->block = aligned_alloc(RTE_CACHE_LINE_SIZE, (size_t)blocks * l->stride);
	if (l->block == NULL)
		abort();
	memset(l->block, 0, (size_t)blocks * l->stride);
	/* What nobody sets at the end of the last block fits nothing. */
	for (uint32_t i = nb; i < blocks * RULE_LIN_BLOCK; i++)
		block_of(l, i)->word.want[i % RULE_LIN_BLOCK] = 1;
}

static void
set_word(struct rule_lin_word *w, unsigned i, uint32_t want, uint32_t care)
{
	w->want[i] = want;
	w->care[i] = care;
}

void
rule_lin_set(struct rule_lin *l, uint32_t n, const struct rule_filter *f)
{
	struct rule_lin_block *b = block_of(l, n);
	const struct rule_port_range *s = &f->port[RULE_PORT_SRC], *d = &f->port[RULE_PORT_DST];
	unsigned i = n % RULE_LIN_BLOCK;

	b->dlo[i] = d->lo;
	b->dspan[i] = d->hi - d->lo;
	b->slo[i] = s->lo;
	b->sspan[i] = s->hi - s->lo;
	b->invert[RULE_LIN_DPORT] |= d->invert << i;
	b->invert[RULE_LIN_SPORT] |= s->invert << i;
	b->invert[RULE_LIN_DST] |= f->not_dst << i;
	b->invert[RULE_LIN_SRC] |= f->not_src << i;
	set_word(&b->word, i, f->want, f->care);
	if (l->upper)
		set_word(&b->more[2 * l->words], i, f->want >> 32, f->care >> 32);
	for (unsigned w = 0; w < l->words; w++) {
		set_word(&b->more[w], i, f->dst.w[w], f->dmask.w[w]);
		set_word(&b->more[l->words + w], i, f->src.w[w], f->smask.w[w]);
	}
}

void
rule_lin_free(struct rule_lin *l)
{
	free(l->block);
	l->block = NULL;
}
