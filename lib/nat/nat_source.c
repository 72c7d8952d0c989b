/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of connections by a hash of zone, protocol, address and port of their original source. What is listed stays
 * an entry while a list is locked, because it leaves the list before its place is used again.
 */
#include "ct_proto.h"
#include "ct_table.h"
#include "nat_choose.h"
#include "nat_source_own.h"

struct nat_sources nat_sources[HOOK_FAMILIES];

static inline enum hook_family
family_of(uint8_t family)
{
	return family == AF_INET6 ? HOOK_IP6 : HOOK_IP4;
}

static uint32_t
hash6(const struct ct_tuple *t, uint16_t zone)
{
	struct ct_tuple source = { .src = t->src,
				   .sport = t->sport,
				   .zone = zone,
				   .proto = t->proto,
				   .family = t->family };

	return ct_hash6(&source);
}

uint32_t
nat_source_hash(const struct ct_tuple *t, uint16_t zone)
{
	struct ct_key4 k;

	if (t->family == AF_INET) {
		ct_key4_of_tuple(&k, t);
		k.zone = zone;
		return nat_source_hash4(&k);
	}
	return hash6(t, zone);
}

static bool
same_source(const struct ct_tuple *a, const struct ct_tuple *b, uint16_t zone)
{
	return a->proto == b->proto && a->sport == b->sport && a->zone == zone &&
	       a->src.q[0] == b->src.q[0] && a->src.q[1] == b->src.q[1];
}

static inline uint32_t *
head_of(struct nat_buckets *b, uint32_t hash)
{
	return &b->head[hash & (b->nb - 1)];
}

void
nat_source_link(struct nat_buckets *b, struct ct *ct, uint32_t hash)
{
	uint32_t *head = head_of(b, hash);

	nat_source_set(&ct->nat_prev, 0);
	nat_source_set(&ct->nat_next, *head);
	if (*head != 0)
		nat_source_set(&ct_at(family_of(ct->family), *head - 1)->nat_prev,
			       ct_number(ct) + 1);
	nat_source_set(head, ct_number(ct) + 1);
}

void
nat_source_unlink(struct nat_buckets *b, struct ct *ct, uint32_t hash)
{
	enum hook_family family = family_of(ct->family);
	uint32_t next = ct->nat_next, prev = ct->nat_prev;

	if (next != 0)
		nat_source_set(&ct_at(family, next - 1)->nat_prev, prev);
	nat_source_set(prev != 0 ? &ct_at(family, prev - 1)->nat_next : head_of(b, hash), next);
}

/* The table that is being filled, if there is one: read before the other, which it becomes. */
static inline struct nat_buckets *
next_of(const struct nat_sources *s)
{
	return __atomic_load_n(&s->next, __ATOMIC_ACQUIRE);
}

static inline struct nat_buckets *
now_of(const struct nat_sources *s)
{
	return __atomic_load_n(&s->now, __ATOMIC_ACQUIRE);
}

void
nat_source_add(struct ct *ct)
{
	struct nat_sources *s = &nat_sources[family_of(ct->family)];
	struct ct_tuple t = ct_tuple(ct, CT_ORIGINAL);
	uint32_t hash = nat_source_hash(&t, t.zone);
	rte_spinlock_t *lock = nat_source_lock(s, hash);
	struct nat_buckets *next;

	if (now_of(s) == NULL)
		return;
	rte_spinlock_lock(lock);
	next = next_of(s);
	nat_source_link(next != NULL ? next : now_of(s), ct, hash);
	rte_spinlock_unlock(lock);
	ct_status_set(ct, CT_NAT_LISTED);
}

/* Under the lock. Only for a list's first entry it makes a difference in which table it stands. */
static void
remove_locked(struct nat_sources *s, struct ct *ct, uint32_t hash)
{
	struct nat_buckets *next = next_of(s);
	bool moved = next != NULL && *head_of(next, hash) == ct_number(ct) + 1;

	nat_source_unlink(moved ? next : now_of(s), ct, hash);
}

void
nat_source_remove(struct ct *ct)
{
	struct nat_sources *s = &nat_sources[family_of(ct->family)];
	struct ct_tuple t = ct_tuple(ct, CT_ORIGINAL);
	uint32_t hash = nat_source_hash(&t, t.zone);
	rte_spinlock_t *lock = nat_source_lock(s, hash);

	rte_spinlock_lock(lock);
	if (__atomic_fetch_and(&ct->status, ~CT_NAT_LISTED, __ATOMIC_ACQ_REL) & CT_NAT_LISTED)
		remove_locked(s, ct, hash);
	rte_spinlock_unlock(lock);
}

/* Where ct's packets come from as they leave, and tuple's destination. */
static void
as_its(const struct ct *ct, const struct ct_tuple *tuple, struct ct_tuple *to)
{
	struct ct_tuple reply = ct_tuple(ct, CT_REPLY);
	bool icmp = reply.proto == IPPROTO_ICMP || reply.proto == IPPROTO_ICMPV6;

	*to = *tuple;
	to->src = reply.dst;
	to->sport = icmp ? reply.sport : reply.dport;
}

/* Under the lock. */
static bool
find_locked(enum hook_family family, uint32_t number, const struct ct_tuple *tuple, uint16_t zone,
	    const struct nat_range *r, struct ct_tuple *to)
{
	for (unsigned i = 0; number != 0 && i < NAT_SOURCE_STEPS; i++) {
		const struct ct *ct = ct_at(family, number - 1);
		struct ct_tuple orig = ct_tuple(ct, CT_ORIGINAL);

		number = ct->nat_next;
		if (!same_source(&orig, tuple, zone))
			continue;
		as_its(ct, tuple, to);
		if (nat_in_range(r, to, NAT_SRC))
			return true;
	}
	return false;
}

bool
nat_source_find(const struct ct_tuple *tuple, uint16_t zone, const struct nat_range *r,
		struct ct_tuple *to)
{
	enum hook_family family = family_of(tuple->family);
	struct nat_sources *s = &nat_sources[family];
	uint32_t hash = nat_source_hash(tuple, zone);
	rte_spinlock_t *lock = nat_source_lock(s, hash);
	struct nat_buckets *next;
	bool found;

	if (now_of(s) == NULL)
		return false;
	rte_spinlock_lock(lock);
	next = next_of(s);
	found = (next != NULL && find_locked(family, *head_of(next, hash), tuple, zone, r, to)) ||
		find_locked(family, *head_of(now_of(s), hash), tuple, zone, r, to);
	rte_spinlock_unlock(lock);
	return found;
}
