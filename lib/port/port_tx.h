/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transmit buffers, per lane and port: packets gather during a burst and leave in port_tx_flush().
 * Where a lane has no tx queue of its own on a port, flush hands the packets over by ring to the
 * lane that has. A full device queue: a few retries, then counted drop "tx-full".
 */
#pragma once

#include <string.h>

#include <rte_mbuf.h>

#include "port.h"

#define PORT_TX_BUFFER 64

struct port_tx_buffer {
	uint16_t n;
	struct rte_mbuf *pkts[PORT_TX_BUFFER];
} __rte_cache_aligned;

struct port_tx_lane {
	uint64_t dirty;     /* bit i: buffer of port i is not empty */
	uint64_t sent;      /* packets given to devices by this lane */
	uint64_t delivered; /* packets given to the host, by twins */
	struct port_tx_buffer buffer[PORT_MAX];
} __rte_cache_aligned;

extern struct port_tx_lane port_tx_lanes[LANE_MAX];

/* Sends one buffer; worker of that lane. */
void port_tx_drain(unsigned lane, const struct gen *gen, uint16_t port);

/* Takes the complete frame. Worker of that lane. */
static inline void
port_tx(unsigned lane, const struct gen *gen, uint16_t port, struct rte_mbuf *m)
{
	struct port_tx_lane *l = &port_tx_lanes[lane];
	struct port_tx_buffer *b = &l->buffer[port];

	b->pkts[b->n++] = m;
	l->dirty |= 1ull << port;
	if (b->n == PORT_TX_BUFFER)
		port_tx_drain(lane, gen, port);
}

/* The same for several at once. */
static inline void
port_tx_bulk(unsigned lane, const struct gen *gen, uint16_t port, struct rte_mbuf **pkts,
	     unsigned n)
{
	struct port_tx_lane *l = &port_tx_lanes[lane];
	struct port_tx_buffer *b = &l->buffer[port];

	while (n != 0) {
		unsigned k = RTE_MIN(n, (unsigned)PORT_TX_BUFFER - b->n);

		memcpy(&b->pkts[b->n], pkts, k * sizeof(pkts[0]));
		b->n += k;
		l->dirty |= 1ull << port;
		if (b->n == PORT_TX_BUFFER)
			port_tx_drain(lane, gen, port);
		pkts += k;
		n -= k;
	}
}

/* Worker of that lane, at the end of every burst: nothing stays in a buffer. */
static inline void
port_tx_flush(unsigned lane, const struct gen *gen)
{
	struct port_tx_lane *l = &port_tx_lanes[lane];

	while (l->dirty != 0)
		port_tx_drain(lane, gen, __builtin_ctzll(l->dirty));
}

/* Frames other lanes handed over to this one: transmits them. Worker of that lane, every round. */
unsigned port_tx_handed_over(unsigned lane, const struct gen *gen);
/* Frames in hand-over rings now. Any thread. */
uint64_t port_tx_queued(void);
