/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rate estimators: how many packets and bytes a second come to the rules of -j RATEEST that name one, for -m rateest to
 * compare. One belongs to all rules of both families that name it, targets and matches, and goes with the last one, as in
 * Linux. At most 4,096.
 *
 * Lanes count; control looks at the counters in the estimator's interval and moves the rates towards what it has seen since
 * the last time (an exponentially weighted moving average, as Linux's).
 */
#pragma once

#include "base_counter.h"
#include "rule_ext.h"

#define RULE_RATEEST_NAME 16 /* bytes, NUL included; longer names are cut */
#define RULE_RATEEST_STEP_MS 250u

/* What iptables keeps of a number in 32 bits. */
static inline uint32_t
rule_rateest_wrapped(double d)
{
	return d > -0x1p63 && d < 0x1p63 ? (uint32_t)(int64_t)d : 0;
}

struct rule_rateest_how {
	uint8_t interval; /* RULE_RATEEST_STEP_MS << interval */
	uint8_t weight;   /* of what was seen last: 2^-weight */
};

struct rule_rateest {
	struct rule_rateest *next;
	char name[RULE_RATEEST_NAME];
	struct rule_rateest_how how;
	uint32_t rules;
	uint32_t counter; /* by lane */
	struct count seen;
	uint64_t measured, due; /* ms: the last look, and the next one */
	struct count average;   /* a second, in 1/256; control writes, lanes read */
};

/* Control: the estimator of that name, made if there is none. 0; -EINVAL: it is another one; -ENOMEM, -ENOSPC. */
int rule_rateest_get(const char *name, struct rule_rateest_how how, uint64_t now,
		     struct rule_rateest **out);
/* Control: the one that is there, for a rule more; NULL: none. */
struct rule_rateest *rule_rateest_share(const char *name);
/* Control: a rule less; no packet is in it. */
void rule_rateest_put(struct rule_rateest *e);
/* Control: first with NULL, NULL after the last. */
struct rule_rateest *rule_rateest_next(const struct rule_rateest *e);
/* Control, often. */
void rule_rateest_tick(uint64_t now_ms);

/* Worker: packets and bytes a second. */
struct count rule_rateest_read(const struct rule_rateest *e);
/* Worker: a packet has come to it. */
void rule_rateest_count(const struct rule_rateest *e, struct rule_packet *rp);
