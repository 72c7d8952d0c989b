/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * iptables -L and -S. Called by ipt_run() on the tables of its edit. Control lcore.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_iptables.h"

unsigned
ipt_chain_order(const struct rule_table *t, uint16_t *slots)
{
	unsigned n = 0;

	for (unsigned p = 0; p < HOOK_POINTS; p++)
		if (t->builtin[p] != RULE_SLOT_NONE)
			slots[n++] = t->builtin[p];
	memcpy(&slots[n], t->order, t->nb_user * sizeof(slots[0]));
	return n + t->nb_user;
}

static void
list_chain(struct ipt *x, const struct rule_table *t, const struct rule_chain *c)
{
	const struct rule_columns how = {
		.numeric = x->options & IPT_O_NUMERIC,
		.verbose = x->verbose > 0,
		.exact = x->options & IPT_O_EXPANDED,
		.numbered = x->options & IPT_O_LINENUMBERS,
	};

	if (x->number == 0)
		rule_print_head(&x->cmd->out, t, c, &how);
	for (uint32_t i = 0; i < c->nb; i++)
		if (x->number == 0 || x->number == i + 1)
			rule_print_row(&x->cmd->out, t, c->rules[i], i + 1, &how);
}

/* Slots to list, in *slots (to be freed); how many, or -ENOENT. */
static int
chosen(struct ipt *x, const struct rule_table *t, uint16_t **slots)
{
	*slots = malloc((t->nb_slots + 1) * sizeof((*slots)[0]));
	if (*slots == NULL)
		return -ENOMEM;
	if (x->chain == NULL)
		return ipt_chain_order(t, *slots);
	(*slots)[0] = rule_chain_find(t, x->chain);
	return (*slots)[0] != RULE_SLOT_NONE ? 1 : -ENOENT;
}

int
ipt_list(struct ipt *x, const struct rule_table *t)
{
	uint16_t *slots;
	int n = chosen(x, t, &slots);

	for (int i = 0; i < n; i++) {
		if (i > 0)
			str_add(&x->cmd->out, "\n");
		list_chain(x, t, t->chain[slots[i]]);
	}
	free(slots);
	return n < 0 ? n : 0;
}

static void
list_chain_itself(struct ipt *x, const struct rule_chain *c)
{
	struct str *out = &x->cmd->out;

	if (c->point < 0) {
		str_printf(out, "-N %s\n", c->name);
		return;
	}
	str_printf(out, "-P %s %s", c->name, rule_policy_name(c->policy));
	if (x->verbose > 0) {
		struct count n = counter_read(c->policy_counter->id);

		str_printf(out, " -c %llu %llu", (unsigned long long)n.packets,
			   (unsigned long long)n.bytes);
	}
	str_add(out, "\n");
}

int
ipt_list_rules(struct ipt *x, const struct rule_table *t)
{
	uint16_t *slots;
	int n = chosen(x, t, &slots);

	for (int i = 0; i < n && x->number == 0; i++)
		list_chain_itself(x, t->chain[slots[i]]);
	for (int i = 0; i < n; i++) {
		const struct rule_chain *c = t->chain[slots[i]];

		for (uint32_t j = 0; j < c->nb; j++) {
			if (x->number != 0 && x->number != j + 1)
				continue;
			rule_print_spec(&x->cmd->out, t, c->name, c->rules[j], x->verbose > 0);
			str_add(&x->cmd->out, "\n");
		}
	}
	free(slots);
	return n < 0 ? n : 0;
}
