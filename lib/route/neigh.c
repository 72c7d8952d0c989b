/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slow path of neighbours as workers walk it: park a packet, learn an address. Everything here
 * happens under the entry's lock; the times follow from RFC 4861 and are Linux's.
 */
#include <errno.h>
#include <string.h>

#include "base_drop.h"
#include "neigh_param.h"
#include "neigh_table.h"
#include "port.h"
#include "way_epoch.h"

DROP_REASON(neigh_queue_full, "neigh-queue-full",
	    "too many packets wait for one neighbour: the oldest goes");
DROP_REASON(neigh_gone, "neigh-gone", "waited for a neighbour that was deleted or whose port went");

struct neigh_ops neigh_ops;
struct way_epoch way_epoch_now;

static uint64_t parked_total; /* atomic */

uint64_t
neigh_parked(void)
{
	return __atomic_load_n(&parked_total, __ATOMIC_RELAXED);
}

void
neigh_enter(struct neigh_entry *e, uint8_t state, uint64_t now)
{
	uint64_t wait = neigh_param_retrans(&e->n);

	if (state == NUD_REACHABLE)
		wait = neigh_param_reachable(&e->n);
	else if (!(state & (NUD_INCOMPLETE | NUD_PROBE)))
		wait = 0;
	neigh_count_exempt(e, state);
	e->since = now;
	/* So that the next packet counts at once, not a second after the one before. */
	if (state == NUD_STALE) {
		__atomic_store_n(&e->n.used, 0, __ATOMIC_RELAXED);
		way_changed();
	}
	__atomic_store_n(&e->n.state, state, __ATOMIC_RELAXED);
	__atomic_store_n(&e->deadline, now + wait, __ATOMIC_RELAXED);
}

void
neigh_clear_l2(struct neigh_entry *e)
{
	const struct neigh_l2 *old = e->n.l2;

	if (old == NULL)
		return;
	__atomic_store_n(&e->n.l2, NULL, __ATOMIC_RELEASE);
	way_changed();
	neigh_l2_retire(old);
}

bool
neigh_set_mac(struct neigh_entry *e, const struct gen *gen, const struct rte_ether_addr *mac)
{
	static const uint8_t types[2][2] = { { 0x08, 0x00 }, { 0x86, 0xdd } };
	const struct port *p = port_get(gen, e->n.port);
	const struct neigh_l2 *old = e->n.l2;
	struct neigh_l2 *l2;

	if (p == NULL)
		return false;
	l2 = neigh_l2_get();
	if (l2 == NULL)
		return false;
	memcpy(l2->bytes, mac, RTE_ETHER_ADDR_LEN);
	memcpy(l2->bytes + 6, &p->mac, RTE_ETHER_ADDR_LEN);
	memcpy(l2->bytes + 12, types[e->n.addr.family == AF_INET6], 2);
	memset(l2->bytes + 14, 0, 2);
	e->mac = *mac;
	e->has_mac = true;
	__atomic_store_n(&e->n.l2, l2, __ATOMIC_RELEASE);
	way_changed();
	if (old != NULL)
		neigh_l2_retire(old);
	return true;
}

unsigned
neigh_unpark(struct neigh_entry *e, struct rte_mbuf **out, unsigned max)
{
	unsigned n = 0;

	while (n < max && e->head != NULL) {
		struct rte_mbuf *m = e->head;

		e->head = m->next;
		m->next = NULL;
		out[n++] = m;
	}
	if (e->head == NULL)
		e->tail = NULL;
	e->parked -= n;
	__atomic_fetch_sub(&parked_total, n, __ATOMIC_RELAXED);
	return n;
}

static void
park_last(unsigned lane, struct neigh_entry *e, struct rte_mbuf *m)
{
	struct rte_mbuf *oldest = NULL;

	while (e->parked >= neigh_param_queue(&e->n) && neigh_unpark(e, &oldest, 1) == 1)
		drop_pkt(lane, DROP(neigh_queue_full), oldest);
	m->next = NULL;
	if (e->tail != NULL)
		e->tail->next = m;
	else
		e->head = m;
	e->tail = m;
	e->parked++;
	__atomic_fetch_add(&parked_total, 1, __ATOMIC_RELAXED);
}

enum neigh_park
neigh_park(unsigned lane, struct neigh *n, struct rte_mbuf *m, uint64_t now)
{
	struct neigh_entry *e = neigh_entry(n);
	enum neigh_park answer = NEIGH_PARKED;

	/* Several lanes may pass here at once and exceed the total by one packet each. */
	if (neigh_parked() >= NEIGH_PARK_TOTAL)
		return NEIGH_FULL;
	neigh_lock(&e->lock);
	if (e->n.l2 != NULL) {
		answer = NEIGH_KNOWN;
	} else if (!e->live) {
		answer = NEIGH_FULL;
	} else if (neigh_state(e) != NUD_INCOMPLETE && neigh_param_mcast_solicit(n) == 0) {
		e->updated = now;
		neigh_enter(e, NUD_FAILED, now);
		answer = NEIGH_UNASKED;
	} else {
		if (neigh_state(e) != NUD_INCOMPLETE) {
			e->probes = 1;
			e->updated = now;
			neigh_enter(e, NUD_INCOMPLETE, now);
			answer = NEIGH_PARKED_SOLICIT;
		}
		__atomic_store_n(&n->used, now, __ATOMIC_RELAXED);
		park_last(lane, e, m);
	}
	neigh_unlock(&e->lock);
	return answer;
}

/* What a message changes: the new state, whether its address is taken, and whether it says if the
 * neighbour is a router. */
struct news {
	uint8_t state;
	bool take, tell_router;
};

/* false: nothing changes. */
static bool
judge(const struct neigh_entry *e, bool same, unsigned flags, uint64_t now, struct news *n)
{
	uint8_t old = neigh_state(e);
	bool override = flags & NEIGH_OVERRIDE;

	n->state = flags & NEIGH_SOLICITED ? NUD_REACHABLE : NUD_STALE;
	n->take = !same;
	n->tell_router = flags & (NEIGH_ROUTER | NEIGH_NO_ROUTER);
	if (old & (NUD_PERMANENT | NUD_NOARP))
		return false;
	if (!(old & NEIGH_VALID))
		return true;
	if (e->n.addr.family == AF_INET && now > e->updated + neigh_param_locktime(&e->n))
		override = true;
	if (!same && !override) {
		/* ND: a claim that may not replace the address makes a fresh one doubtful. */
		if (e->n.addr.family == AF_INET || !(old & NEIGH_CONNECTED))
			return false;
		n->take = n->tell_router = false;
		n->state = NUD_STALE;
		return true;
	}
	if (same && n->state == NUD_STALE) /* nothing new: a hint does not make it older */
		n->state = old;
	return true;
}

unsigned
neigh_learn(struct neigh *n, const struct gen *gen, const struct rte_ether_addr *mac,
	    unsigned flags, uint64_t now, struct rte_mbuf **out, unsigned max)
{
	struct neigh_entry *e = neigh_entry(n);
	struct news news;
	unsigned nb = 0;
	bool same;

	neigh_lock(&e->lock);
	same = e->n.l2 != NULL && (mac == NULL || rte_is_same_ether_addr(&e->mac, mac));
	if (!e->live || (mac == NULL && !same) || !judge(e, same, flags, now, &news))
		goto out;
	if (news.take && !neigh_set_mac(e, gen, mac))
		goto out;
	e->updated = now;
	if (news.state == NUD_REACHABLE)
		e->confirmed = now;
	if (news.tell_router)
		e->router = flags & NEIGH_ROUTER;
	/* A new address makes STALE anew: the old one's use says nothing about it. */
	if (news.state != neigh_state(e) || news.state == NUD_REACHABLE || news.take) {
		e->probes = 0;
		neigh_enter(e, news.state, now);
	}
	nb = neigh_unpark(e, out, max);
out:
	neigh_unlock(&e->lock);
	return nb;
}

void
neigh_noarp(struct neigh *n, const struct gen *gen, const struct rte_ether_addr *mac, uint64_t now)
{
	struct neigh_entry *e = neigh_entry(n);

	if (neigh_state(e) == NUD_NOARP)
		return;
	neigh_lock(&e->lock);
	if (e->live && !(neigh_state(e) & NEIGH_VALID) && neigh_set_mac(e, gen, mac))
		neigh_enter(e, NUD_NOARP, now);
	neigh_unlock(&e->lock);
}

/* Only the control lcore counts this reason, so lane 0's copy still has one writer. */
static void
discard(struct neigh_entry *e)
{
	struct rte_mbuf *m;

	while (neigh_unpark(e, &m, 1) == 1)
		drop_pkt(0, DROP(neigh_gone), m);
}

void
neigh_retire(struct neigh_entry *e)
{
	discard(e);
	neigh_clear_l2(e);
	/* A worker that still has the entry in hand neither parks nor learns any more. */
	__atomic_store_n(&e->live, 0, __ATOMIC_RELAXED);
}

void
neigh_forget(struct neigh_entry *e, uint64_t now)
{
	neigh_lock(&e->lock);
	if (e->refs == 0) {
		neigh_retire(e);
	} else {
		discard(e);
		neigh_clear_l2(e);
		e->has_mac = false;
		e->router = false;
		e->probes = 0;
		neigh_enter(e, NUD_NONE, now);
	}
	neigh_unlock(&e->lock);
	if (e->refs == 0)
		neigh_remove(e);
}
