/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules as workers walk them. Private to lib/route. */
#pragma once

#include <errno.h>

#include "policy.h"
#include "route_fib.h"

struct policy_step {
	struct policy_rule r;
	uint16_t in, out; /* port indexes; 0: any */
	uint32_t next;    /* POLICY_GOTO: the step; always further on */
	uint32_t id;      /* POLICY_BLACKHOLE, POLICY_PROHIBIT: the next hop */
	const struct fib *fib;
};

struct policy {
	unsigned n;
	struct policy_step of[];
};

bool policy_fits(const struct policy_step *s, const struct route_key *k);
/* Makes the tables the rules name. NULL and the text: no memory. free() frees it. */
struct policy *policy_compile(const struct policy_rule *const *rules, unsigned n, struct err *e);
/* The next hop that refuses: made at the start, stays. */
uint32_t policy_refusal(enum policy_action action);
/* Control lcore, after changes of routes: table default counts once it has any. */
void policy_follow_tables(void);
