/* SPDX-License-Identifier: BSD-3-Clause */
/* A bit for each port that is known to be used, one for each block of ports that are all used. */
#include "ct_fetch.h"
#include "ct_hash.h"
#include "ct_proto.h"
#include "nat_tight_own.h"

/* Blocks in a row; fewer are looked at without asking which of them are full. */
#define BLOCKS_MANY 4u

uint64_t
nat_tight_key(const struct ct_tuple *t)
{
	struct ct_tuple ends = *t;

	ends.sport = 0;
	ends.family &= ~CT_TUPLE_APART;
	return ct_hash6_wide(&ends) | 1ull << 63;
}

static inline struct nat_tight_line *
line_of(uint64_t key, uint32_t port)
{
	struct nat_tight_lines *all = nat_tight_known();

	return all != NULL ? nat_tight_find(all, key + port / NAT_TIGHT_PORTS) : NULL;
}

static inline struct nat_tight_line *
ends_of(uint64_t key)
{
	struct nat_tight_lines *all = nat_tight_known();

	return all != NULL ? nat_tight_find(all, key + NAT_TIGHT_ENDS) : NULL;
}

/* The first bit from at on that is not set, or NAT_TIGHT_PORTS. */
static uint32_t
first_unset(const struct nat_tight_line *l, uint32_t at)
{
	while (at < NAT_TIGHT_PORTS) {
		uint64_t unset = ~nat_tight_get(&l->bits[at / 64]) >> at % 64;

		if (unset != 0)
			return at + (uint32_t)__builtin_ctzll(unset);
		at = (at / 64 + 1) * 64;
	}
	return NAT_TIGHT_PORTS;
}

static inline void
set_bit(struct nat_tight_line *l, uint32_t at)
{
	__atomic_fetch_or(&l->bits[at / 64], 1ull << at % 64, __ATOMIC_SEQ_CST);
}

/* Its word, as it was before. */
static inline uint64_t
clear_bit(struct nat_tight_line *l, uint32_t at)
{
	return __atomic_fetch_and(&l->bits[at / 64], ~(1ull << at % 64), __ATOMIC_SEQ_CST);
}

/* Who clears a port meanwhile does so before, and this sees it, or after, and then clears this. */
static void
set_full(uint64_t key, const struct nat_tight_line *l, uint32_t block)
{
	struct nat_tight_line *ends = nat_tight_make(key + NAT_TIGHT_ENDS);

	if (ends == NULL)
		return;
	__atomic_store_n(&ends->bits[NAT_TIGHT_WEIGHT], UINT64_MAX, __ATOMIC_RELAXED);
	set_bit(ends, block);
	if (first_unset(l, 0) != NAT_TIGHT_PORTS)
		clear_bit(ends, block);
}

/* The block from block on that is not known to be full; blocks as far as they lie before end. */
static uint32_t
skip_full(uint64_t key, uint32_t block, uint32_t end)
{
	const struct nat_tight_line *ends = ends_of(key);
	uint32_t last = end / NAT_TIGHT_PORTS;

	if (ends == NULL)
		return block;
	return block < last ? RTE_MIN(first_unset(ends, block), last) : block;
}

uint32_t
nat_tight_next(uint64_t key, uint32_t port, uint32_t end)
{
	bool many = end - port > BLOCKS_MANY * NAT_TIGHT_PORTS;

	while (port < end) {
		uint32_t block = port / NAT_TIGHT_PORTS, first = block * NAT_TIGHT_PORTS, at;
		const struct nat_tight_line *l = line_of(key, port);

		if (l == NULL)
			return port;
		at = first_unset(l, port - first);
		if (at < NAT_TIGHT_PORTS)
			return RTE_MIN(first + at, end);
		if (many && port == first)
			set_full(key, l, block);
		block = many ? skip_full(key, block + 1, end) : block + 1;
		port = block * NAT_TIGHT_PORTS;
	}
	return end;
}

void
nat_tight_begin(uint64_t key, uint16_t port)
{
	struct nat_tight_line *l = nat_tight_make(key + port / NAT_TIGHT_PORTS);

	if (l != NULL)
		set_bit(l, port % NAT_TIGHT_PORTS);
}

void
nat_tight_set(uint64_t key, uint16_t port)
{
	struct nat_tight_line *l = line_of(key, port);

	if (l != NULL)
		set_bit(l, port % NAT_TIGHT_PORTS);
}

/* The first port of a full block to become free finds a word of ones. */
void
nat_tight_clear(uint64_t key, uint16_t port)
{
	struct nat_tight_line *l = line_of(key, port), *ends;

	if (l == NULL || clear_bit(l, port % NAT_TIGHT_PORTS) != UINT64_MAX)
		return;
	ends = ends_of(key);
	if (ends != NULL)
		clear_bit(ends, port / NAT_TIGHT_PORTS);
}

/* What its packets became. false: nobody needs to know. */
static bool
tuple_of(const struct ct *ct, struct ct_tuple *t)
{
	struct ct_tuple reply;

	if (likely(nat_tight_known() == NULL))
		return false;
	reply = ct_tuple(ct, CT_REPLY);
	return ct_invert(t, &reply);
}

void
nat_tight_gone(const struct ct *ct)
{
	struct ct_tuple t;

	if (tuple_of(ct, &t))
		nat_tight_clear(nat_tight_key(&t), rte_be_to_cpu_16(t.sport));
}

void
nat_tight_ended(const struct ct *ct)
{
	struct nat_tight_line *ends;
	struct ct_tuple t;

	if (!tuple_of(ct, &t))
		return;
	ends = ends_of(nat_tight_key(&t));
	if (ends != NULL)
		__atomic_store_n(&ends->bits[NAT_TIGHT_WHEN], 0, __ATOMIC_RELAXED);
}

void
nat_tight_warm(uint64_t key, uint16_t port)
{
	struct nat_tight_lines *all = nat_tight_known();
	const struct nat_tight_line *l;

	if (all == NULL)
		return;
	l = nat_tight_at(all, key + port / NAT_TIGHT_PORTS);
	for (unsigned i = 0; i < NAT_TIGHT_WAYS; i++)
		ct_fetch(&l[i]);
}

void
nat_tight_warm_gone(const struct ct *ct)
{
	struct ct_tuple t;

	if (tuple_of(ct, &t))
		nat_tight_warm(nat_tight_key(&t), rte_be_to_cpu_16(t.sport));
}

static inline uint64_t
full_when(uint16_t min, uint16_t max, uint32_t now)
{
	return (uint64_t)now << 32 | (uint32_t)min << 16 | max;
}

bool
nat_tight_is_full(uint64_t key, uint16_t min, uint16_t max, uint32_t now)
{
	const struct nat_tight_line *ends = ends_of(key);

	return ends != NULL &&
	       nat_tight_get(&ends->bits[NAT_TIGHT_WHEN]) == full_when(min, max, now);
}

void
nat_tight_set_full(uint64_t key, uint16_t min, uint16_t max, uint32_t now)
{
	struct nat_tight_line *ends = nat_tight_make(key + NAT_TIGHT_ENDS);

	if (ends == NULL)
		return;
	__atomic_store_n(&ends->bits[NAT_TIGHT_WEIGHT], UINT64_MAX, __ATOMIC_RELAXED);
	__atomic_store_n(&ends->bits[NAT_TIGHT_WHEN], full_when(min, max, now), __ATOMIC_RELAXED);
}

void
nat_tight_doubt(uint64_t key)
{
	struct nat_tight_line *ends = ends_of(key);

	for (unsigned i = NAT_TIGHT_FULL; ends != NULL && i < NAT_TIGHT_WHEN; i++)
		__atomic_store_n(&ends->bits[i], 0, __ATOMIC_RELAXED);
}
