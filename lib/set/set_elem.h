/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Elements of sets: asking, adding, taking out, walking through them. What Linux does on the control side of ipset and
 * on the packets' side.
 */
#pragma once

#include "set.h"

/* set_ask.flags: what is done to an element that is found. */
#define SET_ASK_COUNT 0x01u    /* it counts the packet */
#define SET_ASK_SUBCOUNT 0x02u /* a list:set: so does the member's element */
#define SET_ASK_COMPARE 0x04u  /* it is found only if its counters are as asked */
#define SET_ASK_NOMATCH 0x08u  /* an element "nomatch" is what is asked for, others are not */
#define SET_ASK_FILL 0x10u     /* bitmap:ip,mac: an element without a MAC address gets the key's */

enum set_compare { SET_ANY, SET_EQ, SET_NE, SET_LT, SET_GT };

struct set_limit {
	uint64_t value;
	uint8_t op; /* enum set_compare */
};

/* What is asked of a set, and the answer. */
struct set_ask {
	uint64_t now; /* ms */
	uint32_t flags;
	uint32_t bytes; /* of the packet */
	struct set_limit packets_limit, bytes_limit;
	/* Of the element that was found, if the set keeps it. */
	uint32_t mark, mark_mask, prio;
	uint16_t queue;
};

/* Of hash types and bitmaps. Workers and control: 1 it is there, 0 it is not, -ENOTEMPTY: it is there as "nomatch". */
int set_test(struct set *s, const struct set_key *k, struct set_ask *a);

/* Workers: begins to bring the index's line of that element into the cache. */
void set_fetch(const struct set *s, const struct set_key *k);
/* Workers: the same answers about the entry n; k: NULL where no MAC address comes with elements. */
int set_look(const struct set *s, uint32_t n, const struct set_key *k, struct set_ask *a);

/*
 * Workers and control, each takes the lock. exist: an element that is there gets the new extensions. 0, -EEXIST, -ENOSPC
 * (maxelem), -ENOMEM, -ERANGE (a bitmap's element is not in its range).
 */
int set_add(struct set *s, const struct set_key *k, const struct set_ext *x, bool exist,
	    uint64_t now);
/* 0, -ENOENT, -ERANGE. */
int set_del(struct set *s, const struct set_key *k, uint64_t now);
/* Control: all of them. */
void set_clear(struct set *s);
/* Control: calls fn for each element that has not timed out, with the lock held; false ends it. */
void set_each(struct set *s, uint64_t now,
	      bool (*fn)(const struct set *s, const struct set_key *k, const struct set_ext *x,
			 void *arg),
	      void *arg);
/* Control: takes out what has timed out; the number that is left. */
uint32_t set_sweep(struct set *s, uint64_t now);
/* Control: the same among so many entries, others each time. */
void set_sweep_some(struct set *s, uint64_t now, uint32_t entries);
/* The most specific length of prefixes that the set has; -1: it has none. Workers too. */
int set_longest(const struct set *s, unsigned which);

/* set_list.c, as above. before, after: a member, or SET_NO_NUMBER. -ESRCH: that is no member; -ENOSPC. */
int set_list_add(struct set *s, uint16_t number, uint16_t before, uint16_t after,
		 const struct set_ext *x, bool exist, uint64_t now);
int set_list_del(struct set *s, uint16_t number, uint16_t before, uint16_t after, uint64_t now);
/* 1, 0, -ESRCH. */
int set_list_test(struct set *s, uint16_t number, uint16_t before, uint16_t after, uint64_t now);
void set_list_clear(struct set *s);
/* Members that have not timed out. */
uint32_t set_list_count(const struct set *s, uint64_t now);
/* Takes out those that have. */
void set_list_sweep(struct set *s, uint64_t now);
/* Workers: finds and counts, or looks at counters. */
bool set_found(const struct set *s, struct set_ask *a, uint64_t *count, const uint32_t *info);
