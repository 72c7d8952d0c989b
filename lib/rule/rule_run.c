/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Plans runs and finds indexes for them. Called by rule_code.c and rule_build.c; control lcore. A chain that was changed
 * keeps what its first rules have in common with an index: a rule appended to 10,000 needs no new one.
 */
#include <stdlib.h>

#include "base_param.h"
#include "rule_acl.h"
#include "rule_bits.h"
#include "rule_run.h"

PARAM_INT(acl_min, "net.pollux.rule_acl_min", RULE_ACL_MIN, 0, 1000000,
	  "so many rules of addresses, protocol and ports in a row get a trie; 0: none do; any "
	  "number but the first "
	  "value: even where it is slower")

PARAM_INT(
	bits_min, "net.pollux.rule_bits_min", RULE_BITS_MIN, 0, 1000000,
	"so many rules in a row get bit vectors; 0: none do; any number but the first value: even "
	"where they are slower, and with the command")

static const struct kind {
	const struct param *least;
	uint32_t worth; /* rules without are too few to build another index for */
} kinds[] = {
	[RULE_INDEX_TRIE] = { &acl_min, RULE_ACL_MIN },
	[RULE_INDEX_BITS] = { &bits_min, RULE_BITS_MIN },
};

bool
rule_run_on(enum rule_index_kind kind)
{
	return param_get(kinds[kind].least) > 0;
}

bool
rule_run_forced(enum rule_index_kind kind)
{
	return !param_is_default(kinds[kind].least);
}

static struct rule_index *indexes; /* those in use */

/* Everything but the protocol. */
#define GATE_BITS (~(uint64_t)UINT8_MAX)

static bool
may_go_on(const struct rule_step *s, const struct rule *r)
{
	if (!(s->flags & RULE_STEP_EXACT) || s->kind == RULE_STEP_NEXT)
		return true;
	return s->kind == RULE_STEP_EVAL && !r->target.type->ends;
}

static bool
same_gate(const struct rule_run *run, const struct rule_filter *f)
{
	return run->want == (f->want & GATE_BITS) && run->care == (f->care & GATE_BITS);
}

static void
plan_add(enum rule_index_kind kind, struct rule_runs **plan, const struct rule_run *run)
{
	uint32_t nb = *plan != NULL ? (*plan)->nb : 0, least = param_get(kinds[kind].least);

	if (least == 0 || run->hi - run->lo < least)
		return;
	*plan = realloc(*plan, sizeof(**plan) + (nb + 1) * sizeof(*run));
	if (*plan == NULL)
		abort();
	(*plan)->run[nb] = *run;
	(*plan)->nb = nb + 1;
}

static struct rule_runs *
plan_tries(const struct rule_chain *c, const struct rule_filter *f, bool ip4)
{
	struct rule_runs *plan = NULL;
	struct rule_run run = { 0 };

	for (uint32_t i = 0; i < c->nb; i++) {
		bool takes = rule_acl_takes(&f[i], ip4);

		if (run.hi > run.lo && takes && same_gate(&run, &f[i]) &&
		    run.hi - run.lo < RULE_ACL_MAX) {
			run.hi++;
		} else {
			plan_add(RULE_INDEX_TRIE, &plan, &run);
			run = (struct rule_run){ .lo = i,
						 .hi = i + takes,
						 .want = f[i].want & GATE_BITS,
						 .care = f[i].care & GATE_BITS };
		}
		if (takes && may_go_on(&c->steps[i], c->rules[i])) {
			plan_add(RULE_INDEX_TRIE, &plan, &run);
			run = (struct rule_run){ 0 };
		}
	}
	plan_add(RULE_INDEX_TRIE, &plan, &run);
	return plan;
}

static struct rule_runs *
plan_bits(const struct rule_chain *c)
{
	struct rule_runs *plan = NULL;

	for (uint32_t lo = 0; lo < c->nb; lo += RULE_BITS_MAX) {
		struct rule_run run = { .lo = lo, .hi = RTE_MIN(c->nb, lo + RULE_BITS_MAX) };

		plan_add(RULE_INDEX_BITS, &plan, &run);
	}
	return plan;
}

struct rule_runs *
rule_run_plan(enum rule_index_kind kind, const struct rule_chain *c, const struct rule_filter *f,
	      bool ip4)
{
	return kind == RULE_INDEX_TRIE ? plan_tries(c, f, ip4) : plan_bits(c);
}

/* The part of the run that begins as the index does. */
static struct rule_run
common(const struct rule_run *run, const struct rule_chain *c, const struct rule_index *a)
{
	struct rule_run part = *run;
	uint32_t n = 0;

	while (part.lo < run->hi && c->rules[part.lo]->serial != a->serial[0])
		part.lo++;
	while (part.lo + n < run->hi && n < a->nb && c->rules[part.lo + n]->serial == a->serial[n])
		n++;
	part.hi = part.lo + n;
	part.index = a;
	return part;
}

struct rule_runs *
rule_run_serve(enum rule_index_kind kind, const struct rule_runs *plan, const struct rule_chain *c,
	       bool ip4)
{
	struct rule_runs *served;

	if (plan == NULL || indexes == NULL)
		return NULL;
	served = calloc(1, sizeof(*served) + plan->nb * sizeof(plan->run[0]));
	if (served == NULL)
		abort();
	for (uint32_t i = 0; i < plan->nb; i++) {
		struct rule_run best = { 0 };
		uint32_t all = plan->run[i].hi - plan->run[i].lo;

		for (struct rule_index *a = indexes; a != NULL; a = a->next) {
			struct rule_run part = { 0 };

			if (a->kind == kind && a->ip4 == ip4)
				part = common(&plan->run[i], c, a);
			if (part.hi - part.lo > best.hi - best.lo)
				best = part;
		}
		/* For a few rules of many an index is no gain. */
		if (best.hi - best.lo < RTE_MIN(all, kinds[kind].worth / 2))
			continue;
		((struct rule_index *)(uintptr_t)best.index)->refs++;
		served->run[served->nb++] = best;
	}
	if (served->nb > 0)
		return served;
	free(served);
	return NULL;
}

static uint32_t
served_rules(const struct rule_run *run, const struct rule_runs *served)
{
	uint32_t n = 0;

	for (uint32_t i = 0; served != NULL && i < served->nb; i++)
		if (served->run[i].lo >= run->lo && served->run[i].hi <= run->hi)
			n += served->run[i].hi - served->run[i].lo;
	return n;
}

const struct rule_run *
rule_run_wanted(enum rule_index_kind kind, const struct rule_runs *plan,
		const struct rule_runs *served)
{
	const struct rule_run *most = NULL;
	uint32_t lacks = 0;

	for (uint32_t i = 0; plan != NULL && i < plan->nb; i++) {
		const struct rule_run *run = &plan->run[i];
		uint32_t n = run->hi - run->lo - served_rules(run, served);

		/* What is left side by side must be worth it. */
		if (!run->refused && n > lacks &&
		    n >= RTE_MIN(kinds[kind].worth, run->hi - run->lo)) {
			lacks = n;
			most = run;
		}
	}
	return most;
}

void
rule_run_refuse(struct rule_runs *plan, const struct rule_chain *c, uint64_t serial)
{
	for (uint32_t i = 0; i < plan->nb; i++)
		if (c->rules[plan->run[i].lo]->serial == serial)
			plan->run[i].refused = true;
}

static void
drop(struct rule_index *a)
{
	struct rule_index **at = &indexes;

	if (--a->refs > 0)
		return;
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	rule_index_free(a);
}

void
rule_run_drop(struct rule_runs *served)
{
	for (uint32_t i = 0; served != NULL && i < served->nb; i++)
		drop((struct rule_index *)(uintptr_t)served->run[i].index);
	free(served);
}

void
rule_run_offer(struct rule_index *index)
{
	index->refs = 1;
	index->next = indexes;
	indexes = index;
}

void
rule_run_offered(struct rule_index *index)
{
	drop(index);
}

size_t
rule_run_bytes(enum rule_index_kind kind)
{
	size_t bytes = 0;

	for (const struct rule_index *a = indexes; a != NULL; a = a->next)
		if (a->kind == kind)
			bytes += a->bytes + a->nb * sizeof(a->serial[0]);
	return bytes;
}
