/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timeout policies: a set of timeouts of one protocol under a name, as `nfct timeout` makes them and
 * `-j CT --timeout NAME` gives them to connections. Control lcore; workers read seconds[].
 */
#pragma once

#include <stdint.h>

#include "ct_proto.h"

#define CT_TIMEOUTS_NAME 32 /* with the final 0 */

struct ct_timeouts {
	struct ct_timeouts *next; /* in the order they were made */
	char name[CT_TIMEOUTS_NAME];
	uint8_t family; /* enum hook_family */
	uint8_t proto;  /* 0: the generic one */
	uint32_t uses;  /* rules that name it */
	uint32_t seconds[CT_TIMEOUTS_MAX];
};

/* The first with NULL; NULL after the last. */
const struct ct_timeouts *ct_timeouts_next(const struct ct_timeouts *t);
/* NULL: there is none of that name. */
struct ct_timeouts *ct_timeouts_find(const char *name);
/* seconds: as many as the protocol has. A longer name is cut. 0; -EBUSY: the name is taken; -ENOMEM. */
int ct_timeouts_add(const char *name, enum hook_family family, const struct ct_proto *proto,
		    const uint32_t *seconds);
/*
 * 0; -ENOENT; -EBUSY: rules name it. Connections that have it go back to the sysctls. Waits for grace periods.
 */
int ct_timeouts_delete(const char *name);
/* May packets of that protocol have it? */
bool ct_timeouts_fit(const struct ct_timeouts *t, enum hook_family family, uint8_t proto);
