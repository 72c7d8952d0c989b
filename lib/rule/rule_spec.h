/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rule while it is being read: the pieces of a command line, each parsed by one call. Errors are
 * iptables' own texts (-EINVAL). Control lcore; the caller owns the spec.
 */
#pragma once

#include "base_err.h"
#include "base_str.h"
#include "rule.h"

#define RULE_ADDRS_MAX 1024 /* addresses in one comma list */

struct rule_net {
	union rule_addr addr, mask;
};

struct rule_spec {
	struct rule_ip ip;
	struct rule_net *src, *dst; /* comma lists: one rule for each pair */
	unsigned nb_src, nb_dst;    /* 0: not given, any */
	bool has_proto;
	uint8_t kind; /* enum rule_kind */
	uint16_t to;
	struct rule_ext target;
	struct rule_ext match[RULE_MATCHES_MAX];
	uint8_t nb_matches;
};

/* One address as a number; of IPv4 also its first parts. */
bool rule_addr_parse(uint8_t family, const char *text, union rule_addr *out);

/* An interface's name, or the start of one and "+", as RULE_IFACE_NAME bytes of name and mask; warnings go to warn. */
int rule_iface_parse(const char *text, char *name, uint8_t *mask, struct str *warn, struct err *e);

void rule_spec_init(struct rule_spec *s, enum hook_family family);
void rule_spec_free(struct rule_spec *s);

/* -s, -d: ADDR[/MASK][,...] */
int rule_spec_addr(struct rule_spec *s, bool dst, const char *text, bool invert, struct err *e);
/* -i, -o; warnings go to warn. */
int rule_spec_iface(struct rule_spec *s, bool out, const char *text, bool invert, struct str *warn,
		    struct err *e);
/* -p */
int rule_spec_proto(struct rule_spec *s, const char *text, bool invert, struct str *warn,
		    struct err *e);
/* -m NAME */
int rule_spec_match(struct rule_spec *s, const char *name, struct err *e);
/* An option that nobody knows may belong to the protocol's own match: true when that was loaded. */
bool rule_spec_match_of_proto(struct rule_spec *s);
/*
 * -j NAME: a target, else a chain of t. t NULL: only targets are looked for, and -ENOENT without a
 * text says that it may be a chain (the table is known only after all options).
 */
int rule_spec_jump(struct rule_spec *s, const struct rule_table *t, const char *name,
		   struct err *e);
/* -g CHAIN */
int rule_spec_goto(struct rule_spec *s, const struct rule_table *t, const char *name,
		   struct err *e);
/* After all options. p is as for the options. */
int rule_spec_final(struct rule_spec *s, const struct rule_parse *p);
/* Rules that the comma lists make, and the i-th one's addresses put into s->ip. */
unsigned rule_spec_pairs(const struct rule_spec *s);
void rule_spec_pair(struct rule_spec *s, unsigned i);
