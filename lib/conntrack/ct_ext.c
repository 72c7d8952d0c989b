/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Extensions come from a pool of their own, reserved with the table (ct_ext_reserve()); as many as entries when
 * all connections are counted, else a part. An entry keeps its extension until it is freed.
 */
#include <string.h>

#include "ct_expect.h"
#include "ct_ext.h"
#include "ct_helper.h"
#include "ct_pool.h"
#include "ct_stat.h"

struct item {
	struct ct_ext ext;
	uint32_t index;
};

static struct ct_pool exts = {
	.name = "ct-extensions",
	.size = RTE_CACHE_LINE_ROUNDUP(sizeof(struct item)),
};

int
ct_ext_reserve(uint32_t nb)
{
	return ct_pool_reserve(&exts, nb);
}

struct ct_ext *
ct_ext_get(struct ct *ct, unsigned lane)
{
	struct item *x;
	uint32_t i;

	if (ct->ext != NULL)
		return ct->ext;
	i = ct_pool_get(&exts, lane);
	if (i == CT_POOL_NONE) {
		CT_STAT_INC(lane, no_ext);
		return NULL;
	}
	x = ct_pool_at(&exts, i);
	memset(x, 0, sizeof(*x));
	x->index = i;
	__atomic_store_n(&ct->ext, &x->ext, __ATOMIC_RELEASE);
	return &x->ext;
}

void
ct_ext_free(struct ct *ct, unsigned lane)
{
	struct item *x = (struct item *)ct->ext;

	ct->ext = NULL;
	ct_pool_put(&exts, lane, x->index);
}

void
ct_ext_dying(unsigned lane, struct ct *ct)
{
	const struct ct_helper *h = ct->ext->helper;

	if (h != NULL && h->destroy != NULL)
		h->destroy(lane, ct);
	ct_expect_forget(lane, ct);
	ct_expect_leave(ct);
}

void
ct_acct(struct ct *ct, enum ct_dir dir, uint64_t packets, uint64_t bytes)
{
	struct count *c = &ct->ext->acct[dir];

	if (ct_shared) {
		__atomic_fetch_add(&c->packets, packets, __ATOMIC_RELAXED);
		__atomic_fetch_add(&c->bytes, bytes, __ATOMIC_RELAXED);
		return;
	}
	__atomic_store_n(&c->packets, c->packets + packets, __ATOMIC_RELAXED);
	__atomic_store_n(&c->bytes, c->bytes + bytes, __ATOMIC_RELAXED);
}
