/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Carries out one parsed iptables command on an edit. Called by iptables and for each line of
 * iptables-restore; committing is theirs. Control lcore.
 */
#include <stdlib.h>
#include <string.h>

#include "base_counter.h"
#include "cmd_iptables.h"
#include "rule_object.h"

static int
echo_rule(struct ipt *x, const struct rule_table *t)
{
	struct rule *r;
	int rc;

	if (x->verbose == 0)
		return 0;
	rc = rule_new(&x->spec, (struct count){ 0 }, &r);
	if (rc != 0)
		return rc;
	rule_print_echo(&x->cmd->out, t, r);
	rule_put(r);
	return 0;
}

static int
change_one(struct ipt *x, struct rule_table *t)
{
	switch (x->command) {
	case IPT_APPEND:
		return rule_edit_append(t, x->chain, &x->spec, x->count);
	case IPT_INSERT:
		return rule_edit_insert(t, x->chain, x->number - 1, &x->spec, x->count);
	case IPT_REPLACE:
		return rule_edit_replace(t, x->chain, x->number - 1, &x->spec, x->count);
	default:
		return rule_edit_delete(t, x->chain, &x->spec);
	}
}

/* -A -I -R -D -C: once for each pair of addresses; the last error counts, as in iptables. */
static int
change_rules(struct ipt *x)
{
	const struct rule_table *seen = rule_edit_read(x->edit, x->family, x->type);
	struct rule_table *t = NULL;
	int rc = 0;

	/* Looking for a rule changes nothing, so it must not make a new table. */
	if (x->command != IPT_CHECK)
		seen = t = rule_edit_write(x->edit, x->family, x->type);
	for (unsigned i = 0; i < rule_spec_pairs(&x->spec); i++) {
		int one;

		rule_spec_pair(&x->spec, i);
		one = echo_rule(x, seen);
		if (one == 0)
			one = t == NULL ? rule_edit_find(seen, x->chain, &x->spec)
					: change_one(x, t);
		if (one != 0)
			rc = one;
	}
	return rc;
}

/* One step of -F, -Z or -X; says so when asked to. */
static int
chain_step(struct ipt *x, struct rule_table *t, uint32_t command, const char *chain)
{
	const char *verb = command == IPT_FLUSH  ? "Flushing"
			   : command == IPT_ZERO ? "Zeroing"
						 : "Deleting";

	if (x->verbose > 0)
		str_printf(&x->cmd->out, "%s chain `%s'\n", verb, chain);
	switch (command) {
	case IPT_FLUSH:
		return rule_edit_flush(t, chain);
	case IPT_ZERO:
		return rule_edit_zero_chain(x->edit, t, chain);
	default:
		return rule_edit_delete_chain(t, chain);
	}
}

static int
for_chains(struct ipt *x, uint32_t command)
{
	struct rule_table *t = rule_edit_write(x->edit, x->family, x->type);
	uint16_t *slots;
	unsigned n;
	int rc = 0;

	if (x->chain != NULL)
		return chain_step(x, t, command, x->chain);
	slots = malloc((t->nb_slots + 1) * sizeof(slots[0]));
	if (slots == NULL)
		return -ENOMEM;
	n = ipt_chain_order(t, slots);
	for (unsigned i = 0; rc == 0 && i < n; i++) {
		char name[RULE_CHAIN_NAME];

		if (command == IPT_DELETE_CHAIN && t->chain[slots[i]]->point >= 0)
			continue;
		strcpy(name, t->chain[slots[i]]->name); /* it may go away meanwhile */
		rc = chain_step(x, t, command, name);
	}
	free(slots);
	return rc;
}

static int
list_and_zero(struct ipt *x)
{
	int rc = 0;

	counter_settle();
	if (x->command & IPT_LIST)
		rc = ipt_list(x, rule_edit_read(x->edit, x->family, x->type));
	else if (x->command & IPT_LIST_RULES)
		rc = ipt_list_rules(x, rule_edit_read(x->edit, x->family, x->type));
	if (rc == 0 && x->command & IPT_ZERO)
		rc = for_chains(x, IPT_ZERO);
	return rc;
}

int
ipt_run(struct ipt *x)
{
	struct rule_table *t;

	if (x->command & (IPT_APPEND | IPT_INSERT | IPT_REPLACE | IPT_DELETE | IPT_CHECK))
		return change_rules(x);
	if (x->command & (IPT_LIST | IPT_LIST_RULES | IPT_ZERO))
		return list_and_zero(x);
	if (x->command & (IPT_FLUSH | IPT_DELETE_CHAIN))
		return for_chains(x, x->command);
	t = rule_edit_write(x->edit, x->family, x->type);
	switch (x->command) {
	case IPT_DELETE_NUM:
		return rule_edit_delete_at(t, x->chain, x->number - 1);
	case IPT_ZERO_NUM:
		return rule_edit_zero_at(x->edit, t, x->chain, x->number - 1);
	case IPT_NEW:
		return rule_edit_new_chain(t, x->chain);
	case IPT_RENAME:
		return rule_edit_rename_chain(t, x->chain, x->newname);
	default:
		return rule_edit_policy(t, x->chain, x->policy, x->count);
	}
}
