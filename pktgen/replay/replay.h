/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A source of packets and a sink, as a DPDK device: what every program of a comparison is fed with.
 * A frame's first 64 bytes are written anew for each packet, from a counter; the rest of a longer
 * one is what the buffer held. One lcore owns a queue; nothing is shared but the report's sums.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#define REPLAY_BYTES 64 /* written of each frame */
#define REPLAY_QUEUES 16
#define REPLAY_SERVERS 256u
#define REPLAY_SHAPES 3
#define REPLAY_TCP_DATA 6 /* bytes that each segment of a connection carries */

enum replay_answers { REPLAY_ONE_WAY, REPLAY_PLAIN, REPLAY_TRANSLATED };

/* What a device is asked for; without flows it is a sink. */
struct replay_plan {
	uint32_t flows;
	uint32_t ring;  /* packets that wait when they come at a rate, 0: as many as descriptors */
	uint32_t fresh; /* of 100 packets so many begin a flow, beside the others; 0-50 */
	double rate;    /* packets a second; 0: as many as are asked for */
	uint8_t answers;
	bool ip6, tcp, imix;
	bool spread; /* a destination for each flow, all over 32.0.0.0/3, instead of 256 */
	bool rss, checksum;
};

/* Visits each of n flows once a lap: first in their order, then in one that no cache foresees. */
struct replay_cursor {
	uint32_t n, at, step, done, lap;
};

/* A frame of one size: its headers, and the sums of what does not change in them. */
struct replay_shape {
	uint8_t bytes[REPLAY_BYTES];
	uint32_t ip_sum, l4_sum;
	uint16_t length;
} __rte_cache_aligned;

/* What differs from packet to packet. */
struct replay_ends {
	uint32_t src, dst; /* of IPv6 the last 32 bits */
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t flags;
	bool back; /* from a server to a client */
};

struct replay_rxq {
	struct replay_shape shape[REPLAY_SHAPES];
	struct replay_cursor forth, back;
	const struct replay_plan *plan;
	struct rte_mempool *pool;
	uint64_t rearm, ol_flags;
	uint64_t packets, lost, no_buffer;
	uint64_t last, due, ring; /* TSC; packets that wait, in 1/2^32; how many may */
	uint64_t per_cycle;       /* packets a TSC cycle, in 1/2^32 */
	uint32_t packet_type, fresh, since, bursts;
	uint16_t first, stride; /* this queue's flows: first, first + stride ... */
	uint16_t turn;          /* which size is next */
	bool turn_back, reports;
} __rte_cache_aligned;

struct replay_txq {
	uint64_t packets;
} __rte_cache_aligned;

struct replay_device {
	struct replay_plan plan;
	struct replay_rxq rxq[REPLAY_QUEUES];
	struct replay_txq txq[REPLAY_QUEUES];
};

/* What a driver writes at once of a fresh buffer: offset, references, segments, port. */
static inline unaligned_uint64_t *
replay_rearm(struct rte_mbuf *m)
{
	return (unaligned_uint64_t *)((uint8_t *)m + offsetof(struct rte_mbuf, rearm_data));
}

/* replay_plan.c: 0, or -EINVAL with the reason on stderr. */
int replay_plan_read(struct replay_plan *plan, const char *args);

/* replay_flow.c: cursors and shapes of a queue. The device's address is what frames are sent to. */
void replay_flow_start(struct replay_rxq *q, const uint8_t mac[6]);
uint16_t replay_flow_burst(struct replay_rxq *q, struct rte_mbuf **pkts, uint16_t n);

/* replay_report.c: devices come and go on the control thread; one queue of one device reports. */
int replay_report_add(struct replay_device *d);
void replay_report_remove(struct replay_device *d);
void replay_report(void);
