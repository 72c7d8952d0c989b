/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the objects of `ip` share: the words of the command, iproute2's way of reading them and its
 * words for what is wrong. Control lcore; private to cmd_ip*.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base_addr.h"
#include "base_err.h"
#include "cmd.h"
#include "port.h"

/* Exit statuses of iproute2. */
#define IP_OK 0
#define IP_BAD 1     /* a word that cannot be */
#define IP_REFUSED 2 /* well said, but refused */
#define IP_USAGE 255 /* not a sentence */

struct ip_cmd {
	struct cmd *c;
	char **word;    /* what is left, NULL-terminated */
	uint8_t family; /* -4, -6; AF_UNSPEC */
	bool oneline, brief, stats, force;
};

typedef int ip_fn(struct ip_cmd *ip);

struct ip_verb {
	const char *name;
	ip_fn *fn;
};

ip_fn ip_addr, ip_link, ip_route, ip_neigh, ip_rule;
ip_fn ip_addr_show, ip_addr_flush; /* cmd_ip_addr_show.c */

/*
 * `restore`: the lines of standard input that `save` of the object printed, all in one change. What is
 * there already is passed over, as Linux does.
 */
int ip_restore(struct ip_cmd *ip, const char *object);

/* iproute2's abbreviations: word is a beginning of name. */
bool ip_matches(const char *word, const char *name);
/*
 * Runs the verb the next word names, in the table's order (abbreviated; ends with a NULL name), the
 * first one when there is no word.
 */
int ip_run_verb(struct ip_cmd *ip, const char *object, const struct ip_verb *verbs);

/* The next word, consumed; NULL and the error printed when there is none. */
char *ip_next(struct ip_cmd *ip);
/* Is the next word name (ip_is) or a beginning of it (ip_like)? Then it is consumed. */
bool ip_is(struct ip_cmd *ip, const char *name);
bool ip_like(struct ip_cmd *ip, const char *name);

/* Each prints and returns its exit status. */
int ip_garbage(struct ip_cmd *ip, const char *dup, const char *word);
int ip_invalid(struct ip_cmd *ip, const char *word, const char *msg);
int ip_say(struct ip_cmd *ip, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The kernel's answer: rc 0 is IP_OK; a negative errno with or without a text is IP_REFUSED. */
int ip_answer(struct ip_cmd *ip, int rc, const struct err *e);

/*
 * Readers of values. 0, or the exit status with the error printed. family AF_UNSPEC: either.
 * Prefixes may be "default" or "any", IPv4 ones short ("10.1/16") or with a mask.
 */
int ip_get_addr(struct ip_cmd *ip, const char *word, uint8_t family, struct ip_addr *a);
int ip_get_prefix(struct ip_cmd *ip, const char *word, uint8_t family, struct ip_prefix *p);
bool ip_parse_prefix(const char *word, uint8_t family, struct ip_prefix *p);
int ip_get_port(struct ip_cmd *ip, const char *word, const struct port **p);
int ip_get_mac(struct ip_cmd *ip, const char *word, struct rte_ether_addr *mac);
bool ip_get_u32(const char *word, uint32_t max, uint32_t *v);

/* "A.B.C.D/LEN", without the length when it is full, "default" for /0. */
void ip_print_prefix(struct str *out, const struct ip_prefix *p);
const char *ip_scope_name(uint8_t scope, char buf[8]);
bool ip_scope_parse(const char *word, uint8_t *scope);
const char *ip_port_name(uint16_t index);
/* Line 1 (and the link/ether line) of `ip link|addr show`. mode: print "mode DEFAULT". */
void ip_print_link(struct ip_cmd *ip, const struct port *p, bool mode, bool ether);
