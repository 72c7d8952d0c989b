/* SPDX-License-Identifier: BSD-3-Clause */
/* See set_list.h. Changes are the control lcore's; packets that add to a list add to its members. */
#include "set_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_rcu.h"
#include "set_ext.h"

static void
array_free(void *p)
{
	struct set_array *a = p;

	for (unsigned i = 0; a != NULL && i < a->nb; i++)
		if (--a->member[i]->refs == 0) {
			free(a->member[i]->comment);
			free(a->member[i]);
		}
	free(a);
}

static struct set_array *
array_new(unsigned nb)
{
	struct set_array *a = calloc(1, sizeof(*a) + nb * sizeof(a->member[0]));

	if (a == NULL)
		abort(); /* the control lcore cannot answer without memory, see base_str.h */
	return a;
}

static void
publish(struct set *s, struct set_array *a)
{
	struct set_array *was = s->list.array;

	for (unsigned i = 0; a != NULL && i < a->nb; i++)
		a->member[i]->refs++;
	__atomic_store_n(&s->list.array, a, __ATOMIC_RELEASE);
	if (was != NULL)
		rcu_defer(array_free, was);
}

static bool
gone(const struct set_member *m, uint64_t now)
{
	uint64_t expiry = __atomic_load_n(&m->expiry, __ATOMIC_RELAXED);

	return expiry != 0 && expiry <= now;
}

/* Without the members that have timed out, and that of the number. */
static void
keep(struct set *s, uint16_t without, uint64_t now)
{
	struct set_array *was = s->list.array, *a = array_new(was->nb);

	for (unsigned i = 0; i < was->nb; i++) {
		struct set_member *m = was->member[i];

		if (m->number != without && !gone(m, now))
			a->member[a->nb++] = m;
		else
			set_release(m->number);
	}
	publish(s, a);
}

void
set_list_sweep(struct set *s, uint64_t now)
{
	const struct set_array *a = s->list.array;

	for (unsigned i = 0; a != NULL && i < a->nb; i++)
		if (gone(a->member[i], now)) {
			keep(s, SET_NO_NUMBER, now);
			return;
		}
}

static int
find(const struct set *s, uint16_t number)
{
	const struct set_array *a = s->list.array;

	for (unsigned i = 0; a != NULL && i < a->nb; i++)
		if (a->member[i]->number == number)
			return i;
	return -1;
}

static void
write_member(const struct set *s, struct set_member *m, const struct set_ext *x, uint64_t now)
{
	if (s->how.flags & SET_COMMENT) {
		free(m->comment);
		m->comment =
			x->comment != NULL && x->comment[0] != '\0' ? strdup(x->comment) : NULL;
	}
	if (x->packets != SET_NO_COUNT)
		__atomic_store_n(&m->packets, x->packets, __ATOMIC_RELAXED);
	if (x->bytes != SET_NO_COUNT)
		__atomic_store_n(&m->bytes, x->bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&m->mark, x->mark, __ATOMIC_RELAXED);
	__atomic_store_n(&m->mark_mask, x->mark_mask, __ATOMIC_RELAXED);
	__atomic_store_n(&m->prio, x->prio, __ATOMIC_RELAXED);
	__atomic_store_n(&m->queue, x->queue, __ATOMIC_RELAXED);
	__atomic_store_n(&m->expiry,
			 s->how.flags & SET_TIMEOUT ? set_expiry(s, x->timeout, now) : 0,
			 __ATOMIC_RELAXED);
}

static void
insert(struct set *s, struct set_member *m, unsigned at)
{
	struct set_array *was = s->list.array;
	unsigned nb = was != NULL ? was->nb : 0;
	struct set_array *a = array_new(nb + 1);

	for (unsigned i = 0; i < nb; i++)
		a->member[i + (i >= at)] = was->member[i];
	a->member[at] = m;
	a->nb = nb + 1;
	publish(s, a);
}

int
set_list_add(struct set *s, uint16_t number, uint16_t before, uint16_t after,
	     const struct set_ext *x, bool exist, uint64_t now)
{
	uint16_t beside = before != SET_NO_NUMBER ? before : after;
	unsigned nb = (set_list_sweep(s, now), s->list.array != NULL ? s->list.array->nb : 0);
	int at = find(s, number), place = beside != SET_NO_NUMBER ? find(s, beside) : (int)nb - 1;
	struct set_member *m;

	if (beside != SET_NO_NUMBER && place < 0)
		return -ESRCH;
	if (at >= 0) {
		if (!exist)
			return -EEXIST;
		write_member(s, s->list.array->member[at], x, now);
		return 0;
	}
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return -ENOMEM;
	m->number = number;
	write_member(s, m, x, now);
	set_hold(number);
	insert(s, m, place + (before == SET_NO_NUMBER));
	return 0;
}

/* Is it there, and beside the other one as asked? */
static int
lookup(struct set *s, uint16_t number, uint16_t before, uint16_t after, uint64_t now)
{
	const struct set_array *a;
	int at;

	set_list_sweep(s, now);
	at = find(s, number);
	a = s->list.array;
	if (at < 0)
		return 0;
	if (before != SET_NO_NUMBER)
		return at + 1 < (int)a->nb && a->member[at + 1]->number == before;
	if (after != SET_NO_NUMBER)
		return at > 0 && a->member[at - 1]->number == after;
	return 1;
}

int
set_list_del(struct set *s, uint16_t number, uint16_t before, uint16_t after, uint64_t now)
{
	if (lookup(s, number, before, after, now) != 1)
		return before != SET_NO_NUMBER || after != SET_NO_NUMBER ? -ESRCH : -ENOENT;
	keep(s, number, now);
	return 0;
}

int
set_list_test(struct set *s, uint16_t number, uint16_t before, uint16_t after, uint64_t now)
{
	return lookup(s, number, before, after, now);
}

void
set_list_clear(struct set *s)
{
	for (unsigned i = 0; s->list.array != NULL && i < s->list.array->nb; i++)
		set_release(s->list.array->member[i]->number);
	publish(s, NULL);
}

uint32_t
set_list_count(const struct set *s, uint64_t now)
{
	uint32_t n = 0;

	for (unsigned i = 0; s->list.array != NULL && i < s->list.array->nb; i++)
		n += !gone(s->list.array->member[i], now);
	return n;
}
