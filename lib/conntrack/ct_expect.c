/* SPDX-License-Identifier: BSD-3-Clause */
/* Expectations: what goes in, and what a new flow meets. The rest is in ct_expect_list.c. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <rte_jhash.h>

#include "base_mem.h"
#include "base_param.h"
#include "ct_expect_table.h"
#include "ct_helper.h"
#include "ct_stat.h"

PARAM_INT(expect_max, "net.netfilter.nf_conntrack_expect_max", 4096, 1, INT_MAX,
	  "connections that may be expected at once")

struct ct_expect_table ct_expect_table = { .lock = RTE_SPINLOCK_INITIALIZER };
uint32_t ct_nb_expects;
void (*ct_expect_event)(unsigned lane, const struct ct_expect *e, bool gone);

static struct mem_use
memory(void)
{
	size_t bytes = (size_t)__atomic_load_n(&ct_nb_expects, __ATOMIC_RELAXED) *
		       sizeof(struct ct_expect);

	return (struct mem_use){ .used = bytes, .reserved = bytes };
}

MEM_USER(expects, "expectations", "connections that helpers announced", memory)

void
ct_expect_init(struct ct_expect *e, struct ct *master, unsigned class, const union ct_addr *src,
	       const union ct_addr *dst, uint8_t proto, const uint16_t *sport, uint16_t dport)
{
	size_t size = master->family == AF_INET6 ? sizeof(src->v6) : sizeof(src->v4);

	memset(e, 0, sizeof(*e));
	e->master = master;
	e->class = class;
	e->tuple.family = master->family;
	e->tuple.proto = proto;
	e->mask.family = e->mask.proto = 0xff;
	if (src != NULL) {
		memcpy(&e->tuple.src, src, size);
		memset(&e->mask.src, 0xff, size);
	}
	if (sport != NULL) {
		e->tuple.sport = *sport;
		e->mask.sport = 0xffff;
	}
	memcpy(&e->tuple.dst, dst, size);
	memset(&e->mask.dst, 0xff, size);
	e->tuple.dport = dport;
	e->mask.dport = 0xffff;
}

static struct ct_expect **
bucket(const struct ct_tuple *t)
{
	uint32_t ports = (uint32_t)t->dport << 16 | (uint32_t)t->proto << 8 | t->family;
	uint32_t hash = rte_jhash_32b(t->dst.w, RTE_DIM(t->dst.w), ports);

	return &ct_expect_table.bucket[hash % CT_EXPECT_BUCKETS];
}

static bool
same_destination(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0 && a->dport == b->dport &&
	       a->proto == b->proto && a->family == b->family;
}

static bool
same_source(const struct ct_tuple *a, const struct ct_tuple *b, const struct ct_tuple *mask)
{
	return (((a->src.q[0] ^ b->src.q[0]) & mask->src.q[0]) |
		((a->src.q[1] ^ b->src.q[1]) & mask->src.q[1])) == 0 &&
	       ((a->sport ^ b->sport) & mask->sport) == 0;
}

/* The newest that a flow of the tuple fits, and that has none of the flags. */
static struct ct_expect *
find(const struct ct_tuple *t, uint16_t zone, uint16_t without, uint32_t now)
{
	struct ct_expect *e = *bucket(t);

	for (; e != NULL; e = e->next)
		if (!(e->flags & without) && !ct_expect_over(e, now) &&
		    same_destination(&e->tuple, t) && same_source(&e->tuple, t, &e->mask) &&
		    e->tuple.zone == zone)
			return e;
	return NULL;
}

static void
take_out(struct ct_expect **link, const struct ct_expect *e, bool of_master)
{
	while (*link != e)
		link = of_master ? &(*link)->master_next : &(*link)->next;
	*link = of_master ? e->master_next : e->next;
}

void
ct_expect_unlink(unsigned lane, struct ct_expect *e)
{
	struct ct_ext *x = e->master->ext;

	if (ct_expect_event != NULL)
		ct_expect_event(lane, e, true);
	take_out(bucket(&e->tuple), e, false);
	take_out(&x->expects, e, true);
	x->nb_expects[e->class]--;
	__atomic_store_n(&ct_nb_expects, ct_nb_expects - 1, __ATOMIC_RELAXED);
	CT_STAT_INC(lane, expect_delete);
	free(e);
}

static void
become_expected(unsigned lane, struct ct *ct, const struct ct_expect *e)
{
	struct ct_ext *x = ct_ext_get(ct, lane);

	ct_status_set(ct, CT_EXPECTED);
	ct->mark = __atomic_load_n(&e->master->mark, __ATOMIC_RELAXED);
	if (x == NULL)
		return;
	x->master = e->master;
	x->master_key = ct_tuple(e->master, CT_ORIGINAL);
	x->master_helper = e->master->ext->helper;
	x->secmark = e->master->ext->secmark;
	x->helper = e->helper;
	e->master->ext->nb_children++;
}

bool
ct_expect_meet(unsigned lane, struct ct *ct, const struct ct_tuple *t, uint32_t now)
{
	struct ct_expect *e, met;
	uint32_t status;

	rte_spinlock_lock(&ct_expect_table.lock);
	e = find(t, ct_expect_zone(ct), CT_EXPECT_INACTIVE, now);
	status = e != NULL ? ct_status(e->master) : 0;
	/* Before the master's first packet has left, nobody can know of what it announced. */
	if ((status & (CT_CONFIRMED | CT_DYING)) != CT_CONFIRMED) {
		rte_spinlock_unlock(&ct_expect_table.lock);
		return false;
	}
	become_expected(lane, ct, e);
	met = *e;
	if (!(e->flags & CT_EXPECT_PERMANENT))
		ct_expect_unlink(lane, e);
	rte_spinlock_unlock(&ct_expect_table.lock);
	CT_STAT_INC(lane, expect_new);
	if (met.expected != NULL)
		met.expected(lane, ct, &met, now);
	return true;
}

/* Would there be packets that fit both? */
static bool
clash(const struct ct_expect *a, const struct ct_expect *b)
{
	struct ct_tuple both = { .sport = a->mask.sport & b->mask.sport };

	for (unsigned i = 0; i < RTE_DIM(both.src.q); i++)
		both.src.q[i] = a->mask.src.q[i] & b->mask.src.q[i];
	return a->tuple.zone == b->tuple.zone && same_destination(&a->tuple, &b->tuple) &&
	       same_source(&a->tuple, &b->tuple, &both);
}

/* Makes way for e, or says why it may not be. */
static int
make_way(unsigned lane, const struct ct_expect *e, bool any_master, uint32_t now)
{
	struct ct_expect *i, *next;

	for (i = *bucket(&e->tuple); i != NULL; i = next) {
		next = i->next;
		if (ct_expect_over(i, now)) {
			ct_expect_unlink(lane, i);
		} else if ((any_master || i->master == e->master) &&
			   memcmp(&i->tuple, &e->tuple, sizeof(e->tuple)) == 0 &&
			   memcmp(&i->mask.src, &e->mask.src, sizeof(e->mask.src)) == 0 &&
			   i->mask.sport == e->mask.sport) {
			if (i->class != e->class || i->master != e->master)
				return -EALREADY;
			ct_expect_unlink(lane, i);
			return 0;
		} else if (clash(i, e)) {
			return -EBUSY;
		}
	}
	return 0;
}

/* The policy of the master's helper: the oldest of the class goes. */
static int
keep_limits(unsigned lane, const struct ct_expect *e)
{
	const struct ct_ext *x = e->master->ext;
	const struct ct_expect_policy *policy = NULL;
	struct ct_expect *oldest = NULL;

	if (x->helper != NULL && e->class < x->helper->nb_classes)
		policy = &x->helper->policy[e->class];
	if (policy != NULL && policy->max != 0 && x->nb_expects[e->class] >= policy->max) {
		for (struct ct_expect *i = x->expects; i != NULL; i = i->master_next)
			if (i->class == e->class)
				oldest = i;
		ct_expect_unlink(lane, oldest);
	}
	return ct_nb_expects >= (uint32_t)param_get(&expect_max) ? -EMFILE : 0;
}

static void
link_in(unsigned lane, struct ct_expect *e)
{
	struct ct_ext *x = e->master->ext;
	struct ct_expect **head = bucket(&e->tuple);

	e->id = ++ct_expect_table.last_id;
	e->next = *head;
	*head = e;
	e->master_next = x->expects;
	x->expects = e;
	x->nb_expects[e->class]++;
	if (ct_nb_expects == 0 || (int32_t)(e->expires - ct_expect_table.due) < 0)
		__atomic_store_n(&ct_expect_table.due, e->expires, __ATOMIC_RELAXED);
	__atomic_store_n(&ct_nb_expects, ct_nb_expects + 1, __ATOMIC_RELAXED);
	CT_STAT_INC(lane, expect_create);
	if (ct_expect_event != NULL)
		ct_expect_event(lane, e, false);
}

static int
add(unsigned lane, const struct ct_expect *from, uint32_t seconds, uint32_t now, bool any_master)
{
	struct ct_expect *e;
	int rc = -ESHUTDOWN;

	if (from->class >= CT_EXPECT_CLASSES)
		return -EINVAL;
	e = malloc(sizeof(*e));
	if (e == NULL)
		return -ENOMEM;
	*e = *from;
	e->tuple.zone = ct_expect_zone(from->master);
	e->expires = now + ct_seconds(seconds);
	rte_spinlock_lock(&ct_expect_table.lock);
	if (e->master->ext != NULL && !(ct_status(e->master) & CT_DYING))
		rc = make_way(lane, e, any_master, now);
	if (rc == 0)
		rc = keep_limits(lane, e);
	if (rc == 0)
		link_in(lane, e);
	rte_spinlock_unlock(&ct_expect_table.lock);
	if (rc != 0)
		free(e);
	return rc;
}

int
ct_expect_add(unsigned lane, const struct ct_expect *e, uint32_t seconds, uint32_t now)
{
	return add(lane, e, seconds, now, false);
}

int
ct_expect_add_once(unsigned lane, const struct ct_expect *e, uint32_t seconds, uint32_t now)
{
	return add(lane, e, seconds, now, true);
}

bool
ct_expect_find(const struct ct_tuple *t, uint32_t now, struct ct_expect *copy)
{
	const struct ct_expect *e;

	rte_spinlock_lock(&ct_expect_table.lock);
	e = find(t, t->zone, 0, now);
	if (e != NULL)
		*copy = *e;
	rte_spinlock_unlock(&ct_expect_table.lock);
	return e != NULL;
}

bool
ct_expect_cancel(unsigned lane, const struct ct_tuple *t, uint32_t now)
{
	struct ct_expect *e;

	rte_spinlock_lock(&ct_expect_table.lock);
	e = find(t, t->zone, 0, now);
	if (e != NULL)
		ct_expect_unlink(lane, e);
	rte_spinlock_unlock(&ct_expect_table.lock);
	return e != NULL;
}
