/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbours' clock, on the control lcore every 100 ms: repeats questions, gives up, doubts
 * what is old (REACHABLE -> STALE -> DELAY -> PROBE) and lets go of what nobody uses.
 */
#include <rte_random.h>

#include "base_param.h"
#include "neigh_table.h"

PARAM_INT(base_reachable, "net.ipv4.neigh.default.base_reachable_time_ms", 30000, 100, 86400000,
	  "a neighbour counts as reachable for half to one and a half times this long")
PARAM_INT(retrans, "net.ipv4.neigh.default.retrans_time_ms", 1000, 100, 60000,
	  "milliseconds between questions for a neighbour")
PARAM_INT(delay_probe, "net.ipv4.neigh.default.delay_first_probe_time", 5, 1, 3600,
	  "seconds a stale neighbour in use may confirm itself before it is asked")
PARAM_INT(gc_stale, "net.ipv4.neigh.default.gc_stale_time", 60, 1, 86400,
	  "seconds after which an unused neighbour is forgotten")
PARAM_INT(mcast_solicit, "net.ipv4.neigh.default.mcast_solicit", 3, 1, 100,
	  "questions to all before a neighbour is given up")
PARAM_INT(ucast_solicit, "net.ipv4.neigh.default.ucast_solicit", 3, 1, 100,
	  "questions to a known neighbour before it is given up")

#define IDLE_CROWDED_MS 5000 /* with the table three quarters full */

uint64_t
neigh_retrans_ms(void)
{
	return param_get(&retrans);
}

uint64_t
neigh_reachable_ms(void)
{
	uint64_t base = param_get(&base_reachable);

	return base / 2 + rte_rand_max(base);
}

/* What is to be done once the entry's lock is released. */
struct deed {
	bool ask, ask_mac;
	struct rte_ether_addr mac;
	struct rte_mbuf *failed[NEIGH_PARK_MAX];
	unsigned nb_failed;
	bool remove;
};

static void
ask(struct neigh_entry *e, uint64_t now, bool unicast, struct deed *d)
{
	e->probes++;
	__atomic_store_n(&e->deadline, now + neigh_retrans_ms(), __ATOMIC_RELAXED);
	d->ask = true;
	d->ask_mac = unicast;
	d->mac = e->mac;
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

/* Linux keeps few neighbours for ever; here an unused one goes after gc_stale_time. */
static void
tire(struct neigh_entry *e, uint64_t now, struct deed *d)
{
	uint64_t used = __atomic_load_n(&e->n.used, __ATOMIC_RELAXED);
	bool crowded = neigh_count() >= neigh_limit() / 4 * 3;
	uint64_t keep = param_get(&gc_stale) * 1000ull;

	if (crowded)
		keep = neigh_state(e) == NUD_STALE ? IDLE_CROWDED_MS : 0;
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
	__atomic_store_n(&e->deadline, used + param_get(&delay_probe) * 1000ull, __ATOMIC_RELAXED);
}

static void
reachable_over(struct neigh_entry *e, uint64_t now)
{
	uint64_t used = __atomic_load_n(&e->n.used, __ATOMIC_RELAXED);
	uint64_t wait = param_get(&delay_probe) * 1000ull;

	e->updated = now;
	if (used + wait < now) {
		neigh_enter(e, NUD_STALE, now);
		return;
	}
	neigh_enter(e, NUD_DELAY, now);
	__atomic_store_n(&e->deadline, now + wait, __ATOMIC_RELAXED);
}

/* Under the entry's lock, its deadline is over. */
static void
due(struct neigh_entry *e, uint64_t now, struct deed *d)
{
	switch (neigh_state(e)) {
	case NUD_INCOMPLETE:
		if (e->probes >= param_get(&mcast_solicit))
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
		ask(e, now, true, d);
		break;
	case NUD_PROBE:
		if (e->probes >= param_get(&ucast_solicit))
			give_up(e, now, d);
		else
			ask(e, now, true, d);
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
		neigh_ops.solicit(&e->n, d->ask_mac ? &d->mac : NULL);
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
