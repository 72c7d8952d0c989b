/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of -m recent: addresses, each with the times at which it was seen. A list belongs to all rules of both families
 * that name it, and goes with the last one, as in Linux. Its memory is taken when it is made; when it is full, the address
 * not seen for the longest time makes room. One lock a list, held for one packet: the answer depends on the order of
 * packets, and is exact however many workers there are.
 */
#pragma once

#include "base_str.h"
#include "rule.h"

#define RULE_RECENT_NAME 200   /* bytes, NUL included */
#define RULE_RECENT_TICK_MS 4u /* times are in the ticks of a kernel with HZ=250, Debian's */
#define RULE_RECENT_TICKS 250u /* a second */
#define RULE_RECENT_HITS_MAX 65535u

enum rule_recent_mode {
	RULE_RECENT_SET,
	RULE_RECENT_CHECK,
	RULE_RECENT_UPDATE,
	RULE_RECENT_REMOVE
};

/* What a rule asks. */
struct rule_recent_ask {
	uint8_t mode; /* enum rule_recent_mode */
	bool invert;
	bool same_ttl; /* --rttl */
	bool reap;
	uint32_t seconds, hits; /* 0: any */
};

struct rule_recent_key {
	union rule_addr addr; /* IPv4: the rest is 0 */
	uint8_t family;       /* enum hook_family */
	uint8_t ttl;
};

struct rule_recent;

/*
 * Control: the list of that name, made with the mask if there is none yet. One that is to remember more times
 * than before forgets what it has. 0, -EINVAL (name, hits) or -ENOMEM.
 */
int rule_recent_get(const char *name, const union rule_addr *mask, uint32_t hits,
		    struct rule_recent **out);
/* Control: a rule less; no packet is in it. */
void rule_recent_put(struct rule_recent *r);
/* Worker: does the rule match? */
bool rule_recent_match(struct rule_recent *r, const struct rule_recent_ask *ask,
		       const struct rule_recent_key *key, uint64_t tick);

/* Control. The list of that name or NULL; next: first with NULL, NULL after the last. */
struct rule_recent *rule_recent_find(const char *name);
struct rule_recent *rule_recent_next(const struct rule_recent *r);

struct rule_recent_info {
	const char *name;
	uint32_t addresses, room, rules;
	uint64_t replaced; /* addresses that made room for others */
};

struct rule_recent_info rule_recent_info(struct rule_recent *r);
/* All addresses, in the lines of /proc/net/xt_recent/NAME. */
void rule_recent_print(struct rule_recent *r, struct str *out);
/* What may be written there: "+ADDR", "-ADDR", "/". 0 or -EINVAL. */
int rule_recent_write(struct rule_recent *r, const char *text);
