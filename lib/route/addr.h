/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The box's own addresses, per port; part of the generation. Adding one makes its connected route,
 * its local route and (IPv4) its broadcast routes, as Linux does.
 */
#pragma once

#include <stdbool.h>

#include "base_addr.h"
#include "base_err.h"
#include "base_gen.h"
#include "base_str.h"

struct addr {
	struct ip_prefix prefix; /* address and prefix length */
	struct ip_addr broadcast; /* IPv4; AF_UNSPEC: none */
	uint16_t port;
	uint8_t scope; /* RT_SCOPE_* */
	bool secondary;
};

/* Workers and control: is it an address of the box (on any port)? */
bool addr_is_own(const struct gen *gen, const struct ip_addr *a);
/* IPv6 link-local ones count only on their own port. */
bool addr_is_own_on(const struct gen *gen, uint16_t port, const struct ip_addr *a);
/* A filter for the fast path: false means surely not an own IPv4 address. */
bool addr_maybe_own4(const struct gen *gen, uint32_t addr_be);

/*
 * The source address for something the box sends out of port towards dst: IPv4 as Linux's
 * inet_select_addr() (primary address, same subnet first), IPv6 the rules of RFC 6724 that apply
 * (scope, then longest match). AF_UNSPEC: the box has none.
 */
struct ip_addr addr_select(const struct gen *gen, uint16_t port, const struct ip_addr *dst);
/* The port's IPv6 link-local address; AF_UNSPEC: none. */
struct ip_addr addr_link_local(const struct gen *gen, uint16_t port);
/* Is the IPv6 group one that the box listens to on the port (all-nodes, all-routers, solicited)? */
bool addr_in_group6(const struct gen *gen, uint16_t port, const uint8_t group[16]);
