/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a set keeps with an element, in its entry behind the key: expiry (8 bytes, ms; 0: never), packets and bytes
 * (16), mark, mask, priority and queue (16), a comment (a pointer, the control lcore's), a MAC address (8, the first 6
 * and a byte that says whether there is one). Workers read and count by atomics; who writes more holds the table's lock.
 */
#pragma once

#include <string.h>

#include "set_elem.h"

/* Control: where all that lies; the bytes of an entry. */
unsigned set_ext_layout(struct set *s, unsigned words);

static inline uint64_t *
set_entry_expiry(const struct set *s, struct set_entry *e)
{
	return (uint64_t *)((char *)e + s->at_expiry);
}

static inline uint64_t *
set_entry_count(const struct set *s, struct set_entry *e)
{
	return (uint64_t *)((char *)e + s->at_count);
}

static inline uint32_t *
set_entry_info(const struct set *s, struct set_entry *e)
{
	return (uint32_t *)((char *)e + s->at_info);
}

static inline char **
set_entry_comment(const struct set *s, struct set_entry *e)
{
	return (char **)((char *)e + s->at_comment);
}

static inline uint64_t *
set_entry_mac(const struct set *s, struct set_entry *e)
{
	return (uint64_t *)((char *)e + s->at_mac);
}

static inline bool
set_expired(const struct set *s, struct set_entry *e, uint64_t now)
{
	uint64_t expiry = __atomic_load_n(set_entry_expiry(s, e), __ATOMIC_RELAXED);

	return expiry != 0 && expiry <= now;
}

/* A MAC address and that there is one, as 8 bytes. */
static inline uint64_t
set_mac_word(const struct set_key *k)
{
	uint64_t w = 0;

	memcpy(&w, k->mac, sizeof(k->mac));
	return k->has_mac ? w | UINT64_C(1) << 48 : 0;
}

/* A key without one is any; an element without one is one that has none. */
static inline bool
set_mac_matches(const struct set *s, struct set_entry *e, const struct set_key *k)
{
	uint64_t stored = __atomic_load_n(set_entry_mac(s, e), __ATOMIC_RELAXED);

	return !k->has_mac || stored == 0 || stored == set_mac_word(k);
}

/* Worker, no lock: an element that has none gets the key's. */
void set_mac_fill(struct set *s, const struct set_key *k, uint64_t now);
/* With the lock. fresh: nobody knows the entry yet. false: no memory for the comment. */
bool set_ext_write(struct set *s, struct set_entry *e, const struct set_key *k,
		   const struct set_ext *x, uint64_t now, bool fresh);
/* With the lock. x->comment stays the entry's. */
void set_ext_read(const struct set *s, struct set_entry *e, uint64_t now, struct set_key *k,
		  struct set_ext *x);
/* When something that times out in so many seconds does; 0: never. */
uint64_t set_expiry(const struct set *s, uint32_t timeout, uint64_t now);
