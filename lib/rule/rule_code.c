/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compiles chains. Called by rule_check.c, rule_object.c and rule_build.c; control lcore.
 */
#include <stdlib.h>

#include "base_rcu.h"
#include "rule_code.h"

static void *
must_alloc(size_t bytes)
{
	void *p = calloc(1, bytes);

	if (p == NULL)
		abort();
	return p;
}

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
	code->plan = rule_run_plan(c, f, ip4);
	code->runs = rule_run_serve(code->plan, c, ip4);
	free(f);
	return code;
}

static void
drop_runs(void *runs)
{
	rule_run_drop(runs);
}

void
rule_code_serve(struct rule_code *code, const struct rule_chain *c, bool ip4)
{
	struct rule_runs *old = code->runs, *now = rule_run_serve(code->plan, c, ip4);

	__atomic_store_n(&code->runs, now, __ATOMIC_RELEASE);
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
	rule_run_drop(code->runs);
	free(code->plan);
	free(code);
}

size_t
rule_code_bytes(const struct rule_code *code)
{
	size_t runs = code->plan != NULL
			      ? sizeof(*code->plan) + code->plan->nb * sizeof(code->plan->run[0])
			      : 0;

	return sizeof(*code) + rule_lin_bytes(&code->lin) + rule_lin_bytes(&code->outline) + runs;
}
