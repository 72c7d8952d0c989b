/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables of -m hashlimit: a token bucket, or a rate, for each address, port or what the mode says. A table belongs to all
 * rules of a family that name it, is as the first of them wants it, and goes with the last, as in Linux. Its memory is taken
 * when it is made. A packet locks the part of the table that its key is in; one with a new key also takes
 * an entry from the table's free ones, under a lock of their own. What a table says is exact with any number of workers.
 */
#pragma once

#include "base_str.h"
#include "rule.h"

#define RULE_HASHLIMIT_NAME 255               /* bytes, NUL included */
#define RULE_HASHLIMIT_SCALE 1000000u         /* parts of a second in avg */
#define RULE_HASHLIMIT_BYTES_SHIFT 4          /* bytes are counted by 16 */
#define RULE_HASHLIMIT_TICK_MS 4u             /* of a kernel with HZ=250, Debian's */
#define RULE_HASHLIMIT_TICKS 250              /* a second */
#define RULE_HASHLIMIT_ENTRIES_MAX (1u << 20) /* of a table, whatever its rule says */

/* rule_hashlimit_cfg.mode */
#define RULE_HASHLIMIT_SRCIP 0x01u
#define RULE_HASHLIMIT_SRCPORT 0x02u
#define RULE_HASHLIMIT_DSTIP 0x04u
#define RULE_HASHLIMIT_DSTPORT 0x08u
#define RULE_HASHLIMIT_ABOVE 0x10u
#define RULE_HASHLIMIT_BYTES 0x20u
#define RULE_HASHLIMIT_RATE 0x40u /* --hashlimit-rate-match */

struct rule_hashlimit_cfg {
	/* Time between two packets, in 1 / SCALE s; of bytes: UINT32_MAX / (1 + 16 bytes a second). */
	uint64_t avg;
	uint64_t burst;
	uint32_t size, max, gc_ms, expire_ms, interval;
	uint8_t mode, src_len, dst_len;
};

struct rule_hashlimit;

/* The cost of a unit in a token bucket, in 64 bits, as Linux has it: too much wraps around. */
uint64_t rule_hashlimit_credits(uint64_t avg);
/* Of avg in bytes: what it stands for. */
uint64_t rule_hashlimit_bytes(uint32_t avg);

/* Control: the table of that name. 0, -EINVAL (its name) or -ENOMEM. */
int rule_hashlimit_get(const char *name, enum hook_family family,
		       const struct rule_hashlimit_cfg *cfg, struct rule_hashlimit **out);
/* Control: a rule less; no packet is in it. */
void rule_hashlimit_put(struct rule_hashlimit *t);
/* Worker: does a rule with that mode match? It may set rp->hotdrop. */
bool rule_hashlimit_match(struct rule_hashlimit *t, uint8_t mode, struct rule_packet *rp);

/* Control. NULL: no rule names such a table; next: first with NULL, NULL after the last. */
struct rule_hashlimit *rule_hashlimit_find(const char *name, enum hook_family family);
struct rule_hashlimit *rule_hashlimit_next(const struct rule_hashlimit *t);

struct rule_hashlimit_info {
	const char *name;
	enum hook_family family;
	uint32_t entries, room, rules;
	uint64_t full; /* packets dropped since there was no room for their key */
};

struct rule_hashlimit_info rule_hashlimit_info(const struct rule_hashlimit *t);
/* In the lines of /proc/net/ipt_hashlimit/NAME, entries that are there now. */
void rule_hashlimit_print(struct rule_hashlimit *t, struct str *out);
