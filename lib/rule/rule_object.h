/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Life of rules, chains and tables: making, sharing (reference counts) and freeing. Control lcore.
 * The last reference goes after a grace period, because only the generation slot's free function
 * and drafts that were never published drop references.
 */
#pragma once

#include "base_counter.h"
#include "rule.h"

struct rule_spec;

/* A rule with a counter that starts at c; the spec stays the caller's. 0 or -errno. */
int rule_new(struct rule_spec *spec, struct count c, struct rule **out);
void rule_put(struct rule *r);
bool rule_equal(const struct rule *a, const struct rule *b);

/* point -1: user chain. */
struct rule_chain *rule_chain_new(const char *name, int point, enum rule_policy policy);
/* A version of the chain that may be edited, sharing the rules; drops the caller's reference. */
struct rule_chain *rule_chain_edit(struct rule_chain *c);
void rule_chain_put(struct rule_chain *c);
/* Room for one more rule. 0, -ENOSPC, -ENOMEM. */
int rule_chain_grow(struct rule_chain *c);
/* Gives the chain a new policy counter; -errno as counter_alloc(). */
int rule_chain_count_from(struct rule_chain *c, struct count start);

struct rule_table *rule_table_new(enum hook_family family, unsigned type);
struct rule_table *rule_table_copy(const struct rule_table *t);
void rule_table_put(struct rule_table *t);
/* Starts the state of its matches and targets afresh; the table is compiled. */
void rule_table_restart(const struct rule_table *t);
/* Puts the chain into a free slot; takes it over. -EEXIST, -ENOSPC. */
int rule_table_add_chain(struct rule_table *t, struct rule_chain *c, uint16_t *slot);
void rule_table_del_chain(struct rule_table *t, uint16_t slot);
/* Renames; the chain must be editable and the name free. */
void rule_table_rename_chain(struct rule_table *t, uint16_t slot, const char *name);
