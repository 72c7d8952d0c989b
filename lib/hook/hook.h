/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Netfilter's hooks: per family and point an ordered list of hook functions, part of the
 * configuration generation. Whatever wants to see packets enters here and nowhere else.
 * A hook function gets a burst and leaves one verdict per packet. It runs on workers, must not
 * sleep, lock or log, and finds its configuration in ctx->gen. A burst equals its packets one
 * after another: a function whose packets influence each other handles them in order.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "base_drop.h"
#include "base_gen.h"

enum hook_family { HOOK_IP4, HOOK_IP6, HOOK_FAMILIES };

enum hook_point {
	HOOK_PREROUTING,
	HOOK_INPUT,
	HOOK_FORWARD,
	HOOK_OUTPUT,
	HOOK_POSTROUTING,
	HOOK_POINTS
};

/* Priorities as in Linux's enum nf_ip_hook_priorities; security as iptables-legacy registers it. */
enum hook_priority {
	HOOK_PRI_DEFRAG = -400,
	HOOK_PRI_RAW = -300,
	HOOK_PRI_CONNTRACK = -200,
	HOOK_PRI_MANGLE = -150,
	HOOK_PRI_DNAT = -100,
	HOOK_PRI_FILTER = 0,
	HOOK_PRI_SECURITY = 50,
	HOOK_PRI_SNAT = 100,
	HOOK_PRI_HELPER = 300,
	HOOK_PRI_CONFIRM = 2147483647,
};

typedef uint16_t verdict_t;

enum {
	VERDICT_ACCEPT = 0, /* goes on to the next function */
	VERDICT_STOLEN = 1, /* the function owns the packet now */
	VERDICT_QUEUE = 2,
	VERDICT_REPEAT = 3, /* call this function again for the packet */
	VERDICT_WAIT =
		4, /* as STOLEN; the function sees it again (hook_walk_from()), and it counts then */
	VERDICT_DROP = 16, /* and up: VERDICT_DROP + drop reason */
};

#define VERDICT_DROP_FOR(reason) ((verdict_t)(VERDICT_DROP + (reason)))

struct hook_ctx {
	const struct gen *gen;
	uint64_t now; /* clock_ms() at the start of the burst */
	uint16_t lane;
	uint8_t family; /* enum hook_family */
	uint8_t point;  /* enum hook_point */
};

/* n <= PKT_BURST; all packets are of ctx->family; verdicts come in as VERDICT_ACCEPT. */
typedef void hook_fn(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
		     verdict_t *verdicts);

/*
 * Control lcore: puts a function into the draft's list, after those of the same priority.
 * name is kept by pointer and must be unique within the point. 0, -EEXIST, -ENOSPC.
 */
int hook_register(struct gen *draft, enum hook_family family, enum hook_point point, int priority,
		  const char *name, hook_fn *fn, void *priv);
/* 0 or -ENOENT. */
int hook_unregister(struct gen *draft, enum hook_family family, enum hook_point point,
		    const char *name);

#define HOOK_LIST_MAX 32

struct hook_entry;

struct hook_list {
	unsigned nb;
	bool replayable; /* all its functions are, see hook_replayable() */
	struct hook_entry *entry[HOOK_LIST_MAX];
};

/* The content of the generation's slot. */
struct hook_table {
	struct hook_list list[HOOK_FAMILIES][HOOK_POINTS];
};

extern unsigned hook_gen_slot;

/* NULL when nothing is registered there. Workers, once per burst and point. */
static inline const struct hook_list *
hook_list_get(const struct gen *gen, enum hook_family family, enum hook_point point)
{
	const struct hook_table *t = gen->slot[hook_gen_slot];

	return t != NULL && t->list[family][point].nb != 0 ? &t->list[family][point] : NULL;
}

/*
 * Runs the list over the burst: accepted packets are moved together at the front of pkts and their
 * number returned; dropped ones are counted under their reason and freed. ctx->family and
 * ctx->point say which list it is.
 */
uint16_t hook_walk(const struct hook_list *list, const struct hook_ctx *ctx, struct rte_mbuf **pkts,
		   uint16_t n);

/* The same from the first function of that priority on: for packets that were held in between. */
uint16_t hook_walk_from(const struct hook_list *list, int priority, const struct hook_ctx *ctx,
			struct rte_mbuf **pkts, uint16_t n);

/*
 * Constructor time: what the function does with a packet of a known connection is known beside it: the flow cache does
 * it, or notes what rules it met.
 */
void hook_replayable(hook_fn *fn);
/* Control: so many packets more passed all functions of the list, which did not see them. */
void hook_credit(const struct hook_list *list, uint64_t packets);

/* One registered function, as `show hooks` prints it. */
struct hook_info {
	enum hook_family family;
	enum hook_point point;
	int priority;
	const char *name;
	uint64_t packets, dropped;
	uint64_t cycles, timed; /* of so many packets, while net.pollux.profile=1 */
};

/* Control lcore: calls fn for every registered function, in the order they run. */
void hook_each(void (*fn)(const struct hook_info *info, void *arg), void *arg);
/* Control lcore: cycles and timed count from here on. */
void hook_count_cycles_anew(void);
const char *hook_point_name(enum hook_point point);    /* "PREROUTING" */
const char *hook_family_name(enum hook_family family); /* "ip", "ip6" */
