/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections of a key. A key has a list of the tuples seen, in the order in which they came; a hash of all tuples
 * tells which are there already. Whoever changes a key's list holds the lock of its part; the hash has locks of
 * its own, taken inside.
 *
 * A packet walks the list up to its own connection, as in Linux, and takes out what is gone or closed. Of a long list
 * it walks a part, and the next packet goes on there. A connection that is not confirmed yet cannot be looked up: one
 * that was remembered in this burst, or by another lane a moment ago, counts.
 */
#include <errno.h>

#include "base_mem.h"
#include "ct_conncount.h"
#include "ct_hash.h"
#include "ct_limit.h"
#include "ct_pool.h"
#include "ct_table.h"
#include "ct_tcp.h"

#define WALK_MOST 256  /* items of a list at a time */
#define MOMENT_MS 8    /* other lanes confirm within two of Linux's ticks */
#define OTHERS_MS 1000 /* other keys of the part are looked at that often */
#define HEADS (1u << 16)
#define LOCKS 1024

struct item {
	struct ct_tuple tuple;
	uint32_t key;        /* whose */
	uint32_t prev, next; /* of the key's list; numbers plus 1 */
	uint32_t same;       /* next of the hash */
	uint32_t added;      /* ms */
	uint32_t lane;
} __rte_cache_aligned;

struct key {
	struct ct_conncount_key key;
	uint32_t next; /* of the part */
	uint32_t first, last, nb;
	uint32_t at;     /* where the next walk of a long list begins; 0: at its first */
	uint32_t walked; /* ms */
} __rte_cache_aligned;

static struct ct_pool items = { .name = "ct-conncount", .size = sizeof(struct item) };
static struct ct_pool keys = { .name = "ct-conncount-keys", .size = sizeof(struct key) };

static uint32_t heads[HEADS];
static rte_spinlock_t locks[LOCKS];

/* What a call knows. */
struct counting {
	unsigned lane;
	uint32_t ms, now;
};

static inline struct item *
item_at(uint32_t n)
{
	return ct_pool_at(&items, n - 1);
}

static inline struct key *
key_at(uint32_t n)
{
	return ct_pool_at(&keys, n - 1);
}

static int
reserve(uint32_t nb)
{
	return ct_pool_reserve(&items, nb) != 0 || ct_pool_reserve(&keys, nb / 4) != 0 ? -ENOMEM
										       : 0;
}

int
ct_conncount_prepare(void)
{
	return reserve(ct_max());
}

int
ct_conncount_grow(uint32_t nb)
{
	return ct_pool_items(&items) != 0 ? reserve(nb) : 0;
}

static struct mem_use
memory(void)
{
	struct mem_use use = { 0 };

	use.reserved = (size_t)ct_pool_items(&items) * items.size +
		       (size_t)ct_pool_items(&keys) * keys.size;
	use.used = use.reserved - (size_t)items.nb_free * items.size -
		   (size_t)keys.nb_free * keys.size;
	return use;
}

MEM_USER(conncount, "counted-connections", "what match connlimit remembers", memory)

static inline uint32_t
head_of(uint32_t key, const struct ct_tuple *t)
{
	return (ct_hash_tuple(t) + key * 0x9e3779b1u) % HEADS;
}

/* The key's item of that tuple; 0: there is none. */
static uint32_t
hash_find(uint32_t key, const struct ct_tuple *t)
{
	uint32_t h = head_of(key, t), n;

	rte_spinlock_lock(&locks[h % LOCKS]);
	for (n = heads[h]; n != 0; n = item_at(n)->same)
		if (item_at(n)->key == key && memcmp(&item_at(n)->tuple, t, sizeof(*t)) == 0)
			break;
	rte_spinlock_unlock(&locks[h % LOCKS]);
	return n;
}

static void
hash_add(uint32_t n)
{
	uint32_t h = head_of(item_at(n)->key, &item_at(n)->tuple);

	rte_spinlock_lock(&locks[h % LOCKS]);
	item_at(n)->same = heads[h];
	heads[h] = n;
	rte_spinlock_unlock(&locks[h % LOCKS]);
}

static void
hash_del(uint32_t n)
{
	uint32_t h = head_of(item_at(n)->key, &item_at(n)->tuple), *at;

	rte_spinlock_lock(&locks[h % LOCKS]);
	for (at = &heads[h]; *at != n; at = &item_at(*at)->same)
		;
	*at = item_at(n)->same;
	rte_spinlock_unlock(&locks[h % LOCKS]);
}

static void
list_add(struct key *k, uint32_t n)
{
	struct item *i = item_at(n);

	i->prev = k->last;
	i->next = 0;
	if (k->last != 0)
		item_at(k->last)->next = n;
	else
		k->first = n;
	k->last = n;
	k->nb++;
}

static void
list_del(struct key *k, uint32_t n)
{
	const struct item *i = item_at(n);

	if (i->prev != 0)
		item_at(i->prev)->next = i->next;
	else
		k->first = i->next;
	if (i->next != 0)
		item_at(i->next)->prev = i->prev;
	else
		k->last = i->prev;
	if (k->at == n)
		k->at = i->next;
	k->nb--;
}

static void
forget(const struct counting *w, struct key *k, uint32_t n)
{
	hash_del(n);
	list_del(k, n);
	ct_pool_put(&items, w->lane, n - 1);
}

static bool
is_closed(const struct ct *ct)
{
	uint8_t state = __atomic_load_n(&ct->state, __ATOMIC_RELAXED);

	return ct->proto == IPPROTO_TCP && (state == CT_TCP_TIME_WAIT || state == CT_TCP_CLOSE);
}

enum what { GONE, CLOSED, OPEN };

static enum what
look(const struct counting *w, const struct item *i)
{
	enum ct_dir dir;
	const struct ct *ct = ct_find(w->lane, &i->tuple, &dir, w->now);
	bool fresh = i->lane == w->lane ? i->added == w->ms : w->ms - i->added < MOMENT_MS;

	if (ct == NULL)
		return fresh ? OPEN : GONE;
	return is_closed(ct) ? CLOSED : OPEN;
}

/* Up to the packet's own item, if it has one: is that one there still, or was it there and is closed? */
static bool
walk(const struct counting *w, struct key *k, uint32_t own)
{
	uint32_t n = k->nb > WALK_MOST && k->at != 0 ? k->at : k->first;

	k->walked = w->ms;
	for (unsigned todo = WALK_MOST; n != 0 && todo > 0; todo--) {
		uint32_t next = item_at(n)->next;
		enum what what = look(w, item_at(n));

		if (what != OPEN)
			forget(w, k, n);
		if (n == own) {
			k->at = 0;
			return what != GONE;
		}
		n = next;
	}
	k->at = n;
	/* The walk did not come so far: it is there, or behind. */
	return own != 0;
}

static inline bool
is_key(const struct ct_conncount_key *a, const struct ct_conncount_key *b)
{
	return a->addr.q[0] == b->addr.q[0] && a->addr.q[1] == b->addr.q[1] && a->zone == b->zone;
}

/* Finds the key; another one of the part, if nobody asked for it lately, is tidied up. */
static uint32_t
find_key(const struct counting *w, uint32_t *first, const struct ct_conncount_key *key)
{
	bool tidy = true;
	uint32_t *at = first, found = 0;

	while (*at != 0 && found == 0) {
		struct key *k = key_at(*at);
		uint32_t n = *at;

		if (is_key(&k->key, key)) {
			found = n;
		} else if (tidy && w->ms - k->walked > OTHERS_MS) {
			walk(w, k, 0);
			tidy = false;
			if (k->nb == 0) {
				*at = k->next;
				ct_pool_put(&keys, w->lane, n - 1);
				continue;
			}
		}
		at = &k->next;
	}
	return found;
}

static uint32_t
add_key(const struct counting *w, uint32_t *first, const struct ct_conncount_key *key)
{
	uint32_t n = ct_pool_get(&keys, w->lane);

	if (n == CT_POOL_NONE)
		return 0;
	*key_at(n + 1) = (struct key){ .key = *key, .next = *first };
	*first = n + 1;
	return *first;
}

/* Remembers the tuple; 0: no memory. */
static uint32_t
add_item(const struct counting *w, uint32_t key, const struct ct_tuple *t)
{
	uint32_t n = ct_pool_get(&items, w->lane);

	if (n == CT_POOL_NONE)
		return 0;
	n++;
	*item_at(n) = (struct item){ .tuple = *t, .key = key, .added = w->ms, .lane = w->lane };
	list_add(key_at(key), n);
	hash_add(n);
	return n;
}

static uint32_t
count(const struct counting *w, uint32_t *first, const struct ct_conncount_key *key,
      const struct ct_tuple *t, const struct ct *ct)
{
	uint32_t k = find_key(w, first, key);

	if (k == 0)
		k = add_key(w, first, key);
	if (k == 0)
		return 0;
	if (!walk(w, key_at(k), hash_find(k, t)) && (ct == NULL || !is_closed(ct)) &&
	    add_item(w, k, t) == 0)
		return 0;
	return key_at(k)->nb;
}

static uint32_t
part_of(const struct ct_conncount_key *key)
{
	uint64_t h = ct_hash_fold(key->addr.q[0] ^ ct_hash_secret[0],
				  key->addr.q[1] ^ ct_hash_secret[1]);

	return (h ^ h >> 32 ^ key->zone) % CT_CONNCOUNT_PARTS;
}

uint32_t
ct_conncount(struct ct_conncount *c, const struct hook_ctx *ctx, const struct ct_conncount_key *key,
	     const struct ct_tuple *t, const struct ct *ct)
{
	struct counting w = { ctx->lane, ctx->now, ct_time(ctx->now) };
	uint32_t part = part_of(key), nb;

	rte_spinlock_lock(&c->part[part].lock);
	nb = count(&w, &c->part[part].keys, key, t, ct);
	rte_spinlock_unlock(&c->part[part].lock);
	return nb;
}

void
ct_conncount_clear(struct ct_conncount *c)
{
	struct counting w = { .lane = LANE_MAX };

	for (unsigned part = 0; part < CT_CONNCOUNT_PARTS; part++) {
		rte_spinlock_lock(&c->part[part].lock);
		for (uint32_t n; (n = c->part[part].keys) != 0;) {
			struct key *k = key_at(n);

			while (k->first != 0)
				forget(&w, k, k->first);
			c->part[part].keys = k->next;
			ct_pool_put(&keys, LANE_MAX, n - 1);
		}
		rte_spinlock_unlock(&c->part[part].lock);
	}
}
