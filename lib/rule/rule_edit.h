/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes to rule tables: an edit collects changes to private copies, and commits all of them in one
 * generation or none. Control lcore. The errors are the errno that iptables would see; its texts are
 * the commands' business.
 */
#pragma once

#include "base_counter.h"
#include "rule.h"

struct rule_spec;
struct rule_zero;

struct rule_edit {
	struct rule_table *table[HOOK_FAMILIES][RULE_TABLES_MAX]; /* own copies; NULL: untouched */
	/* Tables that were never touched before, in the order of their first look. */
	uint8_t fresh[HOOK_FAMILIES][RULE_TABLES_MAX];
	uint8_t nb_fresh[HOOK_FAMILIES];
	struct rule_zero *zero; /* counters to zero when it is committed */
	uint32_t nb_zero, cap_zero;
};

void rule_edit_init(struct rule_edit *e);
/* Throws everything away. */
void rule_edit_abort(struct rule_edit *e);
/*
 * The same after a refusal: the changes go, but tables that the edit looked at for the first time
 * come into use, empty, as in Linux.
 */
void rule_edit_refuse(struct rule_edit *e);
/*
 * Checks, then publishes and waits a grace period; the edit is empty afterwards, whatever comes back.
 * The policies' counters of a changed table start anew, but for those that the edit set.
 * 0, or the -errno of rule_check() or hook_register() and nothing has changed.
 */
int rule_edit_commit(struct rule_edit *e);

/*
 * The table as the edit sees it; the first look at a table puts it into use. Valid until a change.
 * NULL, only at a first look: no counters are left for its policies.
 */
const struct rule_table *rule_edit_read(struct rule_edit *e, enum hook_family family,
					unsigned type);
/* The edit's own copy, to be changed by the calls below. */
struct rule_table *rule_edit_write(struct rule_edit *e, enum hook_family family, unsigned type);

/* Rules. pos counts from 0. -ENOENT: no such chain. -E2BIG: no such position. -EINVAL: bad jump. */
int rule_edit_append(struct rule_table *t, const char *chain, struct rule_spec *s, struct count c);
int rule_edit_insert(struct rule_table *t, const char *chain, uint32_t pos, struct rule_spec *s,
		     struct count c);
int rule_edit_replace(struct rule_table *t, const char *chain, uint32_t pos, struct rule_spec *s,
		      struct count c);
int rule_edit_delete_at(struct rule_table *t, const char *chain, uint32_t pos);
/* Deletes the first equal rule; -ENOENT: there is none. */
int rule_edit_delete(struct rule_table *t, const char *chain, struct rule_spec *s);
/* 0 when there is an equal rule, else -ENOENT. */
int rule_edit_find(const struct rule_table *t, const char *chain, struct rule_spec *s);
int rule_edit_flush(struct rule_table *t, const char *chain);

/* -ENOENT, -E2BIG. */
int rule_edit_zero_chain(struct rule_edit *e, const struct rule_table *t, const char *chain);
int rule_edit_zero_at(struct rule_edit *e, const struct rule_table *t, const char *chain,
		      uint32_t pos);

/* Chains. -EEXIST, -ENOSPC. */
int rule_edit_new_chain(struct rule_table *t, const char *chain);
/* -ENOENT; -EINVAL: built in; -EMLINK: rules lead there; -ENOTEMPTY. */
int rule_edit_delete_chain(struct rule_table *t, const char *chain);
/* -ENOENT: no such user chain; -EEXIST. */
int rule_edit_rename_chain(struct rule_table *t, const char *chain, const char *name);
/* Starts the policy's counter at c. -ENOENT: no such built-in chain; -EINVAL: no such policy. */
int rule_edit_policy(struct rule_table *t, const char *chain, const char *policy, struct count c);
