/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packet memory: one mbuf pool per NUMA node, shared by the ports and lanes of that node, with room
 * for struct pkt in each mbuf. Data room holds a 9,000-byte frame only where asked at start.
 */
#pragma once

#include <rte_mbuf.h>

/* Control lcore, before any port. nb mbufs per node. 0 or -errno (-ENOMEM: too few hugepages). */
int pkt_pool_init(unsigned nb);
/* Control lcore: makes the node's pool on first use. NULL when memory is short (rte_errno). */
struct rte_mempool *pkt_pool_get(int socket);
/* Any lane: an empty mbuf from the lane's node with room for an Ethernet header, struct pkt zeroed. */
struct rte_mbuf *pkt_alloc(unsigned lane);
