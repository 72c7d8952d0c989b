/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Answers that several boxes may give wait a random time (RFC 4861 7.2.7). Workers put them here, the
 * control lcore's tick hands those that are due to lane 0. One spinlock, slow path.
 */
#include <limits.h>

#include <rte_random.h>
#include <rte_spinlock.h>

#include "base_ifparam.h"
#include "nd.h"
#include "pipeline.h"

DROP_REASON(delay_full, "nd-proxy-queue-full",
	    "too many answers for others wait (net.ipv6.neigh.PORT.proxy_qlen)");

IFPARAM_INT(proxy_qlen4, IFPARAM_NEIGH4, "proxy_qlen", IFPARAM_DEV, 64, 64, 0, INT_MAX,
	    "so many answers for others may wait")
IFPARAM_INT(proxy_qlen, IFPARAM_NEIGH6, "proxy_qlen", IFPARAM_DEV, 64, 64, 0, INT_MAX,
	    "so many answers for others may wait")

#define WAITING_MAX 256

static struct {
	rte_spinlock_t lock;
	unsigned n;
	struct {
		struct rte_mbuf *m;
		uint64_t due;
	} of[WAITING_MAX];
} waiting = { .lock = RTE_SPINLOCK_INITIALIZER };

void
nd_send_later(const struct walk *w, struct rte_mbuf *m, unsigned ms)
{
	/* ARP replies are whole frames. */
	const struct ifparam *qlen = pkt(m)->entry == PKT_ENTRY_XMIT ? &proxy_qlen4 : &proxy_qlen;
	unsigned most = RTE_MIN(ifparam_get(qlen, pkt(m)->out), WAITING_MAX - 1);
	bool fits;

	rte_spinlock_lock(&waiting.lock);
	fits = waiting.n <= most;
	if (fits) {
		waiting.of[waiting.n].m = m;
		waiting.of[waiting.n++].due = w->ctx.now + rte_rand_max(ms);
	}
	rte_spinlock_unlock(&waiting.lock);
	if (!fits) {
		walk_count(&w->lane->originated, 1);
		walk_drop(w, DROP(delay_full), m);
	}
}

/* Takes one that is due; NULL: none. */
static struct rte_mbuf *
take_due(uint64_t now)
{
	struct rte_mbuf *m = NULL;

	rte_spinlock_lock(&waiting.lock);
	for (unsigned i = 0; i < waiting.n && m == NULL; i++) {
		if (waiting.of[i].due > now)
			continue;
		m = waiting.of[i].m;
		waiting.of[i] = waiting.of[--waiting.n];
	}
	rte_spinlock_unlock(&waiting.lock);
	return m;
}

void
pipeline_tick(uint64_t now)
{
	struct rte_mbuf *m;

	while ((m = take_due(now)) != NULL)
		pipeline_hand_over(0, m);
}
