/* SPDX-License-Identifier: BSD-3-Clause */
/* What changing and showing rules share. Control lcore; private to cmd_ip_rule*.c. */
#pragma once

#include "cmd_ip.h"
#include "cmd_ip_route.h"
#include "policy.h"

/* The one name of a word that takes a value ("order" is "pref"); NULL: none of these. */
const char *ip_rule_word(const char *word);
bool ip_rule_tos(const char *word, uint8_t *tos);
const char *ip_rule_tos_name(uint8_t tos, char buf[8]);

struct ip_rule_filter {
	uint8_t family;
	bool empty; /* all rules */
	struct policy_rule want;
};

/* The rest of the command. 0 or the exit status. */
int ip_rule_filter(struct ip_cmd *ip, struct ip_rule_filter *f);
bool ip_rule_wanted(const struct ip_rule_filter *f, const struct policy_rule *r);

ip_fn ip_rule_show, ip_rule_save;
