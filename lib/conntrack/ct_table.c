/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table. Readers look up without locks (ct_index.h); inserting and removing both tuples of an entry is one critical
 * section. What is removed waits in a queue until every lane has been quiescent, then its keys and its entry are used
 * again.
 */
#include <errno.h>
#include <string.h>

#include "base_rcu.h"
#include "ct_event.h"
#include "ct_expect.h"
#include "ct_ext.h"
#include "ct_helper.h"
#include "ct_nat_ops.h"
#include "ct_own.h"
#include "ct_stat.h"
#include "ct_sweep.h"
#include "ct_table_own.h"

struct ct_stat ct_stats[LANE_MAX + 1];

struct ct_table ct_tables[HOOK_FAMILIES] = {
	[HOOK_IP4] = { .pool = { .name = "ct-entries4", .size = sizeof(struct ct) } },
	[HOOK_IP6] = { .pool = { .name = "ct-entries6",
				 .size = RTE_CACHE_LINE_ROUNDUP(sizeof(struct ct6)) } },
};

static inline struct ct_table *
table_of(uint8_t family)
{
	return &ct_tables[family == AF_INET6 ? HOOK_IP6 : HOOK_IP4];
}

struct ct_pool *
ct_entries(enum hook_family family)
{
	return &ct_tables[family].pool;
}

/* The index as readers see it, until they are quiescent. */
static inline struct ct_index *
index_of(const struct ct_table *t)
{
	return __atomic_load_n(&t->index[CT_INDEX_NOW], __ATOMIC_ACQUIRE);
}

/* Under the lock: the keys of what nobody can see any more. */
static void
release(struct ct_table *t, const struct ct_waiting *w)
{
	for (unsigned i = 0; i < CT_INDEXES; i++)
		if (w->in & 1u << i && t->index[i]->ops->release != NULL)
			t->index[i]->ops->release(t->index[i], &w->pos[i]);
}

/* Under the lock: what nobody can see any more. */
static void
reclaim(struct ct_table *t, unsigned lane)
{
	for (unsigned i = 0; i < 64 && t->first != t->last; i++) {
		struct ct_waiting *w = &t->waiting[t->first % CT_WAITING];

		if (!rcu_passed(w->token))
			break;
		release(t, w);
		ct_free(lane, w->ct);
		__atomic_store_n(&t->first, t->first + 1, __ATOMIC_RELAXED);
	}
}

void
ct_reclaim(unsigned lane)
{
	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		struct ct_table *t = &ct_tables[f];

		if (__atomic_load_n(&t->first, __ATOMIC_RELAXED) ==
			    __atomic_load_n(&t->last, __ATOMIC_RELAXED) ||
		    rte_spinlock_trylock(&t->lock) == 0)
			continue;
		reclaim(t, lane);
		rte_spinlock_unlock(&t->lock);
	}
}

struct ct *
ct_alloc(unsigned lane, uint8_t family)
{
	struct ct_table *t = table_of(family);
	uint32_t i = ct_pool_get(&t->pool, lane);
	struct ct *ct;

	if (unlikely(i == CT_POOL_NONE))
		return NULL;
	ct = ct_pool_at(&t->pool, i);
	/* Not the status, which ct_each() looks at: it is 0. */
	memset(ct, 0, offsetof(struct ct, status));
	memset(&ct->mark, 0, sizeof(*ct) - offsetof(struct ct, mark));
	ct->family = family;
	ct->number[0] = i;
	ct->number[1] = i >> 8;
	ct->number[2] = i >> 16;
	return ct;
}

void
ct_free(unsigned lane, struct ct *ct)
{
	ct_nat_forget(ct);
	if (ct->ext != NULL) {
		/* A first packet may have announced something, and not have left. */
		ct_expect_forget(lane, ct);
		ct_expect_leave(ct);
		ct_ext_free(ct, lane);
	}
	__atomic_store_n(&ct->status, 0, __ATOMIC_RELAXED);
	ct_pool_put(&table_of(ct->family)->pool, lane, ct_number(ct));
}

struct ct *
ct_at(enum hook_family family, uint32_t number)
{
	return ct_pool_at(&ct_tables[family].pool, number);
}

static inline struct ct *
entry_of(uint64_t found)
{
	return (struct ct *)(uintptr_t)(found & ~(uint64_t)1);
}

static inline uint64_t
find_key(const struct ct_index *index, const void *key)
{
	return index->ops->find(index, key);
}

static const void *
key_of(const struct ct *ct, unsigned d)
{
	return ct->family == AF_INET6 ? (const void *)ct_index_key6(ct, d) : &ct->key[d];
}

static bool remove_locked(struct ct_table *t, unsigned lane, struct ct *ct);

/* Under the lock. An expired one leaves the table, *gone, where there is room for it to wait. */
static bool
is_free(struct ct_table *t, unsigned lane, const void *key, uint32_t now, struct ct **other,
	enum ct_dir *dir, struct ct **gone)
{
	uint64_t found = find_key(index_of(t), key);
	struct ct *ct = entry_of(found);

	if (likely(found == 0))
		return true;
	*dir = found & 1;
	if (ct_expired(ct, now) && remove_locked(t, lane, ct)) {
		*gone = ct;
		return true;
	}
	*other = ct;
	return false;
}

/*
 * Under the lock: nobody has that tuple of the new entry. Another one may have it for its other direction, if ours
 * is of another zone there: then ours stands apart.
 */
static bool
has_place(struct ct_table *t, unsigned lane, struct ct *ct, enum ct_dir d, uint32_t now,
	  struct ct **other, struct ct **gone)
{
	enum ct_dir its;

	if (is_free(t, lane, key_of(ct, d), now, other, &its, gone))
		return true;
	if (its == d || ct_tuple(ct, d).zone == ct_tuple(ct, its).zone)
		return false;
	if (ct->family == AF_INET6)
		((struct ct6 *)ct)->key[d].family |= CT_TUPLE_APART;
	else
		ct->key[d].apart = CT_TUPLE_APART;
	return is_free(t, lane, key_of(ct, d), now, other, &its, gone);
}

static int
insert_locked(struct ct_table *t, unsigned lane, struct ct *ct, uint32_t now, struct ct **other,
	      struct ct **gone)
{
	int rc = 0;

	for (unsigned d = 0; d < CT_DIRS; d++)
		if (!has_place(t, lane, ct, d, now, other, &gone[d]))
			return -EEXIST;
	__atomic_store_n(&ct->expires, ct->expires + now, __ATOMIC_RELEASE); /* ct_expired() */
	ct_sweep_watch(ct, now);
	for (unsigned i = 0; i < CT_INDEXES; i++)
		if (t->index[i] != NULL && t->index[i]->ops->put(t->index[i], ct) != 0)
			rc = -ENOSPC;
	ct_status_set(ct, CT_CONFIRMED);
	__atomic_store_n(&t->count, t->count + 1, __ATOMIC_RELAXED);
	/* Readers may have found it already: it leaves as every entry does. */
	if (unlikely(rc != 0))
		remove_locked(t, lane, ct);
	return rc;
}

int
ct_insert(unsigned lane, struct ct *ct, uint32_t now, struct ct **other)
{
	struct ct_table *t = table_of(ct->family);
	struct ct *gone[CT_DIRS] = { NULL };
	int rc;

	rte_spinlock_lock(&t->lock);
	reclaim(t, lane);
	rc = insert_locked(t, lane, ct, now, other, gone);
	rte_spinlock_unlock(&t->lock);
	for (unsigned d = 0; d < CT_DIRS; d++)
		if (unlikely(gone[d] != NULL && gone[d]->ext != NULL &&
			     ct_status(gone[d]) & CT_DYING))
			ct_ext_dying(lane, gone[d]);
	return rc;
}

/* Out of every index there is. */
static void
take_out(struct ct_table *t, struct ct_waiting *w)
{
	w->in = 0;
	for (unsigned i = 0; i < CT_INDEXES; i++) {
		if (t->index[i] == NULL)
			continue;
		t->index[i]->ops->take_out(t->index[i], w->ct, &w->pos[i]);
		w->in |= 1u << i;
	}
}

static bool
remove_locked(struct ct_table *t, unsigned lane, struct ct *ct)
{
	struct ct_waiting *w;

	if (t->waiting == NULL || t->last - t->first == CT_WAITING ||
	    !(ct_status(ct) & CT_CONFIRMED) || ct_status_set(ct, CT_DYING) & CT_DYING)
		return false;
	w = &t->waiting[t->last % CT_WAITING];
	w->ct = ct;
	take_out(t, w);
	ct_sweep_set(ct, ct_sweep_never(__atomic_load_n(&ct->expires, __ATOMIC_RELAXED)));
	w->token = rte_rcu_qsbr_start(rcu);
	__atomic_store_n(&t->last, t->last + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&t->count, t->count - 1, __ATOMIC_RELAXED);
	ct_event(lane, ct, 1u << CT_EVENT_DESTROY);
	return true;
}

bool
ct_remove(unsigned lane, struct ct *ct)
{
	struct ct_table *t = table_of(ct->family);
	bool done;

	rte_spinlock_lock(&t->lock);
	reclaim(t, lane);
	done = remove_locked(t, lane, ct);
	rte_spinlock_unlock(&t->lock);
	if (done)
		ct_nat_forget(ct);
	if (done && ct->ext != NULL)
		ct_ext_dying(lane, ct);
	return done;
}

static struct ct *
alive(unsigned lane, struct ct *ct, uint32_t now)
{
	if (unlikely(ct_expired(ct, now))) {
		ct_remove(lane, ct);
		return NULL;
	}
	return unlikely(ct_status(ct) & CT_DYING) ? NULL : ct;
}

struct ct *
ct_find(unsigned lane, const struct ct_tuple *tuple, enum ct_dir *dir, uint32_t now)
{
	uint8_t family = tuple->family & ~CT_TUPLE_APART;
	const struct ct_index *index = index_of(table_of(family));
	struct ct_key4 key4;
	uint64_t found;

	if (index == NULL)
		return NULL;
	if (family == AF_INET) {
		ct_key4_of_tuple(&key4, tuple);
		found = find_key(index, &key4);
	} else {
		found = find_key(index, tuple);
	}
	*dir = found & 1;
	return found != 0 ? alive(lane, entry_of(found), now) : NULL;
}

static inline void
find_many(enum hook_family family, const void *keys, unsigned n, uint64_t *found)
{
	const struct ct_index *index = index_of(&ct_tables[family]);

	index->ops->find_many(index, keys, n, found);
}

void
ct_find4(const struct ct_key4 *keys, unsigned n, uint64_t *found)
{
	find_many(HOOK_IP4, keys, n, found);
}

void
ct_find6(const struct ct_tuple *keys, unsigned n, uint64_t *found)
{
	find_many(HOOK_IP6, keys, n, found);
}

static void
warm_keys(enum hook_family family, const void *keys, unsigned n)
{
	const struct ct_index *index = index_of(&ct_tables[family]);

	if (n != 0)
		index->ops->warm(index, keys, n);
}

static void
warm_entries(enum hook_family family, struct ct *const *cts, unsigned n, enum ct_dir dir)
{
	union {
		struct ct_key4 v4[PKT_BURST];
		struct ct_tuple v6[PKT_BURST];
	} keys;

	for (unsigned i = 0; i < n; i++) {
		if (family == HOOK_IP4)
			keys.v4[i] = cts[i]->key[dir];
		else
			keys.v6[i] = *ct_index_key6(cts[i], dir);
	}
	warm_keys(family, &keys, n);
}

void
ct_warm(enum hook_family family, struct ct *const *cts, unsigned n, unsigned dirs)
{
	for (unsigned d = 0; d < CT_DIRS; d++)
		if (dirs & 1u << d)
			warm_entries(family, cts, n, d);
}

/* Tuples as keys, in v4 if they are of IPv4. */
static const void *
keys_of(enum hook_family family, const struct ct_tuple *tuples, unsigned n, struct ct_key4 *v4)
{
	if (family == HOOK_IP6)
		return tuples;
	for (unsigned i = 0; i < n; i++)
		ct_key4_of_tuple(&v4[i], &tuples[i]);
	return v4;
}

void
ct_warm_tuples(enum hook_family family, const struct ct_tuple *tuples, unsigned n)
{
	struct ct_key4 v4[PKT_BURST];

	warm_keys(family, keys_of(family, tuples, n, v4), n);
}

void
ct_find_tuples(enum hook_family family, const struct ct_tuple *tuples, unsigned n, uint64_t *found)
{
	struct ct_key4 v4[PKT_BURST];

	find_many(family, keys_of(family, tuples, n, v4), n, found);
}

uint32_t
ct_count(void)
{
	uint32_t n = 0;

	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		n += __atomic_load_n(&ct_tables[f].count, __ATOMIC_RELAXED);
	return n;
}
