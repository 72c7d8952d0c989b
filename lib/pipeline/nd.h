/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbour discovery messages to the box, among the files that treat them. Workers. The message is in
 * the packet's L4 part, its fixed part complete.
 */
#pragma once

#include "walk.h"

/*
 * The link-layer address option of the type among those that start at byte `from` of the message;
 * NULL: none. *bad: an option is broken.
 */
const struct rte_ether_addr *nd_option(const struct rte_mbuf *m, unsigned from, uint8_t type,
				       bool *bad);

/* The sender of the message told its own MAC; flags as for neigh_learn(). */
void nd_learn_sender(struct walk *w, const struct rte_mbuf *m, const struct rte_ether_addr *mac,
		     unsigned flags);

/* nd_advert.c. false: malformed. */
bool nd_advertised(struct walk *w, const struct rte_mbuf *m);
bool nd_router_solicited(struct walk *w, const struct rte_mbuf *m);
bool nd_router_advertised(struct walk *w, const struct rte_mbuf *m);

/* nd_dad.c: is the message about an address of ours that is still asked for? Then it is settled. */
bool nd_claims_tentative(const struct walk *w, const struct rte_mbuf *m,
			 const struct ip_addr *target);

/*
 * nd_proxy.c: does the box answer for the target on the port? *router: as what it answers, if so.
 */
bool nd_proxied(uint16_t port, const struct ip_addr *target, bool *router);

/* nd_delay.c: sends the packet after a random time up to ms. Takes it. */
void nd_send_later(const struct walk *w, struct rte_mbuf *m, unsigned ms);
/* Traffic class of ND messages out of the port. */
uint8_t nd_traffic_class(unsigned port);
