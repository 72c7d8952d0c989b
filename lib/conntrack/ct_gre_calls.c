/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The calls that PPTP's control connections agreed on: a small hash under a lock that readers share. They ask only
 * for packets of GRE version 1, and only while there are calls.
 */
#include <errno.h>

#include <rte_rwlock.h>

#include "ct_gre.h"

#define BUCKETS 1024u /* a power of two */
#define NONE 0        /* numbers of calls begin with 1 */

struct call {
	struct ct_tuple tuple;
	const struct ct *master;
	uint16_t next;
	uint8_t dir;
};

static struct call calls[CT_GRE_CALLS + 1];
static uint16_t heads[BUCKETS], first_free;
static uint16_t nb_used; /* of calls[], ever */
static uint32_t nb_calls;
static rte_rwlock_t lock = RTE_RWLOCK_INITIALIZER;

static uint16_t *
bucket_of(const struct ct_tuple *t)
{
	uint64_t q = t->src.q[0] ^ t->src.q[1] ^ (t->dst.q[0] ^ t->dst.q[1]) << 1 ^ t->dport;

	return &heads[q * 0x9e3779b97f4a7c15u >> 32 & (BUCKETS - 1)];
}

static bool
is_call(const struct call *c, const struct ct_tuple *t)
{
	return c->tuple.family == t->family && c->tuple.dport == t->dport &&
	       memcmp(&c->tuple.src, &t->src, sizeof(t->src)) == 0 &&
	       memcmp(&c->tuple.dst, &t->dst, sizeof(t->dst)) == 0;
}

static uint16_t
take(void)
{
	uint16_t i = first_free;

	if (i != NONE)
		first_free = calls[i].next;
	else if (nb_used < CT_GRE_CALLS)
		i = ++nb_used;
	return i;
}

/* Under the lock. */
static int
add(const struct ct *master, enum ct_dir dir, const struct ct_tuple *t)
{
	uint16_t *head = bucket_of(t), i;

	for (i = 1; i <= nb_used; i++)
		if (calls[i].master == master && calls[i].dir == dir)
			return is_call(&calls[i], t) ? 0 : -EEXIST;
	i = take();
	if (i == NONE)
		return -ENOSPC;
	calls[i] = (struct call){ .tuple = *t, .master = master, .dir = dir, .next = *head };
	*head = i;
	__atomic_store_n(&nb_calls, nb_calls + 1, __ATOMIC_RELAXED);
	return 0;
}

int
ct_gre_call_add(const struct ct *master, enum ct_dir dir, const struct ct_tuple *t)
{
	int rc;

	rte_rwlock_write_lock(&lock);
	rc = add(master, dir, t);
	rte_rwlock_write_unlock(&lock);
	return rc;
}

static void
release(uint16_t i)
{
	uint16_t *at = bucket_of(&calls[i].tuple);

	while (*at != i)
		at = &calls[*at].next;
	*at = calls[i].next;
	calls[i] = (struct call){ .next = first_free };
	first_free = i;
	__atomic_store_n(&nb_calls, nb_calls - 1, __ATOMIC_RELAXED);
}

void
ct_gre_calls_forget(const struct ct *master)
{
	rte_rwlock_write_lock(&lock);
	for (uint16_t i = 1; i <= nb_used; i++)
		if (calls[i].master == master)
			release(i);
	rte_rwlock_write_unlock(&lock);
}

uint16_t
ct_gre_call_find(const struct ct_tuple *t)
{
	uint16_t i, sport = 0;

	if (__atomic_load_n(&nb_calls, __ATOMIC_RELAXED) == 0)
		return 0;
	rte_rwlock_read_lock(&lock);
	for (i = *bucket_of(t); i != NONE && !is_call(&calls[i], t);)
		i = calls[i].next;
	if (i != NONE)
		sport = calls[i].tuple.sport;
	rte_rwlock_read_unlock(&lock);
	return sport;
}
