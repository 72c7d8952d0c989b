/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>

#include <rte_random.h>

#include "base_ifparam.h"
#include "neigh_param.h"

#define HZ 250          /* Linux's: bounds what its parameters in seconds take */
#define TICK_MS 10      /* of parameters in hundredths of a second */
#define BUFFER_MIN 2090 /* bytes that Linux counts for a packet where it counts packets */

/* A parameter of both families: id4 and id6. */
#define NEIGH_PARAM(id, leaf_, def4_, def6_, min_, max_, help_)                             \
	IFPARAM_INT(id##4, IFPARAM_NEIGH4, leaf_, IFPARAM_DEV, 0, def4_, min_, max_, help_) \
	IFPARAM_INT(id##6, IFPARAM_NEIGH6, leaf_, IFPARAM_DEV, 0, def6_, min_, max_, help_)

#define NEIGH_PARAM_CALL(id, leaf_, def_, max_, fn_, help_)                                       \
	IFPARAM_INT_CALL(id##4, IFPARAM_NEIGH4, leaf_, IFPARAM_DEV, 0, def_, 0, max_, fn_, help_) \
	IFPARAM_INT_CALL(id##6, IFPARAM_NEIGH6, leaf_, IFPARAM_DEV, 0, def_, 0, max_, fn_, help_)

NEIGH_PARAM(retrans, "retrans_time_ms", 1000, 1000, 0, INT_MAX,
	    "milliseconds between questions for a neighbour, in steps of 100")
NEIGH_PARAM(reachable, "base_reachable_time_ms", 30000, 30000, 0, INT_MAX,
	    "a neighbour counts as reachable for half to one and a half times this long")
NEIGH_PARAM(delay_probe, "delay_first_probe_time", 5, 5, INT_MIN, INT_MAX / HZ,
	    "seconds a stale neighbour in use may confirm itself before it is asked")
NEIGH_PARAM(gc_stale, "gc_stale_time", 60, 60, INT_MIN, INT_MAX / HZ,
	    "seconds after which an unused neighbour is forgotten, with gc_thresh1 of them there")
NEIGH_PARAM(ucast_solicit, "ucast_solicit", 3, 3, 0, INT_MAX,
	    "questions to a known neighbour alone before all are asked, or it is given up")
NEIGH_PARAM(mcast_solicit, "mcast_solicit", 3, 3, 0, INT_MAX,
	    "questions to all before a neighbour is given up")
NEIGH_PARAM(mcast_resolicit, "mcast_resolicit", 0, 0, 0, INT_MAX,
	    "questions to all about a known neighbour that did not answer")
IFPARAM_INT(locktime, IFPARAM_NEIGH4, "locktime", IFPARAM_DEV, 0, 100, INT_MIN, INT_MAX,
	    "hundredths of a second in which the first of several ARP replies counts")

/* Both say the same: the one that was not written follows. */
static void bytes_written(const struct ifparam *p, int ifindex);
static void packets_written(const struct ifparam *p, int ifindex);

NEIGH_PARAM_CALL(bytes, "unres_qlen_bytes", 212992, INT_MAX, bytes_written,
		 "bytes that may wait for a neighbour, 2,090 a packet; more than 212,992 do not")
NEIGH_PARAM_CALL(packets, "unres_qlen", 212992 / BUFFER_MIN, INT_MAX / BUFFER_MIN, packets_written,
		 "packets that may wait for a neighbour: unres_qlen_bytes in packets")

#define THRESHOLD(id, family, leaf, def, help) \
	PARAM_INT(id, "net." family ".neigh.default." leaf, def, 0, INT_MAX, help)

#define THRESHOLD1 "with fewer neighbours none is forgotten because it is not used"
#define THRESHOLD2 "with so many neighbours those stale for five seconds go"
#define THRESHOLD3 "most neighbours but permanent ones; 8,192 in all"

THRESHOLD(v4_thresh1, "ipv4", "gc_thresh1", 128, THRESHOLD1)
THRESHOLD(v4_thresh2, "ipv4", "gc_thresh2", 512, THRESHOLD2)
THRESHOLD(v4_thresh3, "ipv4", "gc_thresh3", 1024, THRESHOLD3)
THRESHOLD(v6_thresh1, "ipv6", "gc_thresh1", 128, THRESHOLD1)
THRESHOLD(v6_thresh2, "ipv6", "gc_thresh2", 512, THRESHOLD2)
THRESHOLD(v6_thresh3, "ipv6", "gc_thresh3", 1024, THRESHOLD3)

static struct param *
value_of(const struct ifparam *p, int ifindex)
{
	return ifindex == IFPARAM_OF_DEFAULT ? p->dflt : p->own[ifindex];
}

static void
bytes_written(const struct ifparam *p, int ifindex)
{
	struct param *other = value_of(p == &bytes4 ? &packets4 : &packets6, ifindex);
	int number = value_of(p, ifindex)->value / BUFFER_MIN;

	if (other->value != number)
		param_set(other, number);
}

static void
packets_written(const struct ifparam *p, int ifindex)
{
	struct param *other = value_of(p == &packets4 ? &bytes4 : &bytes6, ifindex);
	int number = value_of(p, ifindex)->value;

	if (other->value / BUFFER_MIN != number)
		param_set(other, number * BUFFER_MIN);
}

static uint64_t
get(const struct ifparam *v4, const struct ifparam *v6, const struct neigh *n)
{
	int value = ifparam_get(n->addr.family == AF_INET ? v4 : v6, n->port);

	return RTE_MAX(value, 0);
}

uint64_t
neigh_param_retrans(const struct neigh *n)
{
	return get(&retrans4, &retrans6, n);
}

uint64_t
neigh_param_reachable(const struct neigh *n)
{
	uint64_t base = get(&reachable4, &reachable6, n);

	return base == 0 ? 0 : base / 2 + rte_rand_max(base);
}

uint64_t
neigh_param_delay_probe(const struct neigh *n)
{
	return get(&delay_probe4, &delay_probe6, n) * 1000;
}

uint64_t
neigh_param_gc_stale(const struct neigh *n)
{
	return get(&gc_stale4, &gc_stale6, n) * 1000;
}

uint64_t
neigh_param_locktime(const struct neigh *n)
{
	return get(&locktime, &locktime, n) * TICK_MS;
}

unsigned
neigh_param_ucast_solicit(const struct neigh *n)
{
	return get(&ucast_solicit4, &ucast_solicit6, n);
}

unsigned
neigh_param_mcast_solicit(const struct neigh *n)
{
	return get(&mcast_solicit4, &mcast_solicit6, n);
}

unsigned
neigh_param_mcast_resolicit(const struct neigh *n)
{
	return get(&mcast_resolicit4, &mcast_resolicit6, n);
}

unsigned
neigh_param_queue(const struct neigh *n)
{
	return RTE_MIN(RTE_MAX(get(&packets4, &packets6, n), 1u), (unsigned)NEIGH_PARK_MAX);
}

unsigned
neigh_param_thresh(uint8_t family, unsigned which)
{
	static const struct param *const of[2][3] = {
		{ &v4_thresh1, &v4_thresh2, &v4_thresh3 },
		{ &v6_thresh1, &v6_thresh2, &v6_thresh3 },
	};

	return param_get(of[family == AF_INET6][which - 1]);
}
