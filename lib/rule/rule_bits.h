/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Long runs of rules as bit vectors. A field is two bytes of the packet's key, or one of its word: halves of addresses,
 * ports, protocol, states, interfaces. All its values fall into classes, each of which has a set, the rules that such a
 * value does not exclude; what is in the sets of all fields of a packet is asked side by side (rule_lin.h), so that a set
 * may be too large, never too small. Whatever shape rules have, and in whatever order, an index is built in a fraction of
 * a second, and searched from any rule on.
 *
 * A set tells in a bit of 64 rules whether any of them is in it, and of 512 rules which line has their bits; fields have
 * each line once, however many sets have it. At most that is, for 16,384 rules and eight fields, 43 MB; 10,000 rules of
 * addresses and ports take 1 to 8.
 */
#pragma once

#include "rule_index.h"
#include "rule_lin.h"

#define RULE_BITS_MIN 192   /* shorter runs are not worth it */
#define RULE_BITS_MAX 16384 /* longer ones are cut */
#define RULE_BITS_LEAD 16   /* rules asked first: most packets are known by one of them */
#define RULE_BITS_FIELDS 8  /* those that exclude most */
#define RULE_BITS_LINE 512  /* rules */
#define RULE_BITS_BRIEF 64  /* rules that a bit of a set's summary is for */
#define RULE_BITS_SUMMARIES (RULE_BITS_MAX / RULE_BITS_BRIEF / 64)
#define RULE_BITS_LINES (RULE_BITS_MAX / RULE_BITS_LINE)

struct rule_bits_line {
	uint64_t word[RULE_BITS_LINE / 64];
};

/* An index has as many of both as its rules need: rule_bits.summaries, .lines. */
struct rule_bits_set {
	uint64_t some[RULE_BITS_SUMMARIES];
	uint16_t line[RULE_BITS_LINES];
};

struct rule_bits_field {
	uint16_t at;           /* in struct rule_key, bytes */
	uint16_t mask;         /* of the two bytes there */
	const uint16_t *class; /* by value */
	const uint8_t *set;    /* by class, stride bytes each: summaries, then numbers of lines */
	const struct rule_bits_line *line;
};

struct rule_bits {
	struct rule_index index;
	unsigned nb_fields;
	uint32_t summaries, lines; /* of a set */
	uint32_t stride;
	struct rule_bits_field field[RULE_BITS_FIELDS];
	void *arena; /* what the fields point to */
};

/*
 * Any one thread: filters and serials of nb rules; at most that many bytes. NULL: it would take more, or no field excludes
 * anything.
 */
struct rule_bits *rule_bits_build(const struct rule_filter *f, const uint64_t *serial, uint32_t nb,
				  bool ip4, size_t most);
void rule_bits_free(struct rule_bits *b);

/* What rule_lin_find() says of pos .. end - 1, all of them rules of b, whose first is rule lo of l. Workers. */
uint32_t rule_bits_find(const struct rule_bits *b, const struct rule_lin *l, uint32_t lo,
			uint32_t pos, uint32_t end, const struct rule_key *k);
