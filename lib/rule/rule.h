/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rule tables as objects: rules, chains, tables and the set of all tables (the content of one
 * generation slot). All of them are immutable once published and shared between generations by
 * reference counts that only the control lcore touches; rule_edit.h makes the next version.
 * Workers read what rule_check() compiled (struct rule_step) and nothing that edits may change.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "base_gen.h"
#include "hook.h"
#include "rule_ext.h"

#define RULE_CHAIN_NAME 30        /* bytes of a chain's name, NUL included */
#define RULE_CHAIN_NAME_NEW 28    /* characters that -N accepts, as iptables does */
#define RULE_IFACE_NAME 16        /* IFNAMSIZ */
#define RULE_CHAINS_MAX 16384     /* chains in a table */
#define RULE_RULES_MAX 1000000    /* rules in a chain */
#define RULE_MATCHES_MAX 32       /* matches in a rule */
#define RULE_DEPTH_MAX 256        /* nested jumps */
#define RULE_SLOT_NONE UINT16_MAX /* no chain */

union rule_addr {
	uint32_t v4; /* network byte order */
	uint8_t v6[16];
	uint32_t w[4];
	uint64_t q[2];
};

/* rule_ip.flags */
#define RULE_IP_FRAG 0x01 /* -f: later fragments */

/* rule_ip.inv: the test is inverted by "!" */
#define RULE_INV_SRC 0x01
#define RULE_INV_DST 0x02
#define RULE_INV_IN 0x04
#define RULE_INV_OUT 0x08
#define RULE_INV_PROTO 0x10
#define RULE_INV_FRAG 0x20

/* The ordinary part of a rule: what every rule can say without a match extension. */
struct rule_ip {
	union rule_addr src, smask, dst, dmask; /* addresses are already masked */
	char in[RULE_IFACE_NAME], out[RULE_IFACE_NAME];
	uint8_t in_mask[RULE_IFACE_NAME], out_mask[RULE_IFACE_NAME]; /* 0xff: byte must agree */
	uint8_t family;                                              /* enum hook_family */
	uint8_t proto;                                               /* 0: any */
	uint8_t flags;
	uint8_t inv;
};

/* The rule is for that protocol and no other: what matches and targets ask for in check(). */
static inline int
rule_ip_must_be(const struct rule_ip *ip, uint8_t proto)
{
	return ip->proto == proto && !(ip->inv & RULE_INV_PROTO) ? 0 : -EINVAL;
}

enum rule_kind {
	RULE_NONE,   /* no target: counts and goes on */
	RULE_JUMP,   /* -j CHAIN */
	RULE_GOTO,   /* -g CHAIN */
	RULE_TARGET, /* -j TARGET */
};

struct rule {
	uint32_t refs; /* chain versions that hold it */
	uint32_t counter;
	uint64_t serial; /* no other rule has or had it */
	struct rule_ip ip;
	uint8_t kind; /* enum rule_kind */
	uint8_t nb_matches;
	uint16_t to; /* RULE_JUMP, RULE_GOTO: slot of the chain */
	bool checked;
	struct rule_ext target; /* RULE_TARGET */
	struct rule_ext match[];
};

/* A rule as workers see it: 40 bytes, in the order of the chain. */
struct rule_step {
	uint32_t src, smask, dst, dmask; /* IPv4 only */
	uint32_t counter;
	uint16_t to;
	verdict_t verdict; /* STEP_VERDICT */
	uint8_t kind;      /* enum rule_step_kind */
	uint8_t proto;
	uint8_t inv;
	uint8_t flags; /* RULE_STEP_* */
	const struct rule *rule;
};

enum rule_step_kind {
	RULE_STEP_NEXT,
	RULE_STEP_VERDICT,
	RULE_STEP_RETURN,
	RULE_STEP_JUMP,
	RULE_STEP_GOTO,
	RULE_STEP_EVAL,
};

#define RULE_STEP_IFACE 0x01
#define RULE_STEP_FRAG 0x02
#define RULE_STEP_MATCH 0x04
#define RULE_STEP_ADDR6 0x08
#define RULE_STEP_EXACT 0x10  /* its filter says all that the rule asks (rule_filter.h) */
#define RULE_STEP_VARIES 0x80 /* see rule_record.h */

enum rule_policy { RULE_POLICY_NONE, RULE_POLICY_ACCEPT, RULE_POLICY_DROP };

/* A counter id with an owner count; the id is free when the last chain version goes. */
struct rule_counter {
	uint32_t refs;
	uint32_t id;
};

struct rule_code;
struct rule_flat;
struct rule_iface_set;

struct rule_chain {
	uint32_t refs; /* table versions that hold it */
	char name[RULE_CHAIN_NAME];
	int8_t point;   /* enum hook_point of a built-in chain, -1: made by the user */
	uint8_t policy; /* enum rule_policy; NONE for user chains */
	struct rule_counter *policy_counter;
	struct rule **rules;
	uint32_t nb, cap;
	/* Compiled by rule_check(); code is NULL while the chain is being edited. */
	struct rule_step *steps;
	struct rule_code *code; /* finds candidates among the steps (rule_code.h) */
	uint16_t *jumps;        /* slots that reachable rules lead to */
	uint32_t nb_jumps;
	uint32_t points; /* bit per hook point: where all that is in it may be reached from */
	bool uses_iface;
	bool stateful; /* has matches or targets with state */
	uint8_t needs; /* RULE_NEEDS_* of all its rules, reachable or not */
};

/* What distinguishes one table from the next; see rule_tables.c. */
struct rule_table_type {
	const char *name;
	int priority[HOOK_POINTS]; /* enum hook_priority */
	uint32_t points;           /* bit per hook point that has a chain */
	uint8_t families;          /* bit per enum hook_family */
	bool reroutes;             /* what it changes at OUTPUT may change the route */
	bool translates; /* of connections, by their first packets (rule_nat.c); drops nothing */
};

#define RULE_TABLES_MAX 8

extern const struct rule_table_type rule_table_types[];
extern const unsigned rule_nb_table_types;
/* -1: no such table in that family. */
int rule_table_type_find(enum hook_family family, const char *name);

#define RULE_FETCH_MAX 4    /* matches of a built-in chain whose data is brought into the cache */
#define RULE_FETCH_RULES 64 /* of its first rules: what stands behind many is seldom met */

struct rule_table {
	uint32_t refs; /* sets that hold it */
	uint8_t type;  /* index in rule_table_types */
	uint8_t family;
	uint16_t nb_slots, cap_slots;
	struct rule_chain **chain; /* by slot; NULL: free */
	uint32_t *links;           /* by slot: rules that jump or go there */
	uint16_t *order;           /* user chains' slots, sorted by name */
	uint16_t nb_user;
	uint16_t builtin[HOOK_POINTS]; /* slot, or RULE_SLOT_NONE */
	struct rule_flat
		*flat[HOOK_POINTS]; /* rule_flat.h; by rule_check(), NULL: chain by chain */
	/* Matches of the first rules that have fetch(); by rule_check(). */
	const struct rule_ext *fetch[HOOK_POINTS][RULE_FETCH_MAX];
	uint8_t nb_fetch[HOOK_POINTS];
	bool uses_iface;
	struct rule_iface_set
		*ifaces; /* patterns of all chains; made by rule_check(), NULL: none */
	uint8_t needs;   /* RULE_NEEDS_* of all its chains */
};

/* What the generation slot holds. */
struct rule_set {
	struct rule_table *table[HOOK_FAMILIES][RULE_TABLES_MAX]; /* NULL: never touched */
	/* Types in the order in which they came into use; iptables-save shows the last one first. */
	uint8_t used[HOOK_FAMILIES][RULE_TABLES_MAX];
	uint8_t nb_used[HOOK_FAMILIES];
	bool alone; /* some rule has RULE_NEEDS_ALONE, see rule_ext.h */
};

extern unsigned rule_gen_slot;

/* Any thread; NULL: the table was never touched in this generation. */
static inline const struct rule_table *
rule_table_get(const struct gen *gen, enum hook_family family, unsigned type)
{
	const struct rule_set *s = gen->slot[rule_gen_slot];

	return s != NULL ? s->table[family][type] : NULL;
}

/* Worker: does each packet walk alone, not in a burst? */
static inline bool
rule_walk_alone(const struct gen *gen)
{
	const struct rule_set *s = gen->slot[rule_gen_slot];

	return s != NULL && s->alone;
}

/* Slot of the chain of that name or RULE_SLOT_NONE. */
uint16_t rule_chain_find(const struct rule_table *t, const char *name);

/* Nothing in the ip part restricts anything and there are no matches. */
bool rule_unconditional(const struct rule *r);
/* Dependency bits (RULE_DEP_*) of the whole rule. */
uint32_t rule_deps(const struct rule *r);
/* RULE_NEEDS_* of its matches and its target. */
uint32_t rule_needs(const struct rule *r);
