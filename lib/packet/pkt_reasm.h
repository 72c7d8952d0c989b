/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments put together, as Linux does it. Not rte_ip_frag: that takes 8 fragments a datagram (45 make the
 * largest), does not see overlaps (RFC 5722: the datagram must go), keeps a table per lane (later fragments
 * may come by another queue than the first) and forgets silently (RFC 792: time exceeded).
 *
 * One table for the box under one spinlock; any lane. What waits is bounded by memory per family
 * (net.ipv4.ipfrag_high_thresh, net.ipv6.ip6frag_high_thresh) and by the number of datagrams; a fragment for
 * which there is no room is dropped. All drops are counted here, for the lane of the caller.
 */
#pragma once

#include <stdbool.h>

#include "base_err.h"
#include "pkt.h"

/*
 * Who asks: the same fragments may wait once for each. Tracking knows fragments by where they pass; zones do not
 * count, as none is given before raw.
 */
enum pkt_reasm_user {
	PKT_REASM_LOCAL,    /* for the box */
	PKT_REASM_TRACK_IN, /* PREROUTING */
	PKT_REASM_TRACK_OUT /* OUTPUT */
};

/* Where a fragment lies; its data is what follows hlen IP bytes. Offsets in bytes. */
struct pkt_piece {
	uint32_t offset; /* in the datagram's fragmented part */
	uint32_t id;     /* any byte order */
	uint32_t hlen;   /* IP bytes in front of the data; IPv6: the fragment header is their end */
	uint16_t nexthdr_off; /* IPv6: of the byte that names the fragment header, from l3 */
	bool more;            /* not the last */
};

/* Control lcore, at start. 0 or -ENOMEM. */
int pkt_reasm_init(struct err *e);

/* Of an IPv4 fragment; of an IPv6 one whose fragment header is off bytes behind l3, named by the byte at named. */
struct pkt_piece pkt_piece4(const struct rte_mbuf *m);
struct pkt_piece pkt_piece6(const struct rte_mbuf *m, uint32_t off, uint16_t named);
/* IPv6 first fragment without all headers up to that of the upper layer (RFC 8200 4.5). m: parsed. */
bool pkt_piece6_lacks_headers(const struct rte_mbuf *m);

/*
 * Takes the fragment. Returns the datagram when this was what it waited for, else NULL. IPv6: struct pkt's l4 and
 * ip6_nexthdr_off say where what followed the fragment headers begins and which byte names it. Tracking's have
 * struct pkt's frag_max, and leave by pkt_frag.h as what they came as.
 */
struct rte_mbuf *pkt_reasm(unsigned lane, uint64_t now, enum pkt_reasm_user user,
			   const struct pkt_piece *piece, struct rte_mbuf *m);
/* Drops what waits of the fragment's datagram; the fragment itself stays the caller's. */
void pkt_reasm_cancel(unsigned lane, enum pkt_reasm_user user, const struct pkt_piece *piece,
		      const struct rte_mbuf *m);

/* Whether one more fragment of the family may wait. */
bool pkt_reasm_room(enum pkt_reasm_user user, uint8_t family);

/* By lane: tracking made datagrams that have frag_max. The walk takes it back when they are gone. */
struct pkt_reasm_lane {
	bool made;
} __rte_cache_aligned;
extern struct pkt_reasm_lane pkt_reasm_lanes[];

/* Whether pkt_reasm_expire() has something to do; cheap. now: clock_ms(). */
bool pkt_reasm_due(uint64_t now);
/* The first fragment of a datagram whose time is over. */
struct pkt_reasm_expired {
	struct rte_mbuf *first; /* NULL: it never came */
	enum pkt_reasm_user user;
};
/*
 * Drops one datagram whose time is over. true: there was one; its first fragment is the caller's to report and
 * to drop by pkt_reasm_drop_expired().
 */
bool pkt_reasm_expire(unsigned lane, uint64_t now, struct pkt_reasm_expired *e);
void pkt_reasm_drop_expired(unsigned lane, struct rte_mbuf *first);

struct pkt_reasm_stats {
	uint64_t waiting;   /* fragments, now */
	uint64_t datagrams; /* they belong to, now */
	uint64_t absorbed;  /* since start: N fragments that became one datagram count N - 1 */
	uint64_t bytes;     /* of memory the waiting ones use, as the thresholds count it */
};
struct pkt_reasm_stats pkt_reasm_stats(void);
