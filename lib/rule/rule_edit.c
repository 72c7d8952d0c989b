/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Edits of rule tables; rule_commit.c publishes them. Called by the iptables commands; control lcore.
 * Chains are copied on their first change within an edit, rules never.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_edit.h"
#include "rule_object.h"
#include "rule_spec.h"
#include "rule_zero.h"

void
rule_edit_init(struct rule_edit *e)
{
	memset(e, 0, sizeof(*e));
}

void
rule_edit_abort(struct rule_edit *e)
{
	rule_zero_done(e, false);
	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		for (unsigned i = 0; i < RULE_TABLES_MAX; i++)
			if (e->table[f][i] != NULL)
				rule_table_put(e->table[f][i]);
	memset(e, 0, sizeof(*e));
}

const struct rule_table *
rule_edit_read(struct rule_edit *e, enum hook_family family, unsigned type)
{
	const struct rule_table *t = e->table[family][type];

	if (t == NULL)
		t = rule_table_get(gen_current(), family, type);
	return t != NULL ? t : rule_edit_write(e, family, type);
}

struct rule_table *
rule_edit_write(struct rule_edit *e, enum hook_family family, unsigned type)
{
	const struct rule_table *now = rule_table_get(gen_current(), family, type);

	if (e->table[family][type] != NULL)
		return e->table[family][type];
	e->table[family][type] = now != NULL ? rule_table_copy(now) : rule_table_new(family, type);
	if (now == NULL && e->table[family][type] != NULL)
		e->fresh[family][e->nb_fresh[family]++] = type;
	return e->table[family][type];
}

/* The chain, ready to be changed; NULL: there is none of that name. */
static struct rule_chain *
edit_chain(struct rule_table *t, const char *name)
{
	uint16_t slot = rule_chain_find(t, name);

	if (slot == RULE_SLOT_NONE)
		return NULL;
	t->chain[slot] = rule_chain_edit(t->chain[slot]);
	return t->chain[slot];
}

static void
link_rule(struct rule_table *t, const struct rule *r, int by)
{
	if (r->kind == RULE_JUMP || r->kind == RULE_GOTO)
		t->links[r->to] += by;
}

int
rule_edit_insert(struct rule_table *t, const char *chain, uint32_t pos, struct rule_spec *s,
		 struct count c)
{
	struct rule_chain *ch = edit_chain(t, chain);
	struct rule *r;
	int rc;

	if (ch == NULL)
		return -ENOENT;
	if (pos > ch->nb)
		return -E2BIG;
	if ((s->kind == RULE_JUMP || s->kind == RULE_GOTO) && t->chain[s->to]->point >= 0)
		return -EINVAL;
	rc = rule_chain_grow(ch);
	if (rc == 0)
		rc = rule_new(s, c, &r);
	if (rc != 0)
		return rc;
	memmove(&ch->rules[pos + 1], &ch->rules[pos], (ch->nb - pos) * sizeof(ch->rules[0]));
	ch->rules[pos] = r;
	ch->nb++;
	link_rule(t, r, 1);
	return 0;
}

int
rule_edit_append(struct rule_table *t, const char *chain, struct rule_spec *s, struct count c)
{
	uint16_t slot = rule_chain_find(t, chain);

	return slot == RULE_SLOT_NONE ? -ENOENT
				      : rule_edit_insert(t, chain, t->chain[slot]->nb, s, c);
}

int
rule_edit_delete_at(struct rule_table *t, const char *chain, uint32_t pos)
{
	struct rule_chain *ch = edit_chain(t, chain);

	if (ch == NULL)
		return -ENOENT;
	if (pos >= ch->nb)
		return -E2BIG;
	link_rule(t, ch->rules[pos], -1);
	rule_put(ch->rules[pos]);
	ch->nb--;
	memmove(&ch->rules[pos], &ch->rules[pos + 1], (ch->nb - pos) * sizeof(ch->rules[0]));
	return 0;
}

int
rule_edit_replace(struct rule_table *t, const char *chain, uint32_t pos, struct rule_spec *s,
		  struct count c)
{
	uint16_t slot = rule_chain_find(t, chain);
	int rc;

	if (slot == RULE_SLOT_NONE)
		return -ENOENT;
	if (pos >= t->chain[slot]->nb)
		return -E2BIG;
	rc = rule_edit_insert(t, chain, pos, s, c);
	return rc != 0 ? rc : rule_edit_delete_at(t, chain, pos + 1);
}

/* Position of the first rule that equals the spec, or -1. */
static int64_t
find_equal(const struct rule_table *t, const char *chain, struct rule_spec *s)
{
	uint16_t slot = rule_chain_find(t, chain);
	const struct rule_chain *ch;
	struct rule *want;
	int64_t pos = -1;

	if (slot == RULE_SLOT_NONE || rule_new(s, (struct count){ 0 }, &want) != 0)
		return -1;
	ch = t->chain[slot];
	for (uint32_t i = 0; pos < 0 && i < ch->nb; i++)
		if (rule_equal(ch->rules[i], want))
			pos = i;
	rule_put(want);
	return pos;
}

int
rule_edit_find(const struct rule_table *t, const char *chain, struct rule_spec *s)
{
	return find_equal(t, chain, s) < 0 ? -ENOENT : 0;
}

int
rule_edit_delete(struct rule_table *t, const char *chain, struct rule_spec *s)
{
	int64_t pos = find_equal(t, chain, s);

	return pos < 0 ? -ENOENT : rule_edit_delete_at(t, chain, pos);
}

int
rule_edit_flush(struct rule_table *t, const char *chain)
{
	struct rule_chain *ch = edit_chain(t, chain);

	if (ch == NULL)
		return -ENOENT;
	for (uint32_t i = 0; i < ch->nb; i++) {
		link_rule(t, ch->rules[i], -1);
		rule_put(ch->rules[i]);
	}
	ch->nb = 0;
	return 0;
}

int
rule_edit_zero_chain(struct rule_edit *e, const struct rule_table *t, const char *chain)
{
	uint16_t slot = rule_chain_find(t, chain);
	struct rule_chain *ch;

	if (slot == RULE_SLOT_NONE)
		return -ENOENT;
	ch = t->chain[slot];
	for (uint32_t i = 0; i < ch->nb; i++)
		rule_zero_later(e, ch->rules[i], NULL);
	if (ch->policy_counter != NULL)
		rule_zero_later(e, NULL, ch);
	return 0;
}

int
rule_edit_zero_at(struct rule_edit *e, const struct rule_table *t, const char *chain, uint32_t pos)
{
	uint16_t slot = rule_chain_find(t, chain);

	if (slot == RULE_SLOT_NONE)
		return -ENOENT;
	if (pos >= t->chain[slot]->nb)
		return -E2BIG;
	rule_zero_later(e, t->chain[slot]->rules[pos], NULL);
	return 0;
}

/* ACCEPT, DROP and their like are no names for chains. */
static bool
is_verdict(const struct rule_table *t, const char *name)
{
	const struct rule_ext_type *target = rule_target_find(t->family, name);

	return target != NULL && target->fixed;
}

int
rule_edit_new_chain(struct rule_table *t, const char *chain)
{
	struct rule_chain *ch;
	uint16_t slot;
	int rc;

	if (is_verdict(t, chain))
		return -EEXIST;
	ch = rule_chain_new(chain, -1, RULE_POLICY_NONE);
	rc = rule_table_add_chain(t, ch, &slot);
	if (rc != 0)
		rule_chain_put(ch);
	return rc;
}

int
rule_edit_delete_chain(struct rule_table *t, const char *chain)
{
	uint16_t slot = rule_chain_find(t, chain);

	if (slot == RULE_SLOT_NONE)
		return -ENOENT;
	if (t->chain[slot]->point >= 0)
		return -EINVAL;
	if (t->links[slot] > 0)
		return -EMLINK;
	if (t->chain[slot]->nb > 0)
		return -ENOTEMPTY;
	rule_table_del_chain(t, slot);
	return 0;
}

int
rule_edit_rename_chain(struct rule_table *t, const char *chain, const char *name)
{
	uint16_t slot = rule_chain_find(t, chain);

	if (rule_chain_find(t, name) != RULE_SLOT_NONE || is_verdict(t, name))
		return -EEXIST;
	if (slot == RULE_SLOT_NONE || t->chain[slot]->point >= 0)
		return -ENOENT;
	edit_chain(t, chain);
	rule_table_rename_chain(t, slot, name);
	return 0;
}

int
rule_edit_policy(struct rule_table *t, const char *chain, const char *policy, struct count c)
{
	uint16_t slot = rule_chain_find(t, chain);
	enum rule_policy p = strcmp(policy, "ACCEPT") == 0 ? RULE_POLICY_ACCEPT
			     : strcmp(policy, "DROP") == 0 ? RULE_POLICY_DROP
							   : RULE_POLICY_NONE;
	struct rule_chain *ch;

	if (slot == RULE_SLOT_NONE || t->chain[slot]->point < 0)
		return -ENOENT;
	if (p == RULE_POLICY_NONE)
		return -EINVAL;
	ch = edit_chain(t, chain);
	ch->policy = p;
	return rule_chain_count_from(ch, c);
}
