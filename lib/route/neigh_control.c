/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the operator does to neighbours (`ip neigh`), and what happens to them when a port goes or
 * changes. Control lcore.
 */
#include <errno.h>

#include <rte_common.h>

#include "base_clock.h"
#include "neigh_table.h"
#include "port.h"

/* The timer moves a used STALE entry on at its next tick; in Linux the packet itself does. */
static uint8_t
state_seen(const struct neigh_entry *e)
{
	if (neigh_state(e) == NUD_STALE &&
	    __atomic_load_n(&e->n.used, __ATOMIC_RELAXED) >= e->since)
		return NUD_DELAY;
	return neigh_state(e);
}

static void
info_of(struct neigh_entry *e, struct neigh_info *i)
{
	neigh_lock(&e->lock);
	*i = (struct neigh_info){
		.addr = e->n.addr,
		.port = e->n.port,
		.state = state_seen(e),
		.has_mac = e->has_mac,
		.router = e->router,
		.mac = e->mac,
		.used = RTE_MAX(__atomic_load_n(&e->n.used, __ATOMIC_RELAXED), e->updated),
		.confirmed = e->confirmed,
		.updated = e->updated,
		.probes = e->probes,
		.refs = e->refs,
	};
	neigh_unlock(&e->lock);
}

void
neigh_walk(void (*fn)(const struct neigh_info *i, void *arg), void *arg)
{
	unsigned nb = neigh_slots();

	for (unsigned i = 0; i < nb; i++) {
		struct neigh_entry *e = neigh_slot(i);
		struct neigh_info info;

		if (!__atomic_load_n(&e->live, __ATOMIC_ACQUIRE))
			continue;
		info_of(e, &info);
		fn(&info, arg);
	}
}

/* Under the lock. The question is sent by the next tick of the timer. */
static void
set_incomplete(struct neigh_entry *e, uint8_t state, uint64_t now)
{
	neigh_enter(e, state, now);
	e->probes = 0;
	__atomic_store_n(&e->deadline, now, __ATOMIC_RELAXED);
}

/* Under the lock; 0 or -errno. */
static int
apply(struct neigh_entry *e, const struct neigh_set *s, uint64_t now)
{
	uint8_t state = s->state;

	e->router = s->router;
	e->updated = now;
	if (!(state & NEIGH_VALID)) {
		if (state == NUD_INCOMPLETE) {
			neigh_clear_l2(e);
			e->has_mac = false;
			set_incomplete(e, state, now);
			return 0;
		}
		neigh_clear_l2(e);
		e->has_mac = false;
		neigh_enter(e, state, now);
		return 0;
	}
	if (s->mac != NULL && !neigh_set_mac(e, gen_current(), s->mac))
		return -ENOBUFS;
	if (state & NEIGH_CONNECTED)
		e->confirmed = now;
	if (state == NUD_PROBE || state == NUD_DELAY)
		set_incomplete(e, state, now);
	else
		neigh_enter(e, state, now);
	return 0;
}

static void
pass_on(struct neigh_entry *e, struct rte_mbuf **pkts, unsigned n)
{
	if (n == 0)
		return;
	if (neigh_ops.resolved != NULL)
		neigh_ops.resolved(&e->n, pkts, n);
	else if (neigh_ops.failed != NULL)
		neigh_ops.failed(pkts, n);
}

int
neigh_set(const struct neigh_set *s, unsigned flags, uint64_t now, struct err *e)
{
	struct rte_mbuf *pkts[NEIGH_PARK_MAX];
	struct neigh *n = neigh_find(s->port, &s->addr);
	/* What next hops and workers made but nobody asked for yet is not there for the operator. */
	bool exists = n != NULL && neigh_state(neigh_entry(n)) != NUD_NONE;
	struct neigh_entry *x;
	unsigned nb = 0;
	int rc;

	e->text[0] = '\0';
	if (exists && (flags & NEIGH_EXCL))
		return -EEXIST;
	if (!exists && !(flags & NEIGH_CREATE))
		return -ENOENT;
	if ((s->state & NEIGH_VALID) && s->mac == NULL && (n == NULL || neigh_l2(n) == NULL))
		return err_set(e, -EINVAL, "No link layer address given");
	n = neigh_get_free(s->port, &s->addr);
	if (n == NULL)
		return err_set(e, -ENOBUFS, "Neighbour table is full (%u entries)", NEIGH_MAX);
	x = neigh_entry(n);
	neigh_lock(&x->lock);
	rc = apply(x, s, now);
	if (rc == 0 && n->l2 != NULL)
		nb = neigh_unpark(x, pkts, NEIGH_PARK_MAX);
	neigh_unlock(&x->lock);
	pass_on(x, pkts, nb);
	return rc;
}

int
neigh_del(uint16_t port, const struct ip_addr *addr)
{
	struct neigh *n = neigh_find(port, addr);

	if (n == NULL || (neigh_state(neigh_entry(n)) == NUD_NONE && neigh_entry(n)->refs > 0))
		return -ENOENT;
	neigh_forget(neigh_entry(n), clock_ms());
	return 0;
}

void
neigh_flush_port(uint16_t port, uint8_t family, bool all)
{
	unsigned nb = neigh_slots();
	uint64_t now = clock_ms();

	for (unsigned i = 0; i < nb; i++) {
		struct neigh_entry *e = neigh_slot(i);

		if (!__atomic_load_n(&e->live, __ATOMIC_ACQUIRE) || e->n.port != port ||
		    (family != 0 && e->n.addr.family != family))
			continue;
		if (all || !(neigh_state(e) & (NUD_PERMANENT | NUD_NOARP)))
			neigh_forget(e, now);
	}
	neigh_l2_reap();
}
