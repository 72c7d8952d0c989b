/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists by source are lines all over the memory: a burst's are fetched together before they are used one by one. Nothing
 * is locked, and nothing follows from what is read.
 */
#include "ct_fetch.h"
#include "ct_table.h"
#include "nat_source_own.h"

static inline struct nat_buckets *
buckets_of(enum hook_family family)
{
	return __atomic_load_n(&nat_sources[family].now, __ATOMIC_ACQUIRE);
}

static inline const uint32_t *
head_of(const struct nat_buckets *b, const struct ct *ct)
{
	struct ct_tuple t;

	if (likely(ct->family == AF_INET))
		return &b->head[nat_source_hash4(&ct->key[CT_ORIGINAL]) & (b->nb - 1)];
	t = ct_tuple(ct, CT_ORIGINAL);
	return &b->head[nat_source_hash(&t, t.zone) & (b->nb - 1)];
}

static inline enum hook_family
family_of(const struct ct *ct)
{
	return ct->family == AF_INET6 ? HOOK_IP6 : HOOK_IP4;
}

/* Both lines: who it is, and who comes next. */
static inline void
fetch(enum hook_family family, uint32_t number)
{
	const char *ct;

	if (number == 0)
		return;
	ct = (const char *)ct_at(family, number - 1);
	ct_fetch(ct);
	ct_fetch(ct + RTE_CACHE_LINE_SIZE);
}

void
nat_source_warm(struct ct *const *cts, unsigned n)
{
	enum hook_family family = n != 0 ? family_of(cts[0]) : HOOK_IP4;
	const struct nat_buckets *b = buckets_of(family);
	const uint32_t *head[PKT_BURST];

	if (b == NULL)
		return;
	for (unsigned i = 0; i < n; i++) {
		head[i] = head_of(b, cts[i]);
		ct_fetch(head[i]);
	}
	for (unsigned i = 0; i < n; i++)
		fetch(family, nat_source_get(head[i]));
}

void
nat_source_warm_listed(struct ct *const *cts, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		enum hook_family family = family_of(cts[i]);
		const struct nat_buckets *b = buckets_of(family);

		if (!(ct_status(cts[i]) & CT_NAT_LISTED) || b == NULL)
			continue;
		ct_fetch(head_of(b, cts[i]));
		fetch(family, nat_source_get(&cts[i]->nat_next));
		fetch(family, nat_source_get(&cts[i]->nat_prev));
	}
}
