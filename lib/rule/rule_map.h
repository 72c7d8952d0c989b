/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules by what they ask exactly: lists of blocked addresses, tables of services, networks of a few lengths. Rules that have
 * bits of addresses, ports and protocol in common, which all of them care for, are a group: a hash table by these bits.
 * Those of no group, a few, are searched side by side. Searched from any rule on. Made with the chain, in no time
 * (rule_code.c), and only where it is faster than every other index would be: nothing else is built then.
 */
#pragma once

#include "rule_lin.h"

#define RULE_MAP_MIN 64       /* rules; fewer are as fast side by side */
#define RULE_MAP_GROUPS 3     /* each costs a look-up */
#define RULE_MAP_GROUPS_MAX 8 /* where nobody asks for speed */
#define RULE_MAP_REST 32      /* rules of no group */
#define RULE_MAP_NONE UINT32_MAX

/* The bits of a key that count, and what a key has in them. */
struct rule_map_key {
	uint64_t src[2], dst[2]; /* IPv4: the first word's first half */
	uint32_t ports;          /* source | destination << 16, host order */
	uint32_t word;           /* the lower half of the key's */
};

struct rule_map_slot {
	uint32_t tag;   /* the upper half of the hash */
	uint32_t first; /* rule; RULE_MAP_NONE: the slot is free */
};

/* Most packets have nobody's bits: eight bits a rule tell it, and stay in the nearest cache. */
struct rule_map_group {
	struct rule_map_key mask;
	uint32_t
		maybes; /* bits, a power of two; of those of a hash's upper half some rule has, the bit is set */
	uint32_t slots; /* a power of two, less than half are used */
	uint64_t *maybe;
	struct rule_map_slot *slot;
};

/* One line for what a packet is compared with. */
struct rule_map_rule {
	struct rule_map_key key; /* in the bits of its group */
	bool whole;    /* it asks for nothing else; otherwise it is asked as if side by side */
	uint32_t next; /* the next one of the same slot; RULE_MAP_NONE: none */
};

struct rule_map {
	bool ip4;
	unsigned nb_groups;
	struct rule_map_group group[RULE_MAP_GROUPS_MAX];
	struct rule_map_rule *rule; /* those of groups, as in the chain */
	struct rule_lin rest;       /* rules of no group; nb may be 0 */
	uint32_t *rest_at;          /* where they stand in the chain, ascending */
	size_t bytes;
};

/* Of the filters of a chain; upper: as rule_lin_init(). NULL: nothing that is faster. Control lcore. */
struct rule_map *rule_map_make(const struct rule_filter *f, uint32_t nb, bool ip4, bool upper);
void rule_map_free(struct rule_map *m);
/* What rule_lin_find() says of l, whose map is m. Workers. */
uint32_t rule_map_find(const struct rule_map *m, const struct rule_lin *l, uint32_t pos,
		       uint32_t end, const struct rule_key *k);

static inline bool
rule_map_maybe(const struct rule_map_group *g, uint64_t hash)
{
	uint32_t bit = (uint32_t)(hash >> 32) & (g->maybes - 1);

	return g->maybe[bit / 64] >> bit % 64 & 1;
}

/* Leaves the bits that all of them care for. */
static inline void
rule_map_narrow(struct rule_map_key *to, const struct rule_map_key *by)
{
	for (unsigned i = 0; i < 2; i++) {
		to->src[i] &= by->src[i];
		to->dst[i] &= by->dst[i];
	}
	to->ports &= by->ports;
	to->word &= by->word;
}

static inline struct rule_map_key
rule_map_key_of(const struct rule_key *k, bool ip4)
{
	struct rule_map_key m = { .ports = k->sport | (uint32_t)k->dport << 16,
				  .word = (uint32_t)k->word };

	if (ip4) {
		m.src[0] = k->src[0];
		m.dst[0] = k->dst[0];
	} else {
		memcpy(m.src, k->src, sizeof(m.src));
		memcpy(m.dst, k->dst, sizeof(m.dst));
	}
	return m;
}

/* Rules are the operator's: a hash that strangers can foresee finds them no longer lists than it has. */
static inline uint64_t
rule_map_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 r = (unsigned __int128)(a ^ UINT64_C(0x9e3779b97f4a7c15)) *
			      (b ^ UINT64_C(0xd6e8feb86659fd93));

	return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static inline uint64_t
rule_map_hash(const struct rule_map_key *k, bool ip4)
{
	uint64_t rest = k->ports | (uint64_t)k->word << 32, src, dst;

	if (ip4)
		return rule_map_fold(k->src[0] | k->dst[0] << 32, rest);
	src = rule_map_fold(k->src[0], k->src[1]);
	dst = rule_map_fold(k->dst[0], k->dst[1]);
	return rule_map_fold(src + rest, dst ^ rest << 7);
}

static inline bool
rule_map_same(const struct rule_map_key *a, const struct rule_map_key *b, bool ip4)
{
	uint64_t other = (a->src[0] ^ b->src[0]) | (a->dst[0] ^ b->dst[0]);

	if (!ip4)
		other |= (a->src[1] ^ b->src[1]) | (a->dst[1] ^ b->dst[1]);
	return (other | (a->ports ^ b->ports) | (a->word ^ b->word)) == 0;
}
