/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Match and target extensions. Each lives in one file of match/ or target/, which parses, checks,
 * evaluates, prints (-L) and saves (-S) it and says what it reads; it registers itself with
 * RULE_EXT_REGISTER. Parsing, printing and checking run on the control lcore; eval on workers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include "base_err.h"
#include "base_str.h"
#include "hook.h"
#include "pkt.h"

struct rule_ip;
struct rule;

/* What a result depends on. The first group is invariant for a flow under one generation. */
#define RULE_DEP_TUPLE 0x00000001u   /* addresses, protocol, ports, ICMP type and code */
#define RULE_DEP_IFACE 0x00000002u   /* input and output interface */
#define RULE_DEP_CTSTATE 0x00000004u /* state and status of the connection */
#define RULE_DEP_CTMARK 0x00000008u  /* mark and labels of the connection */
#define RULE_DEP_SET 0x00000010u     /* members of an ipset; see match_set.c */
#define RULE_DEP_ROUTE 0x00000020u   /* routes, addresses, policy rules */
#define RULE_DEP_TIME 0x00000040u    /* clock, between two boundaries */
/* The second group changes from packet to packet. */
#define RULE_DEP_TCP_FLAGS 0x00000100u
#define RULE_DEP_TCP_OPTIONS 0x00000200u
#define RULE_DEP_FRAG 0x00000400u
#define RULE_DEP_TTL 0x00000800u
#define RULE_DEP_LENGTH 0x00001000u
#define RULE_DEP_TOS 0x00002000u
#define RULE_DEP_MARK 0x00004000u /* packet mark */
#define RULE_DEP_PAYLOAD 0x00008000u
#define RULE_DEP_MAC 0x00010000u
#define RULE_DEP_CHANCE 0x00020000u /* by chance, each packet anew */
#define RULE_DEP_EXT6 0x00040000u   /* IPv6 extension headers */
#define RULE_DEP_PER_PACKET 0x0007ff00u
/* How it treats the state it looks at. */
#define RULE_DEP_WRITER 0x01000000u /* writes what other rules read */
#define RULE_DEP_ORDER 0x02000000u  /* one packet writes what the next one reads */
#define RULE_DEP_EFFECT 0x04000000u /* does something besides the verdict: sends, logs, copies */
/* A match like this does something, whatever those behind it say: it is met by every packet that gets so far. */
#define RULE_DEP_ACTS (RULE_DEP_SET | RULE_DEP_ORDER | RULE_DEP_WRITER | RULE_DEP_EFFECT)
/*
 * A target that writes: by what stays the same for a flow, into the packet's marks, or into the connection, where a second
 * time changes nothing; when it does change the connection it says so (rule_record_changed()).
 */
#define RULE_DEP_SETTLES 0x08000000u
/* A target that writes the packet's TOS, by what stays the same for a flow and what it was, and nothing else. */
#define RULE_DEP_WRITES_TOS 0x10000000u

/* What a rule with it needs of connection tracking, see ct_hooks.h. */
#define RULE_NEEDS_TRACK 0x1u /* connections are tracked, in the rule's family */
#define RULE_NEEDS_ORDER 0x2u /* packets of one flow come one after another */
/*
 * A target of table nat that may give connections another source; its data is a struct nat_range. Its eval() may get
 * packets without a connection at POSTROUTING, see nat_strict.h.
 */
#define RULE_NEEDS_SOURCE 0x4u
/* Connections that SYNPROXY has begun are looked after, see rule_synproxy.h. */
#define RULE_NEEDS_SYNPROXY 0x8u
/* Packets change what those behind them meet in other tables and hooks: each is through before the next one begins. */
#define RULE_NEEDS_ALONE 0x10u

/* A test as structured data, so that rules can be compiled: field in one of the ranges. */
enum rule_field {
	RULE_FIELD_SPORT, /* host order */
	RULE_FIELD_DPORT,
	RULE_FIELD_ANY_PORT,   /* source or destination port */
	RULE_FIELD_ICMP,       /* type << 8 | code */
	RULE_FIELD_TCP_FLAGS,  /* (flags & mask) in a range; mask in rule_test.mask */
	RULE_FIELD_TCP_OPTION, /* kind is present */
	RULE_FIELD_CTSTATE, /* a state of those whose RULE_CTSTATE_* bits are in lo of the only range */
};

#define RULE_RANGES_MAX 15
#define RULE_TESTS_MAX 4

struct rule_test {
	uint8_t field; /* enum rule_field */
	bool invert;
	uint8_t nb; /* 0: the test is always false before inversion */
	uint8_t mask;
	struct {
		uint16_t lo, hi; /* inclusive */
	} range[RULE_RANGES_MAX];
};

/* The packet under evaluation. */
struct rule_packet {
	const struct hook_ctx *ctx;
	struct rte_mbuf *m;
	const struct pkt *p;
	const char *in, *out; /* interface names, 16 readable bytes, zeros when none */
	/* A match sets it: drop the packet at once, whatever the rule says. */
	bool hotdrop;
	verdict_t why; /* with hotdrop: VERDICT_DROP_FOR(reason); 0: the packet is malformed */
};

/* A target's eval besides VERDICT_*. */
#define RULE_VERDICT_CONTINUE ((verdict_t)0xffff)
#define RULE_VERDICT_RETURN ((verdict_t)0xfffe)

/* rule_opt.flags */
#define RULE_OPT_ARG 0x01    /* takes an argument */
#define RULE_OPT_INVERT 0x02 /* may stand behind "!" */
#define RULE_OPT_ONCE 0x04   /* may be used once; the generic text says so */
#define RULE_OPT_MUST 0x08   /* must be given */

struct rule_opt {
	const char *name; /* without dashes; the first one of an id names it in errors */
	uint8_t id;       /* 0 .. 31 */
	uint8_t flags;
	uint32_t excludes; /* bit per id that may not stand beside it */
};

/* One parsed option, and the rest of the command line for those that take more words. */
struct rule_parse {
	uint8_t family; /* enum hook_family */
	const struct rule_ip *ip;
	int argc;
	char **argv;
	int *next; /* index of the next word */
	struct str *warn;
	struct err *err;
	/* Set for parse() by rule_ext_option(): who is asked, and the option's name for errors. */
	const struct rule_ext_type *type;
	const char *opt;
};

/* What check() and the printers are told besides the data. */
struct rule_where {
	const struct rule_ip *ip;
	uint8_t family;
	const char *table;
	const struct rule *rule; /* check(): the rule it is part of */
	bool numeric;
};

struct rule_ext_type {
	struct rule_ext_type *next;
	const char *name;
	const char *alias;     /* may be NULL */
	const char *save_name; /* printed behind -m/-j; NULL: name */
	const char *list_name; /* target: its column of -L; NULL: as it is saved */
	bool target;           /* a target; else a match */
	bool fixed;            /* target: eval() ignores packet and data (ACCEPT, DROP, RETURN) */
	bool ends;             /* target: eval() never says RULE_VERDICT_CONTINUE */
	bool traces; /* target: eval() begins to trace the packet (PKT_TRACE), whose chain is walked rule by rule */
	const char *table; /* the only table it may stand in; NULL: any */
	uint8_t families;  /* bit per enum hook_family */
	uint8_t proto;     /* match: comes by itself with -p of this protocol; 0: never */
	uint32_t points;   /* bit per hook point it may be reached from; 0: all */
	uint16_t size;     /* bytes of data, zeroed; compared with memcmp */
	/*
	 * Bytes of state that packets change, shared by all workers; see rule_ext_state(). restart()
	 * fills it; that happens whenever the rule's table changes, as in Linux.
	 */
	uint16_t state_size;
	void (*restart)(const void *data, void *state);
	const struct rule_opt *opts;
	unsigned nb_opts;
	void (*init)(void *data);
	/* id of the option, its argument (NULL without) and whether "!" stood before it. */
	int (*parse)(const struct rule_parse *p, unsigned id, const char *arg, bool invert,
		     void *data);
	/* After all options; seen: bit per option id. 0 or -EINVAL and p->err. */
	int (*final)(const struct rule_parse *p, uint32_t seen, void *data);
	/* More than points can say: bit per hook point. May be NULL. */
	uint32_t (*points_of)(const void *data);
	/* As the kernel checks a rule when a table is committed: 0 or -errno, without a text. */
	int (*check)(const struct rule_where *w, const void *data);
	bool (*match)(struct rule_packet *rp, const void *data);
	/*
	 * Match: begins to bring into the cache what match() will read for the packet. Asked for all of a burst before
	 * the first of its packets walks, at a built-in chain that has the rule near its begin; it need not be asked,
	 * and the rule need not be met. May be NULL.
	 */
	void (*fetch)(const struct rule_packet *rp, const void *data);
	verdict_t (*eval)(struct rule_packet *rp, const void *data);
	void (*print)(struct str *out, const struct rule_where *w, const void *data);
	void (*save)(struct str *out, const struct rule_where *w, const void *data);
	uint32_t deps;  /* RULE_DEP_*, whatever the data */
	uint32_t needs; /* RULE_NEEDS_* */
	/* More than that, by the data of a rule that was checked. May be NULL. */
	uint32_t (*deps_of)(const void *data);
	uint32_t (*needs_of)(const void *data);
	/* An instance goes that check() accepted, or that nobody checked: gives back what its state holds. */
	void (*release)(const void *data, void *state);
	/*
	 * Match: the conjunction of tests that it is, at most RULE_TESTS_MAX, for packets that have an
	 * L4 header. Returns their number, or -ENOTSUP: only match() knows.
	 */
	int (*tests)(const void *data, struct rule_test *t);
};

struct rule_ext {
	const struct rule_ext_type *type;
	void *data; /* type->size bytes and the state behind them, owned; NULL when size is 0 */
	uint32_t seen;
};

/* The state of an instance with that data, on cache lines of its own. */
static inline void *
rule_ext_state(const struct rule_ext_type *type, const void *data)
{
	return (char *)(uintptr_t)data + RTE_CACHE_LINE_ROUNDUP((size_t)type->size);
}

void rule_ext_register(struct rule_ext_type *type); /* constructor time */

#define RULE_EXT_REGISTER(type_)           \
	RTE_INIT(rule_ext_init_##type_)    \
	{                                  \
		rule_ext_register(&type_); \
	}

/* All matches and targets: first with NULL; NULL after the last. */
const struct rule_ext_type *rule_ext_next(const struct rule_ext_type *type);
const struct rule_ext_type *rule_match_find(enum hook_family family, const char *name);
/* The match that -p PROTO brings along, or NULL. */
const struct rule_ext_type *rule_match_for_proto(enum hook_family family, uint8_t proto);
const struct rule_ext_type *rule_target_find(enum hook_family family, const char *name);

/* An instance with fresh data. Aborts when memory is out, as struct str does. */
struct rule_ext rule_ext_new(const struct rule_ext_type *type);
struct rule_ext rule_ext_clone(const struct rule_ext *x);
void rule_ext_free(struct rule_ext *x);
/* Starts its state afresh. Packets may be looking at it: a few see the old one. */
void rule_ext_restart(const struct rule_ext *x);
/* Where the instance may be reached from: bit per hook point. */
uint32_t rule_ext_points(const struct rule_ext *x);
/* Dependency bits of the instance (no type: none). */
uint32_t rule_ext_deps(const struct rule_ext *x);
bool rule_ext_equal(const struct rule_ext *a, const struct rule_ext *b);
/* One option (index in type->opts) of an instance: generic checks, then its parse(). */
int rule_ext_option(const struct rule_parse *p, struct rule_ext *x, unsigned opt, const char *arg,
		    bool invert);
/* final(), then what the options ask of each other. */
int rule_ext_final(const struct rule_parse *p, const struct rule_ext *x);
