/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linux's limits on ICMP errors: one bucket for the whole box (icmp_msgs_per_sec, burst 50) and one
 * per peer (icmp_ratelimit ms a message, up to 6 saved), shared by both families' tables here. Peers
 * live in a direct-mapped table: a collision starts a fresh bucket, which the global one bounds.
 * Slow path of any lane: one spinlock.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <rte_hash_crc.h>
#include <rte_spinlock.h>

#include "base_param.h"
#include "walk.h"

PARAM_INT(ratelimit4, "net.ipv4.icmp_ratelimit", 1000, 0, 1000000,
	  "milliseconds between ICMP errors to one host; 0: no limit")
PARAM_INT(ratemask4, "net.ipv4.icmp_ratemask", 6168, 0, 0x7fffffff,
	  "bit mask of the ICMP types that icmp_ratelimit limits")
PARAM_INT(msgs_per_sec, "net.ipv4.icmp_msgs_per_sec", 1000, 0, 1000000,
	  "ICMP errors the box sends in a second, all hosts together")
PARAM_INT(msgs_burst, "net.ipv4.icmp_msgs_burst", 50, 0, 1000000,
	  "ICMP errors the box may send at once")
PARAM_INT(ratelimit6, "net.ipv6.icmp.ratelimit", 100, 0, 1000000,
	  "milliseconds between ICMPv6 errors to one host; 0: no limit")

#define PEERS 4096
#define SAVED 6             /* messages a peer's bucket holds (XRLIM_BURST_FACTOR) */
#define REDIRECT6_COST 1000 /* ms */
/* ip_rt_redirect_number, _load and _silence (ms) of Linux, which has them in its first namespace only */
#define REDIRECTS 9
#define REDIRECT_LOAD 20
#define REDIRECT_SILENCE 20480
#define NO_ROUTE_COST 1000  /* ms (ip_rt_error_cost) */
#define NO_ROUTE_BURST 5000 /* ms (ip_rt_error_burst) */

struct peer {
	struct ip_addr addr;
	uint64_t tokens, last; /* ms */
	unsigned redirects;    /* sent since the peer was last silent */
};

static struct {
	rte_spinlock_t lock;
	struct peer peers[PEERS];
	uint64_t credit, last; /* the box's bucket */
} limit = { .lock = RTE_SPINLOCK_INITIALIZER };

static struct peer *
peer_get(const struct ip_addr *a, uint64_t now)
{
	uint32_t hash = rte_hash_crc(a->v6, a->family == AF_INET ? 4 : 16, a->family);
	struct peer *p = &limit.peers[hash % PEERS];

	if (!ip_addr_equal(&p->addr, a))
		*p = (struct peer){ .addr = *a, .tokens = 60000, .last = now };
	return p;
}

/* Lanes read the clock once per burst: another one's may be behind. */
static uint64_t
passed_since(uint64_t last, uint64_t now)
{
	return now > last ? now - last : 0;
}

/* Adds what time gave, at most `cap`, and takes `cost` if it is there. */
static bool
peer_take(struct peer *p, uint64_t cost, uint64_t cap, uint64_t now)
{
	p->tokens += passed_since(p->last, now);
	p->last = RTE_MAX(p->last, now);
	if (p->tokens > cap)
		p->tokens = cap;
	if (p->tokens < cost)
		return false;
	p->tokens -= cost;
	return true;
}

static void
refill(uint64_t now)
{
	uint64_t rate = param_get(&msgs_per_sec);
	uint64_t burst = param_get(&msgs_burst);
	uint64_t passed = RTE_MIN(passed_since(limit.last, now), 1000u);

	/* Refilled in steps of 20 ms, as Linux does. */
	if (passed >= 20) {
		limit.credit = RTE_MIN(limit.credit + rate * passed / 1000, burst);
		limit.last = now;
	}
}

static bool
limited4(uint8_t type, uint8_t code)
{
	if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
		return false;
	return type < 31 && (1u << type) & (unsigned)param_get(&ratemask4);
}

bool
icmp_limit_allow(uint8_t family, const void *peer, uint8_t type, uint8_t code, uint64_t now)
{
	struct ip_addr a =
		family == AF_INET ? ip_addr_v4(*(const uint32_t *)peer) : ip_addr_v6(peer);
	bool limited = family == AF_INET ? limited4(type, code) : icmp_limited6(type);
	uint64_t cost = param_get(family == AF_INET ? &ratelimit4 : &ratelimit6);
	bool allow;

	if (!limited)
		return true;
	rte_spinlock_lock(&limit.lock);
	refill(now);
	/*
	 * What one peer may not have takes nothing from the others. At no cost it is allowed, but leaves
	 * the peer without tokens, as in Linux: none for a redirect either.
	 */
	allow = limit.credit > 0 && peer_take(peer_get(&a, now), cost, SAVED * cost, now);
	if (allow)
		limit.credit--;
	rte_spinlock_unlock(&limit.lock);
	return allow;
}

bool
icmp_limit_redirect6(const struct in6_addr *peer, uint64_t now)
{
	struct ip_addr a = ip_addr_v6(peer);
	bool allow;

	rte_spinlock_lock(&limit.lock);
	allow = peer_take(peer_get(&a, now), REDIRECT6_COST, SAVED * REDIRECT6_COST, now);
	rte_spinlock_unlock(&limit.lock);
	return allow;
}

bool
icmp_limit_no_route(uint32_t peer, uint64_t now)
{
	struct ip_addr a = ip_addr_v4(peer);
	bool allow;

	rte_spinlock_lock(&limit.lock);
	allow = peer_take(peer_get(&a, now), NO_ROUTE_COST, NO_ROUTE_BURST, now);
	rte_spinlock_unlock(&limit.lock);
	return allow;
}

/* Shares its clock with the buckets above, as in Linux's inet_peer. */
bool
icmp_limit_redirect(uint32_t peer, uint64_t now)
{
	struct ip_addr a = ip_addr_v4(peer);
	struct peer *p;
	bool allow;

	rte_spinlock_lock(&limit.lock);
	p = peer_get(&a, now);
	if (passed_since(p->last, now) > REDIRECT_SILENCE) {
		p->tokens = 0;
		p->redirects = 0;
	}
	allow = p->redirects == 0 || (p->redirects < REDIRECTS &&
				      passed_since(p->last, now) >> p->redirects > REDIRECT_LOAD);
	if (allow)
		p->redirects++;
	/* Who does not listen is left alone until he has been silent. */
	if (allow || p->redirects == REDIRECTS)
		p->last = RTE_MAX(p->last, now);
	rte_spinlock_unlock(&limit.lock);
	return allow;
}
