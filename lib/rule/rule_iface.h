/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of interfaces that rules ask for ("lan0", "ppp+"), as bits: a port fits some of the patterns, and
 * compiled rules compare bits instead of names. Bits are given out by the control lcore and stay the pattern's
 * while a compiled chain holds it; a table has its own copy of what workers need.
 */
#pragma once

#include <string.h>

#include "rule.h"

#define RULE_IFACE_BITS 51 /* as many as a key has room for; further patterns are not compiled */

struct rule_iface_pattern {
	char name[RULE_IFACE_NAME];
	uint8_t mask[RULE_IFACE_NAME]; /* 0xff: byte must agree */
	bool out;                      /* of the interface it leaves by */
};

struct rule_iface_set {
	uint64_t used; /* bit per pattern */
	struct rule_iface_pattern pattern[RULE_IFACE_BITS];
};

/* Control lcore: the pattern's bit, which the caller holds from now on; -1: all are taken. */
int rule_iface_hold(const struct rule_iface_pattern *p);
void rule_iface_drop(unsigned bit);
/* A copy of the patterns whose bits are in used. free() it. */
struct rule_iface_set *rule_iface_copy(uint64_t used);

/* 16 bytes of a name against a pattern. */
static inline bool
rule_iface_differs(const char *have, const char *want, const uint8_t *mask)
{
	uint64_t h[2], w[2], m[2];

	memcpy(h, have, sizeof(h));
	memcpy(w, want, sizeof(w));
	memcpy(m, mask, sizeof(m));
	return (((h[0] ^ w[0]) & m[0]) | ((h[1] ^ w[1]) & m[1])) != 0;
}

/* Workers: bit per pattern of that side that the name fits. */
static inline uint64_t
rule_iface_bits(const struct rule_iface_set *s, const char *name, bool out)
{
	uint64_t bits = 0;

	for (uint64_t left = s->used; left != 0; left &= left - 1) {
		unsigned i = __builtin_ctzll(left);
		const struct rule_iface_pattern *p = &s->pattern[i];

		if (p->out == out && !rule_iface_differs(name, p->name, p->mask))
			bits |= UINT64_C(1) << i;
	}
	return bits;
}
