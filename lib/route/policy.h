/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Policy rules (`ip rule`): which routing tables a packet asks, in which order. The control lcore
 * keeps the rules; what workers walk is compiled into the generation, and is absent while there are
 * only the default rules (local, main, default), which the fast look-up serves by itself.
 */
#pragma once

#include <stdbool.h>

#include "base_err.h"
#include "base_gen.h"
#include "port.h"
#include "route_key.h"
#include "route_rib.h"

#define POLICY_RULES_MAX 8192 /* of both families */

enum policy_action {
	POLICY_TABLE,
	POLICY_GOTO,
	POLICY_NOP,
	POLICY_BLACKHOLE,
	POLICY_UNREACHABLE,
	POLICY_PROHIBIT,
};

struct policy_ports {
	uint16_t first, last; /* host byte order; last 0: any */
};

struct policy_rule {
	uint8_t family;
	uint8_t action; /* enum policy_action */
	uint8_t proto;  /* RTPROT_* of who made the rule */
	uint8_t tos;    /* 0: any */
	uint8_t ip_proto;
	bool invert;
	bool has_pref;
	uint32_t pref;
	uint32_t table;
	uint32_t target;           /* POLICY_GOTO: a preference */
	int32_t suppress;          /* longest prefix that does not count; -1: none */
	uint32_t mark, mask;       /* mask 0: any */
	struct ip_prefix src, dst; /* family AF_UNSPEC: any */
	struct policy_ports sport, dport;
	char in[PORT_NAME_MAX], out[PORT_NAME_MAX]; /* "" any; need not exist */
};

/* Control lcore. As Linux: -EEXIST (an equal one is there), -EINVAL with its text, -ENOSPC. */
int policy_add(struct policy_rule *r, struct err *e);
/*
 * Deletes the first rule that has what r names: fields at their defaults (pref without has_pref,
 * table 0, suppress -1 ...) are not compared. -ENOENT.
 */
int policy_del(const struct policy_rule *r, struct err *e);
/* All rules but preference 0; then a family has local only, as in Linux. proto 0: any */
void policy_flush(uint8_t family, uint8_t proto);
void policy_walk(uint8_t family, void (*fn)(const struct policy_rule *r, void *arg), void *arg);
/* Is there a rule with this preference, for `goto`? */
bool policy_has(uint8_t family, uint32_t pref);
/* The three default rules. 0 or -ENOMEM. */
int policy_init(struct err *e);

/*
 * Control lcore: the route that a packet takes now by the rules. NULL: *why is -ENETUNREACH, -EINVAL
 * (blackhole), -EACCES (prohibit). Routes that refuse are returned like others.
 */
const struct route *policy_route(const struct route_key *k, int *why);

/* Workers: is there more than the default rules for the family? */
extern unsigned policy_slot;
struct policy;
struct policy_set {
	struct policy *of[2]; /* [0] IPv4, [1] IPv6; NULL: the default rules */
};

static inline const struct policy *
policy_of(const struct gen *gen, uint8_t family)
{
	const struct policy_set *s = gen->slot[policy_slot];

	return s == NULL ? NULL : s->of[family == AF_INET6];
}

/* Any lane. The next hop's id; groups come unchosen. */
uint32_t policy_lookup(const struct policy *p, const struct route_key *k);
