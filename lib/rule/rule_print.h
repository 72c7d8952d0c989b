/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules as text, in iptables' two languages: options (-S, iptables-save) and columns (-L).
 * Control lcore.
 */
#pragma once

#include "base_counter.h"
#include "base_str.h"
#include "rule.h"

/* -A CHAIN and everything behind it, without a newline; counters: with "-c PACKETS BYTES". */
void rule_print_spec(struct str *out, const struct rule_table *t, const char *chain,
		     const struct rule *r, bool counters);

struct rule_columns {
	bool numeric;  /* -n */
	bool verbose;  /* -v: counters and interfaces */
	bool exact;    /* -x */
	bool numbered; /* --line-numbers */
};

/* "Chain INPUT (...)" and the header of the columns. */
void rule_print_head(struct str *out, const struct rule_table *t, const struct rule_chain *c,
		     const struct rule_columns *how);
/* One line; number counts from 1. */
void rule_print_row(struct str *out, const struct rule_table *t, const struct rule *r,
		    uint32_t number, const struct rule_columns *how);
/* The line that -v prints for the rule that -A, -I, -D, -R and -C are given. */
void rule_print_echo(struct str *out, const struct rule_table *t, const struct rule *r);

const char *rule_policy_name(enum rule_policy policy);
