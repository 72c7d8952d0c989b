/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk over one iptables command line, shared by the files that read options and commands.
 * getopt_long()'s globals go with it: one walk at a time, on the control lcore.
 */
#pragma once

#include <getopt.h>

#include "cmd_iptables.h"
#include "rule_name.h"

/* Options of extensions: EXT_BASE + EXT_STEP * instance + index; instance 0 is the target. */
#define EXT_BASE 256
#define EXT_STEP 64
#define EXT_OPTS_MAX 16 /* options of one extension */
#define IPT_OPTIONS_MAX (64 + (RULE_MATCHES_MAX + 1) * EXT_OPTS_MAX + 1)

struct ipt_parser {
	struct ipt *x;
	int argc;
	char **argv;
	bool invert;
	unsigned jump_at; /* matches that were there before the target */
	struct err err;
	struct option options[IPT_OPTIONS_MAX];
};

/* iptables' own long options, without an ending entry. */
extern const struct option ipt_base_options[];
extern const unsigned ipt_nb_base_options;

/* The next word is an argument: there is one and it is no option. */
static inline bool
ipt_has_word(const struct ipt_parser *p)
{
	return optind < p->argc && p->argv[optind][0] != '-' && p->argv[optind][0] != '!';
}

/* cmd_iptables_verbs.c: a command (-A, -L, ...), its chain, number and further words. */
int ipt_verb(struct ipt_parser *p, int c);
