/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool.h>
#include <rte_ring.h>

#include "dp_sync.h"

static int
ops_alloc(struct rte_mempool *mp)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "dp_%s", mp->name);
	mp->pool_data = rte_ring_create(name, rte_align32pow2(mp->size + 1), mp->socket_id, 0);
	return mp->pool_data != NULL ? 0 : -rte_errno;
}

static void
ops_free(struct rte_mempool *mp)
{
	rte_ring_free(mp->pool_data);
}

static int
ops_enqueue(struct rte_mempool *mp, void *const *objs, unsigned n)
{
	return rte_ring_mp_enqueue_bulk(mp->pool_data, objs, n, NULL) == 0 ? -ENOBUFS : 0;
}

static int
ops_dequeue(struct rte_mempool *mp, void **objs, unsigned n)
{
	return rte_ring_mc_dequeue_bulk(mp->pool_data, objs, n, NULL) == 0 ? -ENOBUFS : 0;
}

static unsigned
ops_count(const struct rte_mempool *mp)
{
	return rte_ring_count(mp->pool_data);
}

static const struct rte_mempool_ops ops = {
	.name = "dp_ring",
	.alloc = ops_alloc,
	.free = ops_free,
	.enqueue = ops_enqueue,
	.dequeue = ops_dequeue,
	.get_count = ops_count,
};

RTE_MEMPOOL_REGISTER_OPS(ops)

void
dp_sync_pools(void)
{
#ifdef DP_TSAN
	rte_mbuf_set_platform_mempool_ops(ops.name);
#endif
}

static uint16_t
received(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n, uint16_t max, void *rx)
{
	DP_TAKES(rx);
	return n;
}

static uint16_t
sending(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n, void *tx)
{
	DP_HANDS_OFF(tx);
	return n;
}

void
dp_sync_device(unsigned dpdk_id, void *rx, void *tx)
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(dpdk_id, &info) != 0)
		return;
	for (unsigned q = 0; q < info.nb_rx_queues; q++)
		rte_eth_add_rx_callback(dpdk_id, q, received, rx);
	for (unsigned q = 0; q < info.nb_tx_queues; q++)
		rte_eth_add_tx_callback(dpdk_id, q, sending, tx);
}
