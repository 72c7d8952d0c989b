/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Elements as words of a table: which part stands where.
 *	addresses (1 or 4 words each), then, of types that have it: both prefix lengths; port and protocol; MAC address
 *	(2 words); mark; interface (4 words, flags).
 * Any thread.
 */
#pragma once

#include "set.h"

/* The words of the set's keys, and those that tell elements apart by a hash. */
unsigned set_key_words(const struct set *s);
unsigned set_key_hashed(const struct set *s);
void set_key_pack(const struct set *s, const struct set_key *k, uint32_t *words);
void set_key_unpack(const struct set *s, const uint32_t *words, struct set_key *k);
/* For types with interfaces: is the key that of the stored element, whose interface may be the beginning of names? */
bool set_key_covers4(const uint32_t *stored, const uint32_t *key);
bool set_key_covers6(const uint32_t *stored, const uint32_t *key);
/* What is left of an element of types with netmask, bitmask, markmask or networks. */
void set_key_narrow(const struct set *s, struct set_key *k);
/* Of bitmaps: is it in the set's range? */
bool set_key_in_range(const struct set *s, const struct set_key *k);
/* The element's entry, or SET_NONE; its hash. Reader or writer of the table. */
uint32_t set_key_find(const struct set *s, const struct set_key *k, uint32_t *hash);
/* Clears the bits behind the first len. */
void set_addr_mask(union set_addr *a, unsigned words, unsigned len);
/* Has the type that part? */
bool set_has(const struct set_type *t, enum set_part part);

/* Is its address all zeros (behind netmask or bitmask), which sets of addresses and of addresses with a port do not take? */
bool set_key_is_zero(const struct set *s, const struct set_key *k);
