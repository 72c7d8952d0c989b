/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of connections by a hash of zone, protocol, address and port of their original source. Buckets and links
 * are numbers of entries. Who changes a list, or goes along it, holds the lock of its bucket: what is listed stays
 * an entry meanwhile, because it leaves the list before its place is used again.
 */
#include <errno.h>

#include <rte_malloc.h>
#include <rte_spinlock.h>

#include "ct_hash.h"
#include "ct_limit.h"
#include "ct_proto.h"
#include "ct_table.h"
#include "nat_choose.h"
#include "nat_source.h"

#define LOCKS 256u
#define BUCKETS_MAX (1u << 22)

static struct sources {
	uint32_t nb; /* a power of two; 0: not made */
	uint32_t *bucket;
	rte_spinlock_t lock[LOCKS];
} sources[HOOK_FAMILIES];

static inline enum hook_family
family_of(uint8_t family)
{
	return family == AF_INET6 ? HOOK_IP6 : HOOK_IP4;
}

int
nat_source_prepare(enum hook_family family, struct err *e)
{
	struct sources *s = &sources[family];
	uint32_t nb = RTE_MIN(rte_align32pow2(RTE_MAX(ct_max(), 1024u)), BUCKETS_MAX);

	if (s->nb != 0)
		return 0;
	s->bucket = rte_zmalloc("nat-sources", nb * sizeof(*s->bucket), RTE_CACHE_LINE_SIZE);
	if (s->bucket == NULL)
		return err_set(e, -ENOMEM, "translation: no memory for %u sources", nb);
	__atomic_store_n(&s->nb, nb, __ATOMIC_RELEASE);
	return 0;
}

/* t without what is not its source. */
static uint32_t
bucket_of(const struct sources *s, const struct ct_tuple *t, uint16_t zone)
{
	struct ct_tuple source = { .src = t->src,
				   .sport = t->sport,
				   .zone = zone,
				   .proto = t->proto,
				   .family = t->family };

	return ct_hash6(&source) & (s->nb - 1);
}

static bool
same_source(const struct ct_tuple *a, const struct ct_tuple *b, uint16_t zone)
{
	return a->proto == b->proto && a->sport == b->sport && a->zone == zone &&
	       a->src.q[0] == b->src.q[0] && a->src.q[1] == b->src.q[1];
}

void
nat_source_add(struct ct *ct)
{
	enum hook_family family = family_of(ct->family);
	struct sources *s = &sources[family];
	struct ct_tuple t = ct_tuple(ct, CT_ORIGINAL);
	uint32_t i, old;

	if (__atomic_load_n(&s->nb, __ATOMIC_ACQUIRE) == 0)
		return;
	i = bucket_of(s, &t, t.zone);
	rte_spinlock_lock(&s->lock[i % LOCKS]);
	old = s->bucket[i];
	ct->nat_prev = 0;
	ct->nat_next = old;
	if (old != 0)
		ct_at(family, old - 1)->nat_prev = ct_number(ct) + 1;
	s->bucket[i] = ct_number(ct) + 1;
	rte_spinlock_unlock(&s->lock[i % LOCKS]);
	ct_status_set(ct, CT_NAT_LISTED);
}

void
nat_source_remove(struct ct *ct)
{
	enum hook_family family = family_of(ct->family);
	struct sources *s = &sources[family];
	struct ct_tuple t = ct_tuple(ct, CT_ORIGINAL);
	uint32_t i = bucket_of(s, &t, t.zone);

	rte_spinlock_lock(&s->lock[i % LOCKS]);
	if (__atomic_fetch_and(&ct->status, ~CT_NAT_LISTED, __ATOMIC_ACQ_REL) & CT_NAT_LISTED) {
		uint32_t next = ct->nat_next, prev = ct->nat_prev;

		if (next != 0)
			ct_at(family, next - 1)->nat_prev = prev;
		*(prev != 0 ? &ct_at(family, prev - 1)->nat_next : &s->bucket[i]) = next;
	}
	rte_spinlock_unlock(&s->lock[i % LOCKS]);
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
	struct sources *s = &sources[family];
	uint32_t i;
	bool found;

	if (__atomic_load_n(&s->nb, __ATOMIC_ACQUIRE) == 0)
		return false;
	i = bucket_of(s, tuple, zone);
	rte_spinlock_lock(&s->lock[i % LOCKS]);
	found = find_locked(family, s->bucket[i], tuple, zone, r, to);
	rte_spinlock_unlock(&s->lock[i % LOCKS]);
	return found;
}
