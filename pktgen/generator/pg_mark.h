/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the generator's packets carry behind their L4 header, so that they are known again whatever was translated on their
 * way: 18 bytes, what the shortest Ethernet frame has room for behind IPv4 and UDP.
 */
#pragma once

#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>

#define PG_MARK_OUT 0x9e37    /* sent by the tx port */
#define PG_MARK_RETURN 0x7a5d /* sent back by the rx port */

struct pg_mark {
	rte_be16_t magic;
	rte_be32_t
		flow_run; /* flow in the upper 24 bits, below the run: what came late from an earlier one is told apart */
	rte_be32_t seq; /* from 0, by flow */
	uint64_t
		tsc; /* when it was first handed to the driver; of this machine, in its byte order */
} __attribute__((packed));

#define PG_MARK_LEN ((unsigned)sizeof(struct pg_mark))

static inline rte_be32_t
pg_mark_flow_run(uint32_t flow, uint8_t run)
{
	return rte_cpu_to_be_32(flow << 8 | run);
}
