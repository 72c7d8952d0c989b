/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The RIB: every route of both families, several per prefix, of which the best is in the FIB.
 * Control lcore only. Changes gather in a batch and reach the workers in one swap at its end;
 * a batch that finds no memory is undone as a whole.
 */
#pragma once

#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "base_addr.h"
#include "base_err.h"

/* One path of several. */
struct route_hop {
	struct ip_addr gw; /* AF_UNSPEC: none */
	uint16_t port;
	uint16_t weight; /* 1..256 */
	bool onlink;
	uint32_t realm; /* 0: none; IPv4 only */
};

#define RIB_TABLES_MAX 4096
#define ROUTE_HOPS_MAX 256

struct route {
	struct ip_prefix dst; /* host bits zero */
	uint32_t metric;
	uint32_t table; /* RT_TABLE_* or any other number but 0 */
	uint16_t port;  /* 0: none (unreachable, prohibit, blackhole, throw) */
	uint16_t mtu;   /* 0: the port's */
	uint8_t type;   /* RTN_* */
	uint8_t proto;  /* RTPROT_* */
	uint8_t scope;  /* RT_SCOPE_* */
	bool onlink;
	bool mtu_lock;
	uint32_t realm;         /* 0: none; IPv4 only. Of several paths each has its own */
	struct ip_addr gw, src; /* AF_UNSPEC: none */
	/* Several paths: nb_hops > 1, and gw, port, onlink and realm are not used. The caller's array. */
	uint16_t nb_hops;
	struct route_hop *hops;
};

/* Which routes: each field counts only when its bit is set in mask. */
struct route_match {
	uint32_t mask;
	struct route r;
};
#define ROUTE_M_DST 0x001
#define ROUTE_M_METRIC 0x002
#define ROUTE_M_TABLE 0x004
#define ROUTE_M_PORT 0x008
#define ROUTE_M_TYPE 0x010
#define ROUTE_M_PROTO 0x020
#define ROUTE_M_SCOPE 0x040
#define ROUTE_M_GW 0x080
#define ROUTE_M_SRC 0x100
#define ROUTE_M_FAMILY 0x200 /* r.dst.addr.family alone */
#define ROUTE_M_REALM 0x400

/* Port, gateway and realm: those of the first path. r.hops in m: these paths. */
bool route_matches(const struct route *r, const struct route_match *m);
/* Path i, also of a route that has only one. */
struct route_hop route_hop_of(const struct route *r, unsigned i);

/* How route_add() treats routes of the same prefix and metric (NLM_F_*). */
#define ROUTE_CREATE 1   /* make it when there is none */
#define ROUTE_EXCL 2     /* -EEXIST when there is one */
#define ROUTE_REPLACE 4  /* takes the place of the first */
#define ROUTE_PREPEND 16 /* before them */
#define ROUTE_APPEND 8   /* after them; IPv6: one path more */

/*
 * As `ip route add|replace|change|append` does: checks, fills in the port and the scope, adds.
 * Negative errno; e's text is set where Linux has one (its extended acknowledgement), else empty.
 */
int route_add(struct route *r, unsigned flags, struct err *e);
/* Removes the first match. -ESRCH: none. */
int route_del(const struct route_match *m, struct err *e);
/* Removes all matches; returns how many. */
unsigned route_flush(const struct route_match *m, struct err *e);

/* Nest. end: 0, or -ENOMEM, -ENOSPC and everything since the outermost begin is undone. */
void route_batch_begin(void);
int route_batch_end(struct err *e);

/* In the order in which Linux prints a family's table; fn must not change routes. */
void route_walk(uint8_t family, uint32_t table, void (*fn)(const struct route *r, void *arg),
		void *arg);
/* The numbers of the tables that have routes, ascending, after `table`; 0: no more. */
uint32_t route_table_next(uint8_t family, uint32_t table);
unsigned route_count(uint8_t family);
bool route_table_exists(uint8_t family, uint32_t table); /* a rule or a route has named it */
/* Finds or makes the table: a rule may name it before it has routes. -ENOBUFS, -ENOMEM. */
int route_table_need(uint8_t family, uint32_t table, struct err *e);

/*
 * What tables local and main together say to a packet to dst (routes of scope >= scope, by port
 * unless 0); NULL.
 */
const struct route *route_lookup(const struct ip_addr *dst, uint8_t scope, uint16_t port);
/* The same in one table. */
const struct route *route_lookup_in(uint32_t table, const struct ip_addr *dst, uint8_t scope,
				    uint16_t port);

/*
 * For addresses and ports: adds without checks, keeps what is there; removes exactly one equal route.
 * Inside a batch.
 */
int route_put(const struct route *r, struct err *e);
void route_take(const struct route *r);
/*
 * All routes by the port; down: except those to the box's own addresses, and those with another path
 * that is up. family 0: both.
 */
void route_take_port(uint16_t port, uint8_t family, bool down);
/* After a port rose or fell: routes with several paths spread over those that are up. */
void route_follow_ports(void);
/* All routes that prefer src as their source. */
void route_take_src(const struct ip_addr *src);
/* route6_on_link() for the port: makes or drops its next hop. */
int route_link_set(uint16_t port, bool on, struct err *e);

/* Bytes in use, for `show memory`. Control lcore. */
struct route_memory {
	size_t rib;      /* every route, as the control lcore keeps it */
	size_t fib;      /* forwarding tables of both families, all tables */
	size_t nexthops; /* next hops and groups of them */
};
void route_memory(struct route_memory *m);
