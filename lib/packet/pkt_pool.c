/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_lcore.h>

#include "base_lane.h"
#include "base_mem.h"
#include "pkt.h"
#include "pkt_guard.h"
#include "pkt_pool.h"

#define CACHE 256

static struct rte_mempool *pools[RTE_MAX_NUMA_NODES];
static unsigned nb_mbufs = 16384;

int
pkt_pool_init(unsigned nb)
{
	nb_mbufs = nb;
	for (unsigned lane = 0; lane < lane_count(); lane++)
		if (pkt_pool_get(lane_socket(lane)) == NULL)
			return -rte_errno;
	return 0;
}

struct rte_mempool *
pkt_pool_get(int socket)
{
	unsigned node = socket < 0 || socket >= RTE_MAX_NUMA_NODES ? 0 : socket;
	char name[32];

	if (pools[node] != NULL)
		return pools[node];
	snprintf(name, sizeof(name), "pkt%u", node);
	pools[node] = rte_pktmbuf_pool_create(name, nb_mbufs, CACHE, sizeof(struct pkt),
					      RTE_MBUF_DEFAULT_BUF_SIZE, socket);
	return pools[node];
}

struct rte_mbuf *
pkt_alloc(unsigned lane)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pkt_pool_get(lane_socket(lane)));

	if (unlikely(m == NULL))
		return NULL;
	pkt_unguard(m);
	*pkt(m) = (struct pkt){ .l3 = RTE_ETHER_HDR_LEN, .flags = PKT_ORIGINATED };
	return m;
}

static struct mem_use
pool_memory(void)
{
	struct mem_use use = { 0 };

	for (unsigned node = 0; node < RTE_MAX_NUMA_NODES; node++) {
		const struct rte_mempool *mp = pools[node];
		size_t bytes;

		if (mp == NULL)
			continue;
		bytes = mp->header_size + mp->elt_size + mp->trailer_size;
		use.used += rte_mempool_in_use_count(mp) * bytes;
		use.reserved += mp->size * bytes;
	}
	return use;
}

MEM_USER(pool, "packet-buffers", "packets: on their way, parked, in the devices' queues",
	 pool_memory)
