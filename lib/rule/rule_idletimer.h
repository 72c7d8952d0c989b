/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers of -j IDLETIMER: when was something last seen? A timer belongs to all rules of both families that name it, is
 * started anew by packets, and goes with the last rule, as in Linux. At most 4,096.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#define RULE_IDLETIMER_LABEL 28 /* bytes, NUL included */

struct rule_idletimer {
	struct rule_idletimer *next;
	char label[RULE_IDLETIMER_LABEL];
	bool alarm;
	uint32_t rules;
	uint64_t until
		__rte_cache_aligned; /* clock_ms() when it has run down, 0: not started; every lane writes */
};

/*
 * Control: the timer of that label, made if there is none. 0; -EINVAL: a label that cannot be the name of a file, or one
 * whose timer is of the other kind; -ENOSPC, -ENOMEM.
 */
int rule_idletimer_get(const char *label, bool alarm, struct rule_idletimer **out);
/* Control: a rule less; no packet is in it. */
void rule_idletimer_put(struct rule_idletimer *t);
/* Control. The timer of that label or NULL; next: first with NULL, NULL after the last. */
struct rule_idletimer *rule_idletimer_find(const char *label);
struct rule_idletimer *rule_idletimer_next(const struct rule_idletimer *t);
/* Control: whole seconds until it has run down; 0 then. */
uint64_t rule_idletimer_left(const struct rule_idletimer *t);

/* Worker and control: it runs from now on, whatever it did. The line is written once a millisecond and lane at most. */
static inline void
rule_idletimer_start(struct rule_idletimer *t, uint64_t now, uint32_t seconds)
{
	uint64_t until = now + seconds * UINT64_C(1000);

	if (__atomic_load_n(&t->until, __ATOMIC_RELAXED) != until)
		__atomic_store_n(&t->until, until, __ATOMIC_RELAXED);
}
