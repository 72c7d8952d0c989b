/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules, chains and tables as reference-counted objects. Called by rule_edit.c and by the
 * generation slot's free function; control lcore only, so the counts need no atomics.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_alloc.h"
#include "rule_code.h"
#include "rule_flat.h"
#include "rule_object.h"
#include "rule_spec.h"

int
rule_new(struct rule_spec *spec, struct count c, struct rule **out)
{
	static uint64_t serial;
	struct rule *r = must_alloc(sizeof(*r) + spec->nb_matches * sizeof(r->match[0]));
	int rc = counter_alloc(&r->counter);

	if (rc != 0) {
		free(r);
		return rc;
	}
	counter_set(r->counter, c);
	r->refs = 1;
	r->serial = ++serial;
	r->ip = spec->ip;
	r->kind = spec->kind;
	r->to = spec->to;
	r->nb_matches = spec->nb_matches;
	r->target = rule_ext_clone(&spec->target);
	for (unsigned i = 0; i < spec->nb_matches; i++)
		r->match[i] = rule_ext_clone(&spec->match[i]);
	*out = r;
	return 0;
}

void
rule_put(struct rule *r)
{
	if (--r->refs > 0)
		return;
	for (unsigned i = 0; i < r->nb_matches; i++)
		rule_ext_free(&r->match[i]);
	rule_ext_free(&r->target);
	counter_free(r->counter);
	free(r);
}

bool
rule_equal(const struct rule *a, const struct rule *b)
{
	if (memcmp(&a->ip, &b->ip, sizeof(a->ip)) != 0 || a->kind != b->kind || a->to != b->to ||
	    a->nb_matches != b->nb_matches || !rule_ext_equal(&a->target, &b->target))
		return false;
	for (unsigned i = 0; i < a->nb_matches; i++)
		if (!rule_ext_equal(&a->match[i], &b->match[i]))
			return false;
	return true;
}

bool
rule_unconditional(const struct rule *r)
{
	struct rule_ip any = { .family = r->ip.family };

	return r->nb_matches == 0 && memcmp(&r->ip, &any, sizeof(any)) == 0;
}

uint32_t
rule_ext_deps(const struct rule_ext *x)
{
	if (x->type == NULL)
		return 0;
	return x->type->deps | (x->type->deps_of != NULL ? x->type->deps_of(x->data) : 0);
}

uint32_t
rule_deps(const struct rule *r)
{
	static const uint8_t none[RULE_IFACE_NAME];
	uint32_t deps = RULE_DEP_TUPLE | rule_ext_deps(&r->target);

	if (memcmp(r->ip.in_mask, none, sizeof(none)) || memcmp(r->ip.out_mask, none, sizeof(none)))
		deps |= RULE_DEP_IFACE;
	if (r->ip.flags & RULE_IP_FRAG)
		deps |= RULE_DEP_FRAG;
	for (unsigned i = 0; i < r->nb_matches; i++)
		deps |= rule_ext_deps(&r->match[i]);
	return deps;
}

static uint32_t
ext_needs(const struct rule_ext *x)
{
	if (x->type == NULL)
		return 0;
	return x->type->needs | (x->type->needs_of != NULL ? x->type->needs_of(x->data) : 0);
}

uint32_t
rule_needs(const struct rule *r)
{
	uint32_t needs = ext_needs(&r->target);

	for (unsigned i = 0; i < r->nb_matches; i++)
		needs |= ext_needs(&r->match[i]);
	return needs;
}

static void
policy_counter_put(struct rule_counter *c)
{
	if (c == NULL || --c->refs > 0)
		return;
	counter_free(c->id);
	free(c);
}

int
rule_chain_count_from(struct rule_chain *c, struct count start)
{
	struct rule_counter *n = must_alloc(sizeof(*n));
	int rc = counter_alloc(&n->id);

	if (rc != 0) {
		free(n);
		return rc;
	}
	n->refs = 1;
	counter_set(n->id, start);
	policy_counter_put(c->policy_counter);
	c->policy_counter = n;
	return 0;
}

struct rule_chain *
rule_chain_new(const char *name, int point, enum rule_policy policy)
{
	struct rule_chain *c = must_alloc(sizeof(*c));

	c->refs = 1;
	strncpy(c->name, name, sizeof(c->name) - 1);
	c->point = point;
	c->policy = policy;
	if (policy != RULE_POLICY_NONE && rule_chain_count_from(c, (struct count){ 0 }) != 0) {
		free(c);
		return NULL;
	}
	return c;
}

static void
forget_compiled(struct rule_chain *c)
{
	rule_code_free(c->code);
	free(c->steps);
	free(c->jumps);
	c->code = NULL;
	c->steps = NULL;
	c->jumps = NULL;
	c->nb_jumps = 0;
}

struct rule_chain *
rule_chain_edit(struct rule_chain *c)
{
	struct rule_chain *n;

	if (c->refs == 1) {
		forget_compiled(c);
		return c;
	}
	n = must_alloc(sizeof(*n));
	*n = *c;
	n->refs = 1;
	n->code = NULL;
	n->steps = NULL;
	n->jumps = NULL;
	n->nb_jumps = 0;
	n->cap = c->nb + c->nb / 4 + 4;
	n->rules = must_alloc(n->cap * sizeof(n->rules[0]));
	for (uint32_t i = 0; i < c->nb; i++) {
		n->rules[i] = c->rules[i];
		n->rules[i]->refs++;
	}
	if (n->policy_counter != NULL)
		n->policy_counter->refs++;
	c->refs--;
	return n;
}

void
rule_chain_put(struct rule_chain *c)
{
	if (--c->refs > 0)
		return;
	for (uint32_t i = 0; i < c->nb; i++)
		rule_put(c->rules[i]);
	policy_counter_put(c->policy_counter);
	forget_compiled(c);
	free(c->rules);
	free(c);
}

int
rule_chain_grow(struct rule_chain *c)
{
	uint32_t cap = c->cap ? 2 * c->cap : 8;
	struct rule **rules;

	if (c->nb >= RULE_RULES_MAX)
		return -ENOSPC;
	if (c->nb < c->cap)
		return 0;
	rules = realloc(c->rules, cap * sizeof(rules[0]));
	if (rules == NULL)
		return -ENOMEM;
	c->rules = rules;
	c->cap = cap;
	return 0;
}

static void
table_reserve(struct rule_table *t, uint16_t cap)
{
	t->chain = realloc(t->chain, cap * sizeof(t->chain[0]));
	t->links = realloc(t->links, cap * sizeof(t->links[0]));
	t->order = realloc(t->order, cap * sizeof(t->order[0]));
	if (t->chain == NULL || t->links == NULL || t->order == NULL)
		abort();
	t->cap_slots = cap;
}

struct rule_table *
rule_table_new(enum hook_family family, unsigned type)
{
	struct rule_table *t = must_alloc(sizeof(*t));

	t->refs = 1;
	t->type = type;
	t->family = family;
	table_reserve(t, 16);
	for (unsigned p = 0; p < HOOK_POINTS; p++) {
		struct rule_chain *c;

		t->builtin[p] = RULE_SLOT_NONE;
		if (!(rule_table_types[type].points & 1u << p))
			continue;
		c = rule_chain_new(hook_point_name(p), p, RULE_POLICY_ACCEPT);
		if (c == NULL) {
			rule_table_put(t);
			return NULL;
		}
		t->builtin[p] = t->nb_slots;
		t->links[t->nb_slots] = 0;
		t->chain[t->nb_slots++] = c;
	}
	return t;
}

struct rule_table *
rule_table_copy(const struct rule_table *t)
{
	struct rule_table *n = must_alloc(sizeof(*n));

	*n = *t;
	n->refs = 1;
	n->ifaces = NULL;
	memset(n->flat, 0, sizeof(n->flat));
	n->chain = NULL;
	n->links = NULL;
	n->order = NULL;
	table_reserve(n, t->nb_slots + 8);
	memcpy(n->chain, t->chain, t->nb_slots * sizeof(t->chain[0]));
	memcpy(n->links, t->links, t->nb_slots * sizeof(t->links[0]));
	memcpy(n->order, t->order, t->nb_user * sizeof(t->order[0]));
	for (uint16_t i = 0; i < n->nb_slots; i++)
		if (n->chain[i] != NULL)
			n->chain[i]->refs++;
	return n;
}

void
rule_table_put(struct rule_table *t)
{
	if (--t->refs > 0)
		return;
	for (uint16_t i = 0; i < t->nb_slots; i++)
		if (t->chain[i] != NULL)
			rule_chain_put(t->chain[i]);
	free(t->chain);
	free(t->links);
	free(t->order);
	free(t->ifaces);
	for (unsigned p = 0; p < HOOK_POINTS; p++)
		rule_flat_free(t->flat[p]);
	free(t);
}

static void
rule_restart(const struct rule *r)
{
	for (unsigned i = 0; i < r->nb_matches; i++)
		rule_ext_restart(&r->match[i]);
	if (r->kind == RULE_TARGET)
		rule_ext_restart(&r->target);
}

void
rule_table_restart(const struct rule_table *t)
{
	for (uint16_t i = 0; i < t->nb_slots; i++)
		for (uint32_t j = 0;
		     t->chain[i] != NULL && t->chain[i]->stateful && j < t->chain[i]->nb; j++)
			rule_restart(t->chain[i]->rules[j]);
}

/* First position in order whose name is not below name. */
static uint16_t
order_search(const struct rule_table *t, const char *name)
{
	uint16_t lo = 0, hi = t->nb_user;

	while (lo < hi) {
		uint16_t mid = (lo + hi) / 2;

		if (strcmp(t->chain[t->order[mid]]->name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint16_t
rule_chain_find(const struct rule_table *t, const char *name)
{
	uint16_t i;

	for (unsigned p = 0; p < HOOK_POINTS; p++)
		if (t->builtin[p] != RULE_SLOT_NONE &&
		    strcmp(t->chain[t->builtin[p]]->name, name) == 0)
			return t->builtin[p];
	i = order_search(t, name);
	if (i < t->nb_user && strcmp(t->chain[t->order[i]]->name, name) == 0)
		return t->order[i];
	return RULE_SLOT_NONE;
}

static void
order_insert(struct rule_table *t, uint16_t slot)
{
	uint16_t i = order_search(t, t->chain[slot]->name);

	memmove(&t->order[i + 1], &t->order[i], (t->nb_user - i) * sizeof(t->order[0]));
	t->order[i] = slot;
	t->nb_user++;
}

static void
order_remove(struct rule_table *t, uint16_t slot)
{
	uint16_t i = order_search(t, t->chain[slot]->name);

	t->nb_user--;
	memmove(&t->order[i], &t->order[i + 1], (t->nb_user - i) * sizeof(t->order[0]));
}

int
rule_table_add_chain(struct rule_table *t, struct rule_chain *c, uint16_t *slot)
{
	uint16_t s;

	if (rule_chain_find(t, c->name) != RULE_SLOT_NONE)
		return -EEXIST;
	for (s = 0; s < t->nb_slots && t->chain[s] != NULL; s++)
		;
	if (s == RULE_CHAINS_MAX)
		return -ENOSPC;
	if (s == t->nb_slots) {
		if (s == t->cap_slots)
			table_reserve(t, 2 * s);
		t->nb_slots++;
	}
	t->chain[s] = c;
	t->links[s] = 0;
	order_insert(t, s);
	*slot = s;
	return 0;
}

void
rule_table_del_chain(struct rule_table *t, uint16_t slot)
{
	order_remove(t, slot);
	rule_chain_put(t->chain[slot]);
	t->chain[slot] = NULL;
}

void
rule_table_rename_chain(struct rule_table *t, uint16_t slot, const char *name)
{
	struct rule_chain *c = t->chain[slot];

	order_remove(t, slot);
	memset(c->name, 0, sizeof(c->name));
	strncpy(c->name, name, sizeof(c->name) - 1);
	order_insert(t, slot);
}
