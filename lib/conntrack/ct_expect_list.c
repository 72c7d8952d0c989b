/* SPDX-License-Identifier: BSD-3-Clause */
/* Expectations: those of one master, all of them, and those whose time is over. */
#include <errno.h>
#include <stdlib.h>

#include "ct_expect_table.h"

static struct ct_expect_table *const table = &ct_expect_table;

void
ct_expect_visit(unsigned lane, struct ct *master,
		enum ct_expect_visit (*fn)(struct ct_expect *e, void *arg), void *arg)
{
	struct ct_expect *e, *next;
	enum ct_expect_visit what = CT_EXPECT_KEEP;

	if (master->ext == NULL)
		return;
	rte_spinlock_lock(&table->lock);
	for (e = master->ext->expects; e != NULL; e = next) {
		next = e->master_next;
		what = fn(e, arg);
		if ((int32_t)(e->expires - table->due) < 0)
			__atomic_store_n(&table->due, e->expires, __ATOMIC_RELAXED);
		if (what == CT_EXPECT_REMOVE || what == CT_EXPECT_REMOVE_STOP)
			ct_expect_unlink(lane, e);
		if (what == CT_EXPECT_STOP || what == CT_EXPECT_REMOVE_STOP)
			break;
	}
	rte_spinlock_unlock(&table->lock);
}

static enum ct_expect_visit
remove_it(struct ct_expect *e, void *arg)
{
	return CT_EXPECT_REMOVE;
}

void
ct_expect_forget(unsigned lane, struct ct *master)
{
	if (master->ext != NULL && __atomic_load_n(&master->ext->expects, __ATOMIC_RELAXED) != NULL)
		ct_expect_visit(lane, master, remove_it, NULL);
}

/* The master's memory may be another connection's by now. */
static void
leave(struct ct_ext *x)
{
	struct ct *master = x->master;
	struct ct_tuple t = ct_tuple(master, CT_ORIGINAL);

	x->master = NULL;
	if ((ct_status(master) & (CT_CONFIRMED | CT_DYING)) == CT_CONFIRMED &&
	    master->ext != NULL && master->ext->nb_children != 0 &&
	    memcmp(&t, &x->master_key, sizeof(t)) == 0)
		master->ext->nb_children--;
}

void
ct_expect_leave(struct ct *child)
{
	if (child->ext == NULL || child->ext->master == NULL)
		return;
	rte_spinlock_lock(&table->lock);
	leave(child->ext);
	rte_spinlock_unlock(&table->lock);
}

static int
by_id(const void *a, const void *b)
{
	const struct ct_expect *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The lock is held for no longer than copying takes: workers wait for it. */
static unsigned
copy_all(struct ct_expect *copies, unsigned room, uint32_t now)
{
	unsigned n = 0;

	rte_spinlock_lock(&table->lock);
	for (unsigned b = 0; b < CT_EXPECT_BUCKETS; b++)
		for (const struct ct_expect *e = table->bucket[b]; e != NULL && n < room;
		     e = e->next)
			if (!ct_expect_over(e, now))
				copies[n++] = *e;
	rte_spinlock_unlock(&table->lock);
	return n;
}

int
ct_expect_each(bool (*fn)(const struct ct_expect *e, void *arg), void *arg, uint32_t now)
{
	unsigned n = __atomic_load_n(&ct_nb_expects, __ATOMIC_RELAXED);
	struct ct_expect *copies;

	if (n == 0)
		return 0;
	copies = malloc(n * sizeof(*copies));
	if (copies == NULL)
		return -ENOMEM;
	n = copy_all(copies, n, now);
	qsort(copies, n, sizeof(*copies), by_id);
	for (unsigned i = 0; i < n && fn(&copies[i], arg); i++)
		;
	free(copies);
	return 0;
}

/* Under the lock. */
static unsigned
remove_where(unsigned lane, bool (*fn)(const struct ct_expect *e, void *arg), void *arg)
{
	unsigned n = 0;

	for (unsigned b = 0; b < CT_EXPECT_BUCKETS && ct_nb_expects != 0; b++) {
		struct ct_expect *e, *next;

		for (e = table->bucket[b]; e != NULL; e = next) {
			next = e->next;
			if (fn != NULL && !fn(e, arg))
				continue;
			ct_expect_unlink(lane, e);
			n++;
		}
	}
	return n;
}

unsigned
ct_expect_remove(bool (*fn)(const struct ct_expect *e, void *arg), void *arg)
{
	unsigned n;

	rte_spinlock_lock(&table->lock);
	n = remove_where(LANE_MAX, fn, arg);
	rte_spinlock_unlock(&table->lock);
	return n;
}

struct sweep {
	uint32_t now;
	uint32_t due; /* of those that stay, the first to go */
};

static bool
over(const struct ct_expect *e, void *arg)
{
	struct sweep *s = arg;

	if (ct_expect_over(e, s->now))
		return true;
	if ((int32_t)(e->expires - s->due) < 0)
		s->due = e->expires;
	return false;
}

void
ct_expect_sweep(unsigned lane, uint32_t now)
{
	struct sweep s = { .now = now, .due = now + INT32_MAX };

	if ((int32_t)(__atomic_load_n(&table->due, __ATOMIC_RELAXED) - now) > 0 ||
	    !rte_spinlock_trylock(&table->lock))
		return;
	remove_where(lane, over, &s);
	__atomic_store_n(&table->due, s.due, __ATOMIC_RELAXED);
	rte_spinlock_unlock(&table->lock);
}
