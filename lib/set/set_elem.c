/* SPDX-License-Identifier: BSD-3-Clause */
/* See set_elem.h: elements of hash types and bitmaps that come and go. */
#include "set_elem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "set_ext.h"
#include "set_key.h"

static void
count_lengths(struct set *s, const struct set_key *k, int by)
{
	for (unsigned i = 0; i < RTE_MIN(s->addrs, 2u) && s->nets != 0; i++) {
		uint32_t *n = &s->prefixes[i][k->len[i]];
		uint64_t bit = UINT64_C(1) << (k->len[i] & 63),
			 *word = &s->lengths[i][k->len[i] >> 6];

		if (s->type->part[i == 0 ? 0 : s->last] != SET_PART_NET)
			continue;
		*n += by;
		if (*n == 1 && by > 0)
			__atomic_fetch_or(word, bit, __ATOMIC_RELEASE);
		else if (*n == 0)
			__atomic_fetch_and(word, ~bit, __ATOMIC_RELEASE);
	}
}

/* With the lock. */
static void
take_out(struct set *s, uint32_t n)
{
	struct set_entry *e = set_table_entry(&s->table, n);
	struct set_key k;

	set_key_unpack(s, e->key, &k);
	if (s->at_comment != 0)
		free(*set_entry_comment(s, e));
	set_table_remove(&s->table, n, set_table_hash(&s->table, e->key));
	count_lengths(s, &k, -1);
}

/* With the lock: up to so many entries from where the last look ended; those that timed out go, or one that does not. */
static bool
make_room(struct set *s, uint64_t now)
{
	bool found = false;

	for (unsigned i = 0; i < 64 && s->table.next != 0; i++) {
		uint32_t n = s->evict++ % s->table.next;
		struct set_entry *e = set_table_entry(&s->table, n);

		if (!(e->flags & SET_ENTRY_LIVE))
			continue;
		if (s->at_expiry != 0 && set_expired(s, e, now)) {
			take_out(s, n);
			found = true;
		} else if (s->how.flags & SET_FORCEADD && !found) {
			take_out(s, n);
			return true;
		}
	}
	return found;
}

static int
add_new(struct set *s, const struct set_key *k, const struct set_ext *x, uint64_t now)
{
	uint32_t words[SET_WORDS_MAX], n;

	if (s->type->hash && s->table.nb >= s->how.maxelem && !make_room(s, now))
		return -ENOSPC;
	set_key_pack(s, k, words);
	n = set_table_new(&s->table, words);
	if (n == SET_NONE)
		return -ENOMEM;
	if (!set_ext_write(s, set_table_entry(&s->table, n), k, x, now, true))
		return -ENOMEM;
	count_lengths(s, k, 1);
	if (set_table_enter(&s->table, n, set_table_hash(&s->table, words)) == 0)
		return 0;
	count_lengths(s, k, -1);
	return -ENOMEM;
}

static int
add_locked(struct set *s, const struct set_key *k, const struct set_ext *x, bool exist,
	   uint64_t now)
{
	uint32_t hash, n = set_key_find(s, k, &hash);

	if (n != SET_NONE && s->at_expiry != 0 &&
	    set_expired(s, set_table_entry(&s->table, n), now)) {
		take_out(s, n);
		n = SET_NONE;
	}
	if (n == SET_NONE)
		return add_new(s, k, x, now);
	if (!exist)
		return -EEXIST;
	return set_ext_write(s, set_table_entry(&s->table, n), k, x, now, false) ? 0 : -ENOMEM;
}

int
set_add(struct set *s, const struct set_key *k, const struct set_ext *x, bool exist, uint64_t now)
{
	struct set_key own = *k;
	int rc;

	if (!set_key_in_range(s, k))
		return -ERANGE;
	set_key_narrow(s, &own);
	rte_spinlock_lock(&s->table.lock);
	rc = add_locked(s, &own, x, exist, now);
	rte_spinlock_unlock(&s->table.lock);
	return rc;
}

static int
del_locked(struct set *s, const struct set_key *k, uint64_t now)
{
	uint32_t hash, n = set_key_find(s, k, &hash);
	bool gone;

	if (n == SET_NONE)
		return -ENOENT;
	gone = s->at_expiry != 0 && set_expired(s, set_table_entry(&s->table, n), now);
	if (s->at_mac != 0 && !set_mac_matches(s, set_table_entry(&s->table, n), k))
		return -ENOENT;
	take_out(s, n);
	return gone ? -ENOENT : 0;
}

int
set_del(struct set *s, const struct set_key *k, uint64_t now)
{
	struct set_key own = *k;
	int rc;

	if (!set_key_in_range(s, k))
		return -ERANGE;
	set_key_narrow(s, &own);
	rte_spinlock_lock(&s->table.lock);
	rc = del_locked(s, &own, now);
	rte_spinlock_unlock(&s->table.lock);
	return rc;
}

void
set_clear(struct set *s)
{
	rte_spinlock_lock(&s->table.lock);
	for (uint32_t n = 0; n < s->table.next && s->at_comment != 0; n++) {
		struct set_entry *e = set_table_entry(&s->table, n);

		if (e->flags & SET_ENTRY_LIVE)
			free(*set_entry_comment(s, e));
	}
	set_table_clear(&s->table);
	memset(s->prefixes, 0, sizeof(s->prefixes));
	for (unsigned i = 0; i < 6; i++)
		__atomic_store_n(&s->lengths[i / 3][i % 3], 0, __ATOMIC_RELEASE);
	rte_spinlock_unlock(&s->table.lock);
}

typedef bool each_fn(const struct set *s, const struct set_key *k, const struct set_ext *x,
		     void *arg);

static bool
visit(struct set *s, uint32_t n, uint64_t now, each_fn *fn, void *arg)
{
	bool more = true;

	rte_spinlock_lock(&s->table.lock);
	struct set_entry *e = set_table_entry(&s->table, n);

	if (e->flags & SET_ENTRY_LIVE && (s->at_expiry == 0 || !set_expired(s, e, now))) {
		struct set_key k;
		struct set_ext x;

		set_key_unpack(s, e->key, &k);
		set_ext_read(s, e, now, &k, &x);
		more = fn(s, &k, &x, arg);
	}
	rte_spinlock_unlock(&s->table.lock);
	return more;
}

/* A bitmap, in order. */
static void
each_bit(struct set *s, uint64_t now, each_fn *fn, void *arg)
{
	uint32_t step = s->how.flags & SET_NETMASK ? 1u << (32 - s->how.netmask) : 1, hash;

	for (uint64_t at = s->how.lo; at <= s->how.hi; at += step) {
		struct set_key k = { .port = at };
		uint32_t n;

		k.ip[0].w[0] = htonl(at);
		n = set_key_find(s, &k, &hash);
		if (n != SET_NONE && !visit(s, n, now, fn, arg))
			return;
	}
}

void
set_each(struct set *s, uint64_t now, each_fn *fn, void *arg)
{
	uint32_t next = __atomic_load_n(&s->table.next, __ATOMIC_ACQUIRE);

	if (!s->type->hash) {
		each_bit(s, now, fn, arg);
		return;
	}
	for (uint32_t n = 0; n < next; n++)
		if (!visit(s, n, now, fn, arg))
			return;
}

static void
sweep(struct set *s, uint32_t n, uint64_t now)
{
	rte_spinlock_lock(&s->table.lock);
	struct set_entry *e = set_table_entry(&s->table, n);

	if (e->flags & SET_ENTRY_LIVE && set_expired(s, e, now))
		take_out(s, n);
	rte_spinlock_unlock(&s->table.lock);
}

uint32_t
set_sweep(struct set *s, uint64_t now)
{
	uint32_t next = __atomic_load_n(&s->table.next, __ATOMIC_ACQUIRE);

	for (uint32_t n = 0; n < next && s->at_expiry != 0; n++)
		sweep(s, n, now);
	return __atomic_load_n(&s->table.nb, __ATOMIC_RELAXED);
}

void
set_sweep_some(struct set *s, uint64_t now, uint32_t entries)
{
	uint32_t next = __atomic_load_n(&s->table.next, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < RTE_MIN(entries, next) && s->at_expiry != 0; i++)
		sweep(s, s->swept++ % next, now);
}
