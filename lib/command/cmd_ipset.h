/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The noun `ipset`, inside: ipset 7.17's command line. Called by cmd_ipset*.c only; control lcore.
 */
#pragma once

#include "cmd.h"
#include "set_elem.h"

#define IPSET_VERSION "ipset v7.17"
#define IPSET_WORDS_MAX 64 /* of one command */
#define IPSET_COMMENT 256

enum ipset_verb {
	IPSET_CREATE,
	IPSET_ADD,
	IPSET_DEL,
	IPSET_TEST,
	IPSET_DESTROY,
	IPSET_LIST,
	IPSET_SAVE,
	IPSET_RESTORE,
	IPSET_FLUSH,
	IPSET_RENAME,
	IPSET_SWAP,
	IPSET_HELP,
	IPSET_VERSION_VERB,
	IPSET_QUIT,
	IPSET_VERBS
};

enum ipset_mode { IPSET_PLAIN, IPSET_AS_SAVE, IPSET_XML, IPSET_MODE_NONE };

/* One command line. */
struct ipset {
	struct cmd *cmd;
	enum ipset_verb verb;
	bool exist, quiet, sorted, names, terse;
	enum ipset_mode mode;
	const char *file;
	unsigned line; /* of restore's input; 0: none */
	int argc;      /* what is left: set, element, options */
	char *argv[IPSET_WORDS_MAX];
};

/* An error of the command line: with a hint. 2. */
int ipset_usage(struct ipset *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What was asked for failed. 1. */
int ipset_fail(struct ipset *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* For -errno of lib/set: ipset's text. 1. */
int ipset_errno(struct ipset *x, int rc);

/* Values, as words; -EINVAL: the text is in e. */
int ipset_number(const char *text, uint64_t lo, uint64_t hi, uint64_t *out, struct err *e);
int ipset_addr(const char *text, uint8_t family, union set_addr *out, struct err *e);
int ipset_mac(const char *text, uint8_t mac[6], struct err *e);
int ipset_mark(const char *text, uint32_t *mark, uint32_t *mask, struct err *e);
int ipset_prio(const char *text, uint32_t *prio, struct err *e);
int ipset_comment(const char *text, struct err *e);
int ipset_name(const char *text, struct err *e);
/* "[PROTO:]PORT[-PORT]"; ranged: there was a dash. */
struct ipset_ports {
	uint8_t proto;
	uint16_t lo, hi;
	bool ranged;
};
int ipset_ports(const char *text, uint8_t family, struct ipset_ports *out, struct err *e);
/* Takes the brackets off a name in brackets, in place; the name. */
char *ipset_strip(char *text);

/* The addresses of one part of an element. */
struct ipset_span {
	union set_addr lo, hi; /* of IPv4 both; of IPv6 they are the same */
	uint8_t len;           /* a prefix was given; else the full length */
	bool ranged;           /* "A-B" */
};
/* What may stand there besides an address. */
#define IPSET_SPAN_PREFIX 1u
#define IPSET_SPAN_RANGE 2u
int ipset_span(char *text, uint8_t family, unsigned allowed, struct ipset_span *out, struct err *e);

/* An element as it was given: it may stand for many. */
struct ipset_entry {
	const struct set *set;
	struct set_key key; /* what all of them have */
	struct ipset_span span[2];
	struct ipset_ports ports;
	struct set_ext ext;
	uint32_t seen;                  /* options, by bits of cmd_ipset_entry.c */
	uint16_t number, before, after; /* of list:set */
};
/* x->argv: the element and its options. Exit status. */
int ipset_entry(struct ipset *x, const struct set *s, struct ipset_entry *e);
/* cmd_ipset_span.c: calls fn for each single element; anything but 0 ends it, and comes back. */
int ipset_each(const struct ipset_entry *e, int (*fn)(const struct set_key *k, void *arg),
	       void *arg);

int ipset_create(struct ipset *x);
int ipset_change(struct ipset *x); /* add, del, test */
int ipset_list(struct ipset *x);   /* and save */
int ipset_restore(struct ipset *x);
int ipset_help(struct ipset *x);
/* One command, its options taken out. */
int ipset_run(struct ipset *x);
/* Options and verb out of words; line: of restore's input. Exit status; -1: go on with ipset_run(). */
int ipset_parse(struct ipset *x, int argc, char **argv);
/* 0, or an exit status and a text. */
int ipset_find(struct ipset *x, const char *name, uint16_t *number);
