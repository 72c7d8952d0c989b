/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the iptables commands share: one command line being carried out, on its own or
 * as a line of iptables-restore. Texts and exit codes are those of iptables 1.8.9 (legacy).
 * Control lcore.
 */
#pragma once

#include <errno.h>

#include "base_counter.h"
#include "cmd.h"
#include "rule_edit.h"
#include "rule_print.h"
#include "rule_spec.h"

#define IPT_VERSION "1.8.9"
#define IPT_WORDS_MAX 1024 /* in a line of iptables-restore */

/* Exit statuses of iptables. */
#define IPT_OK 0
#define IPT_OTHER 1      /* the table refused */
#define IPT_PARAMETER 2  /* the command line is wrong */
#define IPT_VERSION_RC 3 /* no such table */
#define IPT_STOP (-1)    /* all is said, stop with success (-h, -V) */

/* Commands, as bits: -Z goes together with -L and -S. */
enum {
	IPT_INSERT = 0x0001,
	IPT_DELETE = 0x0002,
	IPT_DELETE_NUM = 0x0004,
	IPT_REPLACE = 0x0008,
	IPT_APPEND = 0x0010,
	IPT_LIST = 0x0020,
	IPT_FLUSH = 0x0040,
	IPT_ZERO = 0x0080,
	IPT_NEW = 0x0100,
	IPT_DELETE_CHAIN = 0x0200,
	IPT_POLICY = 0x0400,
	IPT_RENAME = 0x0800,
	IPT_LIST_RULES = 0x1000,
	IPT_ZERO_NUM = 0x2000,
	IPT_CHECK = 0x4000,
};

/* Options that stand once, in the order in which they are reported. */
enum {
	IPT_O_NUMERIC = 0x0001,
	IPT_O_SOURCE = 0x0002,
	IPT_O_DESTINATION = 0x0004,
	IPT_O_PROTOCOL = 0x0008,
	IPT_O_JUMP = 0x0010,
	IPT_O_VERBOSE = 0x0020,
	IPT_O_EXPANDED = 0x0040,
	IPT_O_IN = 0x0080,
	IPT_O_OUT = 0x0100,
	IPT_O_LINENUMBERS = 0x0200,
	IPT_O_COUNTERS = 0x0400,
	IPT_O_FRAGMENT = 0x0800,
};

struct ipt {
	const char *prog; /* "iptables", "ip6tables-restore", ... as texts name it */
	enum hook_family family;
	bool restoring; /* it is a line of iptables-restore */
	unsigned line;  /* of that text; 0: before it */
	struct cmd *cmd;
	struct rule_edit *edit;

	/* The command line, once parsed. */
	const char *table;
	unsigned type; /* index of the table */
	uint32_t command, options;
	const char *chain;   /* NULL: all */
	const char *newname; /* -E */
	const char *policy;
	uint32_t number; /* rule number, from 1; 0: none */
	unsigned verbose;
	bool wait, wait_interval;
	bool ignored; /* -4 or -6 of the other family, in iptables-restore */
	const char *src, *dst;
	bool src_invert, dst_invert;
	const char *jump; /* name behind -j or -g that is no target */
	bool is_goto;
	struct count count;
	struct rule_spec spec;
};

/* cmd_iptables_error.c: complains about the command line; returns IPT_PARAMETER. */
int ipt_bad(struct ipt *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "Bad argument `word'" */
int ipt_bad_argument(struct ipt *x, const char *word);
/* Text of an edit's or a commit's error. */
const char *ipt_strerror(uint32_t command, int error);

/* cmd_iptables_args.c: reads the options into x. */
int ipt_parse(struct ipt *x, int argc, char **argv);
/* cmd_iptables_wait.c: -w or -W (c) with its value, NULL: none. */
int ipt_wait(struct ipt *x, int c, const char *arg);
/* cmd_iptables_finish.c: what can only be said after all options; first, what the table nat must not do. */
int ipt_check_drop(struct ipt *x);
int ipt_finish(struct ipt *x);
void ipt_free(struct ipt *x);
/* cmd_iptables_run.c: carries it out on x->edit, without committing. IPT_*, or -errno of the edit. */
int ipt_run(struct ipt *x);
/* cmd_iptables_list.c */
int ipt_list(struct ipt *x, const struct rule_table *t);
int ipt_list_rules(struct ipt *x, const struct rule_table *t);
/*
 * cmd_iptables_words.c: splits a line of iptables-restore in place and adds its words to the argc
 * ones in argv (of IPT_WORDS_MAX). Blanks part words, double quotes keep them together, a backslash
 * counts within quotes only. Number of words, -EINVAL: a quote is not closed, -E2BIG.
 */
int ipt_split(char *text, char **argv, int argc);
/* Slots of a table's chains in the order of listings: built-in, then by name. Returns how many. */
unsigned ipt_chain_order(const struct rule_table *t, uint16_t *slots);
/* A chain name that can be written and read back: no blanks, no quotes. */
bool ipt_name_ok(const char *name);
/* cmd_iptables_help.c */
void ipt_help(struct ipt *x);

/* "iptables" of "ip6tables-legacy-save" and the like: which family the noun is of. */
enum hook_family ipt_family(const struct cmd *c);
