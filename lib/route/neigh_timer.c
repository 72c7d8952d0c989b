/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbours' clock, on the control lcore every 100 ms: repeats questions, gives up, doubts
 * what is old (REACHABLE -> STALE -> DELAY -> PROBE) and lets go of what nobody uses.
 */
#include "neigh_param.h"
#include "neigh_table.h"
#include "pkt.h"

#define CROWDED_MS 5000 /* with gc_thresh2 entries: as Linux's forced collection */

/* What is to be done once the entry's lock is released. */
struct deed {
	bool ask, ask_mac;
	struct rte_ether_addr mac;
	struct ip_addr waiting; /* source of the newest packet that waits; AF_UNSPEC: none does */
	struct rte_mbuf *failed[NEIGH_PARK_MAX];
	unsigned nb_failed;
	bool remove;
};

static struct ip_addr
newest_source(const struct neigh_entry *e)
{
	const struct rte_mbuf *m = e->tail;

	if (e->head == NULL)
		return (struct ip_addr){ .family = AF_UNSPEC };
	return pkt_const(m)->family == AF_INET ? ip_addr_v4(pkt_ip4(m)->src_addr)
					       : ip_addr_v6(&pkt_ip6(m)->ip6_src);
}

static void
ask(struct neigh_entry *e, uint64_t now, bool unicast, struct deed *d)
{
	e->probes++;
	__atomic_store_n(&e->deadline, now + neigh_param_retrans(&e->n), __ATOMIC_RELAXED);
	d->ask = true;
	d->ask_mac = unicast;
	d->mac = e->mac;
	d->waiting = newest_source(e);
}

static void
give_up(struct neigh_entry *e, uint64_t now, struct deed *d)
{
	d->nb_failed = neigh_unpark(e, d->failed, NEIGH_PARK_MAX);
	neigh_clear_l2(e);
	e->has_mac = false;
	e->updated = now;
	neigh_enter(e, NUD_FAILED, now);
}

/* How long an unused entry is kept. Below gc_thresh1 for ever, unless it knows nothing at all. */
static uint64_t
kept(const struct neigh_entry *e)
{
	uint8_t family = e->n.addr.family;
	unsigned count = neigh_count(family);
	bool stale = neigh_state(e) == NUD_STALE;

	if (count >= neigh_param_thresh(family, 2) || count >= NEIGH_MAX / 4 * 3)
		return stale ? CROWDED_MS : 0;
	if (neigh_state(e) == NUD_NONE)
		return neigh_param_gc_stale(&e->n);
	if (count < neigh_param_thresh(family, 1))
		return UINT64_MAX;
	return neigh_state(e) == NUD_FAILED ? 0 : neigh_param_gc_stale(&e->n);
}

static void
tire(struct neigh_entry *e, uint64_t now, struct deed *d)
{
	uint64_t used = __atomic_load_n(&e->n.used, __ATOMIC_RELAXED);
	uint64_t keep = kept(e);

	if (used < e->since)
		used = e->since;
	if (e->refs > 0 || now < used || now - used < keep)
		return;
	neigh_retire(e);
	d->remove = true;
}

static void
stale(struct neigh_entry *e, uint64_t now, struct deed *d)
{
	uint64_t used = __atomic_load_n(&e->n.used, __ATOMIC_RELAXED);

	if (used < e->since) {
		tire(e, now, d);
		return;
	}
	neigh_enter(e, NUD_DELAY, now);
	__atomic_store_n(&e->deadline, used + neigh_param_delay_probe(&e->n), __ATOMIC_RELAXED);
}

static void
reachable_over(struct neigh_entry *e, uint64_t now)
{
	uint64_t used = __atomic_load_n(&e->n.used, __ATOMIC_RELAXED);
	uint64_t wait = neigh_param_delay_probe(&e->n);

	e->updated = now;
	if (used + wait < now) {
		neigh_enter(e, NUD_STALE, now);
		return;
	}
	neigh_enter(e, NUD_DELAY, now);
	__atomic_store_n(&e->deadline, now + wait, __ATOMIC_RELAXED);
}

/* First it alone is asked, then all. */
static void
probe(struct neigh_entry *e, uint64_t now, struct deed *d)
{
	unsigned alone = neigh_param_ucast_solicit(&e->n);

	if (e->probes < alone)
		ask(e, now, true, d);
	else if (e->probes - alone < neigh_param_mcast_resolicit(&e->n))
		ask(e, now, false, d);
	else
		give_up(e, now, d);
}

/* Under the entry's lock, its deadline is over. */
static void
due(struct neigh_entry *e, uint64_t now, struct deed *d)
{
	switch (neigh_state(e)) {
	case NUD_INCOMPLETE:
		if (e->probes >= neigh_param_mcast_solicit(&e->n))
			give_up(e, now, d);
		else
			ask(e, now, false, d);
		break;
	case NUD_REACHABLE:
		reachable_over(e, now);
		break;
	case NUD_STALE:
		stale(e, now, d);
		break;
	case NUD_DELAY:
		e->probes = 0;
		neigh_enter(e, NUD_PROBE, now);
		probe(e, now, d);
		break;
	case NUD_PROBE:
		probe(e, now, d);
		break;
	case NUD_NONE:
	case NUD_FAILED:
	case NUD_NOARP:
		tire(e, now, d);
		break;
	default: /* permanent */
		break;
	}
}

static void
carry_out(struct neigh_entry *e, uint64_t now, struct deed *d)
{
	if (d->nb_failed > 0 && neigh_ops.failed != NULL)
		neigh_ops.failed(d->failed, d->nb_failed);
	if (d->ask && neigh_ops.solicit != NULL)
		neigh_ops.solicit(&e->n, d->ask_mac ? &d->mac : NULL,
				  d->waiting.family != AF_UNSPEC ? &d->waiting : NULL);
	if (d->remove)
		neigh_remove(e);
}

void
neigh_timer(uint64_t now)
{
	unsigned nb = neigh_slots();

	for (unsigned i = 0; i < nb; i++) {
		struct neigh_entry *e = neigh_slot(i);
		struct deed d;

		if (!__atomic_load_n(&e->live, __ATOMIC_ACQUIRE) ||
		    __atomic_load_n(&e->deadline, __ATOMIC_RELAXED) > now)
			continue;
		d.ask = d.remove = false;
		d.nb_failed = 0;
		neigh_lock(&e->lock);
		/* A worker may have set it anew while we waited. */
		if (__atomic_load_n(&e->deadline, __ATOMIC_RELAXED) <= now)
			due(e, now, &d);
		neigh_unlock(&e->lock);
		carry_out(e, now, &d);
	}
	neigh_l2_reap();
}
