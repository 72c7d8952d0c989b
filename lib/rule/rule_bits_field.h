/* SPDX-License-Identifier: BSD-3-Clause */
/* What rules ask of one field of a packet's key (rule_bits.h), and which fields are worth asking. Any one thread. */
#pragma once

#include "rule_bits.h"

enum rule_bits_part { RULE_BITS_SRC, RULE_BITS_DST, RULE_BITS_PORT, RULE_BITS_WORD };

struct rule_bits_what {
	enum rule_bits_part part;
	unsigned n; /* half of a word of the address, enum rule_port_side, byte of the word */
};

/* Values lo .. hi of two bytes (host order), or those of one byte that are want in the bits of care. */
struct rule_bits_span {
	uint16_t lo, hi;
	uint8_t want, care;
};

/* All values that the filter does not exclude, or some more. */
struct rule_bits_span rule_bits_span(struct rule_bits_what w, const struct rule_filter *f);
static inline bool
rule_bits_in(const struct rule_bits_span *s, uint32_t value)
{
	return value >= s->lo && value <= s->hi && (value & s->care) == s->want;
}

/* Where a packet's key has it, in bytes. */
uint16_t rule_bits_at(struct rule_bits_what w);

/* The fields that exclude most, up to RULE_BITS_FIELDS. Returns their number. */
unsigned rule_bits_choose(struct rule_bits_what *what, const struct rule_filter *f, uint32_t nb,
			  bool ip4);
