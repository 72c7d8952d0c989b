/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For lib/conntrack and lib/nat: keyed hashes of tuples. Strangers choose tuples, so that a linear function (CRC) would let
 * them fill one bucket whatever its seed; a multiplication folded by a secret (as in wyhash) does not.
 */
#pragma once

#include "ct.h"

/* Random, set when the table is made: half of a line, the other half is nobody's. */
extern uint64_t ct_hash_secret[8];

static inline uint64_t
ct_hash_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 r = (unsigned __int128)a * b;

	return (uint64_t)r ^ (uint64_t)(r >> 64);
}

/* Of two words. */
static inline uint32_t
ct_hash_words(uint64_t a, uint64_t b)
{
	uint64_t h = ct_hash_fold(a ^ ct_hash_secret[0], b ^ ct_hash_secret[1]);

	return h ^ h >> 32;
}

static inline uint64_t
ct_hash4_wide(const struct ct_key4 *k)
{
	uint64_t q[2];

	memcpy(q, k, sizeof(q));
	return ct_hash_fold(q[0] ^ ct_hash_secret[0], q[1] ^ ct_hash_secret[1]);
}

static inline uint32_t
ct_hash4(const struct ct_key4 *k)
{
	uint64_t q[2];

	memcpy(q, k, sizeof(q));
	return ct_hash_words(q[0], q[1]);
}

static inline uint64_t
ct_hash6_wide(const struct ct_tuple *t)
{
	uint64_t q[5], h;

	memcpy(q, t, sizeof(q));
	h = ct_hash_fold(q[0] ^ ct_hash_secret[0], q[1] ^ ct_hash_secret[1]) ^
	    ct_hash_fold(q[2] ^ ct_hash_secret[2], q[3] ^ ct_hash_secret[3]);
	return ct_hash_fold(h ^ q[4], ct_hash_secret[1]);
}

static inline uint32_t
ct_hash6(const struct ct_tuple *t)
{
	uint64_t h = ct_hash6_wide(t);

	return h ^ h >> 32;
}

static inline uint32_t
ct_hash_tuple(const struct ct_tuple *t)
{
	struct ct_key4 k;

	if ((t->family & ~CT_TUPLE_APART) == AF_INET6)
		return ct_hash6(t);
	ct_key4_of_tuple(&k, t);
	return ct_hash4(&k);
}
