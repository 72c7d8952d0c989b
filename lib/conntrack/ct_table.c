/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table. Readers look up without locks (RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF); inserting and removing both
 * tuples of an entry is one critical section. What is removed waits in a queue until every lane has been
 * quiescent, then its keys and its entry are used again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <rte_hash.h>
#include <rte_malloc.h>

#include "base_rcu.h"
#include "ct_event.h"
#include "ct_expect.h"
#include "ct_ext.h"
#include "ct_hash.h"
#include "ct_helper.h"
#include "ct_max.h"
#include "ct_own.h"
#include "ct_pool.h"
#include "ct_stat.h"
#include "ct_sweep.h"
#include "ct_table.h"

#define WAITING 16384u    /* removed entries that wait at most, a power of two */
#define INDEX6 (1u << 31) /* ct.index of IPv6 entries */

uint64_t ct_hash_secret[4];
struct ct_stat ct_stats[LANE_MAX + 1];

struct waiting {
	struct ct *ct;
	int32_t pos[CT_DIRS]; /* of its keys */
	uint64_t token;
};

/* One for each family. */
static struct table {
	struct rte_hash *hash;
	rte_spinlock_t lock;
	uint32_t count;          /* confirmed */
	uint32_t capacity;       /* flows it was made for */
	size_t bytes;            /* of the index */
	uint32_t first, last;    /* of waiting[], free running */
	struct waiting *waiting; /* WAITING of them */
	struct ct_pool pool;
} __rte_cache_aligned tables[HOOK_FAMILIES] = {
	[HOOK_IP4] = { .pool = { .name = "ct-entries4", .size = sizeof(struct ct) } },
	[HOOK_IP6] = { .pool = { .name = "ct-entries6",
				 .size = RTE_CACHE_LINE_ROUNDUP(sizeof(struct ct6)) } },
};

static inline struct table *
table_of(uint8_t family)
{
	return &tables[family == AF_INET6 ? HOOK_IP6 : HOOK_IP4];
}

struct ct_pool *
ct_entries(enum hook_family family)
{
	return &tables[family].pool;
}

static size_t
heap_bytes(void)
{
	struct rte_malloc_socket_stats s;
	size_t sum = 0;

	for (unsigned i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &s) == 0)
			sum += s.heap_allocsz_bytes;
	return sum;
}

static struct rte_hash *
make_hash(enum hook_family family, uint32_t flows)
{
	struct rte_hash_parameters p = {
		.name = family == HOOK_IP4 ? "ct4" : "ct6",
		.entries = 2 * flows,
		.key_len = family == HOOK_IP4 ? sizeof(struct ct_key4) : sizeof(struct ct_tuple),
		.socket_id = SOCKET_ID_ANY,
		.extra_flag =
			RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF | RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
	};

	return rte_hash_create(&p);
}

int
ct_table_create(enum hook_family family, struct err *e)
{
	struct table *t = &tables[family];
	uint32_t max = ct_max();

	if (t->hash != NULL)
		return 0;
	if (ct_hash_secret[0] == 0 &&
	    getrandom(ct_hash_secret, sizeof(ct_hash_secret), 0) != sizeof(ct_hash_secret))
		return err_set(e, -EIO, "connection tracking: no random numbers from the system");
	if (t->waiting == NULL)
		t->waiting = calloc(WAITING, sizeof(*t->waiting));
	if (t->waiting == NULL || ct_pool_reserve(&t->pool, max + WAITING) != 0 ||
	    ct_sweep_reserve(family, ct_pool_items(&t->pool)) != 0)
		return err_set(e, -ENOMEM,
			       "connection tracking: no memory for %u connections; lower "
			       "net.netfilter.nf_conntrack_max",
			       max);
	t->bytes = heap_bytes();
	t->hash = make_hash(family, ct_pool_items(&t->pool));
	if (t->hash == NULL)
		return err_set(e, -ENOMEM,
			       "connection tracking: no memory for an index of %u connections; "
			       "lower net.netfilter.nf_conntrack_max",
			       max);
	t->bytes = heap_bytes() - t->bytes;
	t->capacity = max;
	return 0;
}

bool
ct_table_exists(enum hook_family family)
{
	return tables[family].hash != NULL;
}

/* Under the lock: what nobody can see any more. */
static void
reclaim(struct table *t, unsigned lane)
{
	for (unsigned i = 0; i < 64 && t->first != t->last; i++) {
		struct waiting *w = &t->waiting[t->first % WAITING];

		if (!rcu_passed(w->token))
			break;
		for (unsigned d = 0; d < CT_DIRS; d++)
			rte_hash_free_key_with_position(t->hash, w->pos[d]);
		ct_free(lane, w->ct);
		t->first++;
	}
}

struct ct *
ct_alloc(unsigned lane, uint8_t family)
{
	struct table *t = table_of(family);
	uint32_t i = ct_pool_get(&t->pool, lane);
	struct ct *ct;

	if (unlikely(i == CT_POOL_NONE))
		return NULL;
	ct = ct_pool_at(&t->pool, i);
	/* Not the status, which ct_each() looks at: it is 0. */
	memset(ct, 0, offsetof(struct ct, status));
	memset(&ct->mark, 0, sizeof(*ct) - offsetof(struct ct, mark));
	ct->family = family;
	ct->index = family == AF_INET6 ? i | INDEX6 : i;
	ct->owner = lane;
	return ct;
}

void
ct_free(unsigned lane, struct ct *ct)
{
	if (ct->ext != NULL) {
		/* A first packet may have announced something, and not have left. */
		ct_expect_forget(lane, ct);
		ct_ext_free(ct, lane);
	}
	__atomic_store_n(&ct->status, 0, __ATOMIC_RELAXED);
	ct_pool_put(&table_of(ct->family)->pool, lane, ct->index & ~INDEX6);
}

static inline const void *
key_of(const struct ct *ct, unsigned dir, uint32_t *hash)
{
	if (ct->family == AF_INET6) {
		const struct ct_tuple *t = &((const struct ct6 *)ct)->key[dir];

		*hash = ct_hash6(t);
		return t;
	}
	*hash = ct_hash4(&ct->key[dir]);
	return &ct->key[dir];
}

static struct ct *
entry_of(void *data, enum ct_dir *dir)
{
	*dir = (uintptr_t)data & 1;
	return (struct ct *)((uintptr_t)data & ~(uintptr_t)1);
}

/* Under the lock. An entry that has expired makes room. */
static struct ct *
find_key(struct table *t, const void *key, uint32_t hash, enum ct_dir *dir)
{
	void *data;

	if (rte_hash_lookup_with_hash_data(t->hash, key, hash, &data) < 0)
		return NULL;
	return entry_of(data, dir);
}

static bool remove_locked(struct table *t, unsigned lane, struct ct *ct);

/* An expired one leaves the table: *gone. */
static bool
is_free(struct table *t, unsigned lane, const void *key, uint32_t hash, uint32_t now,
	struct ct **other, struct ct **gone)
{
	enum ct_dir dir;
	struct ct *ct = find_key(t, key, hash, &dir);

	if (ct == NULL)
		return true;
	if (ct_expired(ct, now)) {
		*gone = ct;
		return remove_locked(t, lane, ct);
	}
	*other = ct;
	return false;
}

static int
insert_locked(struct table *t, unsigned lane, struct ct *ct, uint32_t now, struct ct **other,
	      struct ct **gone)
{
	uint32_t hash[CT_DIRS];
	const void *key[CT_DIRS];
	int rc = 0;

	for (unsigned d = 0; d < CT_DIRS; d++) {
		key[d] = key_of(ct, d, &hash[d]);
		if (!is_free(t, lane, key[d], hash[d], now, other, &gone[d]))
			return -EEXIST;
	}
	__atomic_store_n(&ct->expires, ct->expires + now, __ATOMIC_RELEASE); /* ct_expired() */
	ct_sweep_set(ct, ct->expires);
	/* The reply first: who finds the original finds a whole entry. */
	for (unsigned d = CT_DIRS; d-- > 0;) {
		void *data = (void *)((uintptr_t)ct | d);

		if (rte_hash_add_key_with_hash_data(t->hash, key[d], hash[d], data) == 0)
			continue;
		/* Readers may have found it already: it leaves as every entry does. */
		rc = -ENOSPC;
	}
	ct_status_set(ct, CT_CONFIRMED);
	__atomic_store_n(&t->count, t->count + 1, __ATOMIC_RELAXED);
	if (unlikely(rc != 0))
		remove_locked(t, lane, ct);
	return rc;
}

int
ct_insert(unsigned lane, struct ct *ct, uint32_t now, struct ct **other)
{
	struct table *t = table_of(ct->family);
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

static bool
remove_locked(struct table *t, unsigned lane, struct ct *ct)
{
	struct waiting *w = &t->waiting[t->last % WAITING];
	uint32_t hash;

	if (t->last - t->first == WAITING || !(ct_status(ct) & CT_CONFIRMED) ||
	    ct_status_set(ct, CT_DYING) & CT_DYING)
		return false;
	w->ct = ct;
	for (unsigned d = 0; d < CT_DIRS; d++) {
		const void *key = key_of(ct, d, &hash);

		w->pos[d] = rte_hash_del_key_with_hash(t->hash, key, hash);
	}
	ct_sweep_set(ct, ct_sweep_never(__atomic_load_n(&ct->expires, __ATOMIC_RELAXED)));
	w->token = rte_rcu_qsbr_start(rcu);
	t->last++;
	__atomic_store_n(&t->count, t->count - 1, __ATOMIC_RELAXED);
	ct_event(lane, ct, 1u << CT_EVENT_DESTROY);
	return true;
}

bool
ct_remove(unsigned lane, struct ct *ct)
{
	struct table *t = table_of(ct->family);
	bool done;

	rte_spinlock_lock(&t->lock);
	reclaim(t, lane);
	done = remove_locked(t, lane, ct);
	rte_spinlock_unlock(&t->lock);
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
	struct table *t = table_of(tuple->family);
	const void *key = tuple;
	struct ct_key4 key4;
	struct ct *ct;

	if (t->hash == NULL)
		return NULL;
	if (tuple->family == AF_INET) {
		ct_key4_of_tuple(&key4, tuple);
		key = &key4;
	}
	ct = find_key(t, key, ct_hash_tuple(tuple), dir);
	return ct != NULL ? alive(lane, ct, now) : NULL;
}

static void
find_many(enum hook_family family, const void **key, uint32_t *hash, unsigned n, uint64_t *found)
{
	uint64_t hits = 0;

	rte_hash_lookup_with_hash_bulk_data(tables[family].hash, key, hash, n, &hits,
					    (void **)found);
	if (hits == UINT64_MAX >> (64 - n))
		return;
	for (unsigned i = 0; i < n; i++)
		if (!(hits & 1ull << i))
			found[i] = 0;
}

void
ct_find4(const struct ct_key4 *keys, unsigned n, uint64_t *found)
{
	const void *key[PKT_BURST];
	uint32_t hash[PKT_BURST];

	for (unsigned i = 0; i < n; i++) {
		key[i] = &keys[i];
		hash[i] = ct_hash4(&keys[i]);
	}
	find_many(HOOK_IP4, key, hash, n, found);
}

void
ct_find6(const struct ct_tuple *keys, unsigned n, uint64_t *found)
{
	const void *key[PKT_BURST];
	uint32_t hash[PKT_BURST];

	for (unsigned i = 0; i < n; i++) {
		key[i] = &keys[i];
		hash[i] = ct_hash6(&keys[i]);
	}
	find_many(HOOK_IP6, key, hash, n, found);
}

uint32_t
ct_count(void)
{
	uint32_t n = 0;

	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		n += __atomic_load_n(&tables[f].count, __ATOMIC_RELAXED);
	return n;
}

#define READER_ENTRIES 256 /* that a reader sees before it lets others free memory */

void
ct_each(bool (*fn)(struct ct *ct, void *arg), void *arg)
{
	uint32_t now = ct_time(clock_ms());

	rcu_reader_begin();
	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		const struct ct_pool *pool = &tables[f].pool;

		for (uint32_t i = 0; i < ct_pool_items(pool); i++) {
			struct ct *ct = ct_pool_at(pool, i);

			if (i % READER_ENTRIES == 0)
				rcu_reader_pause();
			if ((ct_status(ct) & (CT_CONFIRMED | CT_DYING)) != CT_CONFIRMED ||
			    ct_expired(ct, now))
				continue;
			if (!fn(ct, arg)) {
				rcu_reader_end();
				return;
			}
		}
	}
	rcu_reader_end();
}

struct ct_table_info
ct_table_info(enum hook_family family)
{
	const struct table *t = &tables[family];
	struct ct_table_info info = {
		.entries = __atomic_load_n(&t->count, __ATOMIC_RELAXED),
		.capacity = t->capacity,
		.waiting = t->last - t->first,
		.bytes_entries =
			(size_t)ct_pool_items(&t->pool) * (t->pool.size + 2 * sizeof(uint32_t)),
		.bytes_index = t->bytes,
	};

	if (t->capacity != 0)
		info.bytes_per_flow =
			(double)(info.bytes_entries + info.bytes_index) / ct_pool_items(&t->pool);

	return info;
}
