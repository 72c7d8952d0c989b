/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The box's own addresses, per port; part of the generation. Adding one makes its connected route,
 * its local route and (IPv4) its broadcast route, as Linux does. An IPv6 link-local address made
 * from the MAC comes and goes with the port.
 */
#pragma once

#include <stdbool.h>

#include "base_addr.h"
#include "base_err.h"
#include "base_gen.h"
#include "base_str.h"
#include "port.h"

struct addr {
	struct ip_prefix prefix;  /* address and prefix length */
	struct ip_addr broadcast; /* IPv4; AF_UNSPEC: none */
	struct ip_addr peer;      /* point to point; AF_UNSPEC: none. prefix.len is the peer's */
	uint16_t port;
	uint8_t scope; /* RT_SCOPE_* */
	bool secondary;
	struct ip_addr primary; /* IPv4: of the one it is second to; else its own. By addr_add() */
	bool no_route;          /* noprefixroute: without the connected route */
	bool no_dad;            /* IPv6: used at once */
	uint8_t dad;            /* enum addr_dad */
	bool deprecated;        /* its preferred time is over */
	uint32_t metric;        /* of the connected route; 0: the usual */
	/* Seconds from `since` (clock_ms()) on; ADDR_FOREVER, and 0 in valid, which means both. */
	uint32_t valid, preferred;
	uint64_t since;
	char label[PORT_NAME_MAX]; /* IPv4; "": the port's name */
};

#define ADDR_FOREVER UINT32_MAX
/* IPv6 duplicate address detection (addr_dad.h): only a usable address is the box's. */
enum addr_dad { ADDR_USABLE, ADDR_TENTATIVE, ADDR_DUPLICATE };

#define ADDR_MAX 4096 /* in all */

/* The start of the generation's address object: a Bloom filter of the own IPv4 addresses, one byte for each bit. */
struct addr_filter {
	uint8_t maybe[1024];
};

extern unsigned addr_slot; /* in struct gen */
extern const struct addr_filter addr_filter_none;

static inline unsigned
addr_filter_place(uint32_t addr_be)
{
	return (addr_be * 0x9e3779b1u) >> 22;
}

/* A filter for the fast path: false means surely not an own IPv4 address. */
static inline bool
addr_filter_maybe(const struct addr_filter *f, uint32_t addr_be)
{
	return f->maybe[addr_filter_place(addr_be)] != 0;
}

/* Any thread; once a burst. Never NULL. */
static inline const struct addr_filter *
addr_filter_get(const struct gen *gen)
{
	const struct addr_filter *f = gen->slot[addr_slot];

	return f != NULL ? f : &addr_filter_none;
}

static inline bool
addr_maybe_own4(const struct gen *gen, uint32_t addr_be)
{
	return addr_filter_maybe(addr_filter_get(gen), addr_be);
}

/* Workers and control: is it an address of the box (on any port)? */
bool addr_is_own(const struct gen *gen, const struct ip_addr *a);
/* IPv6 link-local ones count only on their own port. */
bool addr_is_own_on(const struct gen *gen, uint16_t port, const struct ip_addr *a);
/* Workers: is it an address of this very port? */
bool addr_is_of_port(const struct gen *gen, uint16_t port, const struct ip_addr *a);

/*
 * The source address for something the box sends out of port towards dst: IPv4 as Linux's
 * inet_select_addr() (primary address, same subnet first; another port's when this one has none),
 * IPv6 the rules of RFC 6724 that apply (scope, outgoing interface, longest match). AF_UNSPEC: the
 * box has none.
 */
struct ip_addr addr_select(const struct gen *gen, uint16_t port, const struct ip_addr *dst);
/* IPv4: the same among addresses of scope global, as what others are to reach. */
struct ip_addr addr_select4_global(const struct gen *gen, uint16_t port, const struct ip_addr *dst);
/*
 * The port's first usable address, in the order of `ip addr`, of like's family; IPv6: when like is not global, one of
 * its scope. AF_UNSPEC: none.
 */
struct ip_addr addr_first(const struct gen *gen, uint16_t port, const struct ip_addr *like);
/* Is it the anycast address of the routers (RFC 4291 2.6.1) of one of the port's IPv6 subnets? */
bool addr_is_anycast_of_port(const struct gen *gen, uint16_t port, const struct ip_addr *a);
/* Is it in one of the port's IPv6 subnets? */
bool addr_has_on_link6(const struct gen *gen, uint16_t port, const struct ip_addr *a);
/* The port's IPv6 link-local address; AF_UNSPEC: none. */
struct ip_addr addr_link_local(const struct gen *gen, uint16_t port);
/* Is the IPv6 group one that the box listens to on the port (all-nodes, all-routers, solicited)? */
bool addr_in_group6(const struct gen *gen, uint16_t port, const uint8_t group[16]);

/* Control lcore. The n-th address, in the order in which `ip addr` prints a port's; NULL: no more. */
const struct addr *addr_nth(const struct gen *gen, unsigned n);
/*
 * Control lcore: as `ip addr add|del` does. e's text is set where Linux has one. -EEXIST,
 * -EADDRNOTAVAIL, -EINVAL, -ENOSPC (ADDR_MAX), -ENOMEM. del: any_len takes the address of any
 * prefix length.
 */
int addr_add(const struct addr *a, struct err *e);
int addr_del(uint16_t port, const struct ip_prefix *p, bool any_len, struct err *e);
/* `ip addr change`: new lifetimes for an address that is there. -EADDRNOTAVAIL, -ENOMEM. */
int addr_set_lifetime(const struct addr *a, struct err *e);
/* Constructor time: fn is called for each address that was taken from a port, on the control lcore. */
void addr_on_removed(void (*fn)(const struct addr *a));
/* Control lcore, every 100 ms or so: addresses whose time is over. now: clock_ms(). */
void addr_timer(uint64_t now);
