/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the generator says besides its own traffic: answers to ARP and neighbour solicitations for the addresses that it plays,
 * its own questions for a gateway, and packets sent back. They write into the frame they are given. Any worker.
 */
#pragma once

#include <rte_ether.h>

#include "pg_frame.h"
#include "pg_reader.h"

#define PG_QUESTION_LEN 86 /* room for the longest of these frames */

/* The host that is played at one port: its addresses and its MAC address. */
struct pg_host {
	struct rte_ether_addr mac;
	struct pg_range range;
	struct ip_addr own; /* besides the range; AF_UNSPEC: none */
};

bool pg_host_has(const struct pg_host *h, const struct ip_addr *a);
/* The address of PG_ARP_* and PG_ND_*. */
struct ip_addr pg_target(const uint8_t *p, const struct pg_seen *s);

/*
 * Makes the answer out of the question (PG_ARP_REQUEST, PG_ND_SOLICIT) in place; the buffer has PG_QUESTION_LEN bytes.
 * The answer's length; 0: not asked for an address of this host.
 */
uint16_t pg_answer(const struct pg_host *h, uint8_t *p, const struct pg_seen *s);
/* A question for that address, asked by h->own, into PG_QUESTION_LEN bytes; its length. */
uint16_t pg_ask(const struct pg_host *h, const struct ip_addr *who, uint8_t *p);

/* Turns a PG_MARKED packet around: addresses, ports, direction of the mark; its TTL begins anew. */
void pg_turn(uint8_t *p, const struct pg_seen *s);
