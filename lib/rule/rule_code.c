/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compiles chains. Called by rule_check.c, rule_object.c and rule_build.c; control lcore.
 */
#include <stdlib.h>

#include "base_alloc.h"
#include "base_rcu.h"
#include "rule_bits.h"
#include "rule_code.h"

/* The filters hold their patterns once for the code. */
static void
make_filters(struct rule_code *code, const struct rule_chain *c, struct rule_filter *f)
{
	for (uint32_t i = 0; i < c->nb; i++) {
		rule_filter_of(c->rules[i], &f[i]);
		rule_filter_drop(code->ifaces & f[i].ifaces);
		code->ifaces |= f[i].ifaces;
		if (f[i].exact)
			c->steps[i].flags |= RULE_STEP_EXACT;
	}
}

/* Tests see what bit vectors find right after the command. */
static void
force_bits(struct rule_code *code, const struct rule_chain *c, const struct rule_filter *f,
	   bool ip4)
{
	const struct rule_runs *plan = code->plan[RULE_INDEX_BITS];

	for (uint32_t i = 0; plan != NULL && i < plan->nb; i++) {
		const struct rule_run *run = &plan->run[i];
		uint32_t nb = run->hi - run->lo;
		uint64_t *serial = must_alloc(nb * sizeof(*serial));
		struct rule_runs *before = code->runs[RULE_INDEX_BITS];
		struct rule_bits *b;

		for (uint32_t r = 0; r < nb; r++)
			serial[r] = c->rules[run->lo + r]->serial;
		b = rule_bits_build(f + run->lo, serial, nb, ip4, SIZE_MAX);
		free(serial);
		if (b == NULL)
			continue;
		rule_run_offer(&b->index);
		code->runs[RULE_INDEX_BITS] = rule_run_serve(RULE_INDEX_BITS, plan, c, ip4);
		rule_run_drop(before);
		rule_run_offered(&b->index);
	}
}

struct rule_code *
rule_code_new(const struct rule_chain *c, bool ip4)
{
	struct rule_code *code = must_alloc(sizeof(*code));
	struct rule_filter *f;
	bool upper;

	code->lin.nb = c->nb;
	if (c->nb <= RULE_CODE_FEW)
		return code;
	f = must_alloc(c->nb * sizeof(*f));
	make_filters(code, c, f);
	upper = code->ifaces << RULE_WORD_IFACE_SHIFT >> 32 != 0;
	rule_lin_init(&code->lin, c->nb, ip4, upper);
	for (uint32_t i = 0; i < c->nb; i++)
		rule_lin_set(&code->lin, i, &f[i]);
	rule_outline_make(&code->outline, f, c->nb, ip4, upper);
	code->map = rule_map_make(f, c->nb, ip4, upper);
	for (unsigned k = 0; k < RULE_INDEX_KINDS && code->map == NULL; k++) {
		code->plan[k] = rule_run_plan(k, c, f, ip4);
		code->runs[k] = rule_run_serve(k, code->plan[k], c, ip4);
	}
	if (rule_run_forced(RULE_INDEX_BITS))
		force_bits(code, c, f, ip4);
	free(f);
	return code;
}

static void
drop_runs(void *runs)
{
	rule_run_drop(runs);
}

void
rule_code_serve(enum rule_index_kind kind, struct rule_code *code, const struct rule_chain *c,
		bool ip4)
{
	struct rule_runs *old = code->runs[kind];
	struct rule_runs *now = rule_run_serve(kind, code->plan[kind], c, ip4);

	__atomic_store_n(&code->runs[kind], now, __ATOMIC_RELEASE);
	if (old != NULL)
		rcu_defer(drop_runs, old);
}

void
rule_code_free(struct rule_code *code)
{
	if (code == NULL)
		return;
	rule_filter_drop(code->ifaces);
	rule_lin_free(&code->lin);
	rule_lin_free(&code->outline);
	rule_map_free(code->map);
	for (unsigned k = 0; k < RULE_INDEX_KINDS; k++) {
		rule_run_drop(code->runs[k]);
		free(code->plan[k]);
	}
	free(code);
}

size_t
rule_code_bytes(const struct rule_code *code)
{
	size_t runs = 0;

	for (unsigned k = 0; k < RULE_INDEX_KINDS; k++)
		if (code->plan[k] != NULL)
			runs += sizeof(*code->plan[k]) +
				code->plan[k]->nb * sizeof(code->plan[k]->run[0]);
	return sizeof(*code) + rule_lin_bytes(&code->lin) + rule_lin_bytes(&code->outline) +
	       (code->map != NULL ? code->map->bytes : 0) + runs;
}
