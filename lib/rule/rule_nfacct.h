/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Accounting objects: packets and bytes under a name, which `nfacct` makes and -m nfacct counts into. They are there
 * whether rules name them or not. At most 65,536.
 */
#pragma once

#include "base_counter.h"
#include "rule.h"

#define RULE_NFACCT_NAME 32 /* bytes, NUL included; longer names are cut */

enum rule_nfacct_quota { RULE_NFACCT_FREE, RULE_NFACCT_BYTES, RULE_NFACCT_PACKETS };

struct rule_nfacct {
	struct rule_nfacct *next; /* in the order in which they were made */
	char name[RULE_NFACCT_NAME];
	uint32_t rules;
	uint32_t counter; /* by lane */
	uint8_t mode;     /* enum rule_nfacct_quota: what the quota counts */
	uint64_t quota;
	/* Of one with a quota, which has to be known in all: every lane writes. */
	uint64_t used __rte_cache_aligned;
	bool over;
};

/* All: control. First with NULL, NULL after the last. */
struct rule_nfacct *rule_nfacct_next(const struct rule_nfacct *n);
/* NULL: there is none of that name. */
struct rule_nfacct *rule_nfacct_find(const char *name);
/* Takes name, mode, quota of what; starts at c. 0; -EINVAL: no name; -EBUSY: it is there; -ENOSPC, -ENOMEM. */
int rule_nfacct_add(const struct rule_nfacct *what, struct count c);
/* 0; -EBUSY: rules name it. */
int rule_nfacct_delete(struct rule_nfacct *n);
struct count rule_nfacct_read(const struct rule_nfacct *n);
void rule_nfacct_reset(struct rule_nfacct *n);

/* Worker: counts a packet. false: there is a quota, which is not exceeded. */
bool rule_nfacct_count(struct rule_nfacct *n, unsigned lane, uint32_t len);
