/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which lane a packet will come in on, where a port spreads packets over queues by Toeplitz with the key of
 * port_setup.c. That key has a period of 16 bits: nothing but the exclusive or of all 16-bit words of addresses and
 * ports counts, for both directions of a flow the same.
 */
#pragma once

#include "port.h"

#define PORT_RSS_ENTRIES 512 /* of a device's redirection table; larger ones are not followed */

struct port_rss {
	uint64_t kinds; /* RTE_ETH_RSS_* of packets whose ports count; 0: nothing is known */
	uint32_t lanes; /* a bit for each that has entries */
	uint16_t mask;
	uint8_t lane[PORT_RSS_ENTRIES];
};

/* By dpdk_id: written before the port is in any generation. */
extern struct port_rss port_rss[];
extern uint16_t port_rss_hash[2][256];

/* Byte i of the key. */
static inline uint8_t
port_rss_key(unsigned i)
{
	return i % 2 ? 0x5a : 0x6d;
}

/* words: the exclusive or, in host byte order. Any thread. */
static inline uint8_t
port_rss_lane(const struct port_rss *r, uint16_t words)
{
	uint16_t hash = port_rss_hash[0][words >> 8] ^ port_rss_hash[1][words & 0xff];

	return r->lane[hash & r->mask];
}

/* Do ports of packets of the kind choose among several lanes, the lane one of them? */
static inline bool
port_rss_known(const struct port_rss *r, uint64_t kind, unsigned lane)
{
	return r->kinds & kind && r->lanes & 1u << lane && r->lanes != 1u << lane;
}

/* Control: asks the started device what it does. p: nb_rxq and rx_lane are filled; entries: its reta_size. */
void port_rss_learn(const struct port *p, uint16_t entries);
