/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SipHash-2-4 (Aumasson, Bernstein, 2012): a hash that nobody can foretell who does not know its key. For what others may
 * try to forge; not for tables.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct siphash_key {
	uint64_t k[2];
};

static inline uint64_t
siphash_turn(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static inline void
siphash_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = siphash_turn(v[1], 13) ^ v[0];
	v[3] = siphash_turn(v[3], 16) ^ v[2];
	v[0] = siphash_turn(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = siphash_turn(v[1], 17) ^ v[2];
	v[3] = siphash_turn(v[3], 21) ^ v[0];
	v[2] = siphash_turn(v[2], 32);
}

/* Of nb whole words. */
static inline uint64_t
siphash(const struct siphash_key *key, const uint64_t *words, size_t nb)
{
	uint64_t v[4] = { key->k[0] ^ UINT64_C(0x736f6d6570736575),
			  key->k[1] ^ UINT64_C(0x646f72616e646f6d),
			  key->k[0] ^ UINT64_C(0x6c7967656e657261),
			  key->k[1] ^ UINT64_C(0x7465646279746573) };
	uint64_t last = (uint64_t)(nb * sizeof(*words)) << 56;

	for (size_t i = 0; i <= nb; i++) {
		uint64_t word = i < nb ? words[i] : last;

		v[3] ^= word;
		siphash_round(v);
		siphash_round(v);
		v[0] ^= word;
	}
	v[2] ^= 0xff;
	for (unsigned i = 0; i < 4; i++)
		siphash_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
