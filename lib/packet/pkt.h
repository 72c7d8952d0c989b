/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What we know about a packet: one cache line in the mbuf's private area, filled by pkt_parse(),
 * read by everybody, written further by routing (nh, out) and by targets (mark).
 * The Ethernet header is at the start of the data. Frames on the wire are one segment. A datagram put
 * together from fragments, and an answer too long for one, may be a chain: its first segment is full, so
 * that it holds all headers but absurd ones; only what is written for chains looks behind it.
 * Owned by whoever owns the mbuf.
 */
#pragma once

#include <netinet/in.h>
#include <netinet/ip6.h>
#include <sys/socket.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#define PKT_BURST 64 /* most packets in a burst, everywhere */

/* pkt.flags */
#define PKT_FRAG 0x0001        /* is a fragment (first or later) */
#define PKT_FRAG_LATER 0x0002  /* fragment with an offset: no L4 header */
#define PKT_L4 0x0004          /* l4 points at L4 bytes, sport/dport or type/code are valid */
#define PKT_OPTIONS 0x0008     /* IPv4 options, or IPv6 hop-by-hop header */
#define PKT_L2_BCAST 0x0010    /* Ethernet destination is broadcast */
#define PKT_L2_MCAST 0x0020    /* Ethernet destination is multicast */
#define PKT_ORIGINATED 0x0040  /* made by the box itself (its MAC header is not set yet) */
#define PKT_EXT_BAD 0x0080     /* IPv6: the chain of extension headers is cut short */
#define PKT_ROUTED 0x0100      /* nh and out are set */
#define PKT_L3_MULTI 0x0200    /* IP destination is broadcast or multicast */
#define PKT_L3_ANYCAST 0x0400  /* IPv6 destination is the routers' anycast address of a subnet */
#define PKT_REASSEMBLED 0x0800 /* put together from fragments, or was an atomic one (RFC 6946) */
#define PKT_NAT_AHEAD 0x1000   /* made about a packet whose connection nat had not yet dealt with */
#define PKT_TRACE 0x4000       /* -j TRACE: the log tells which rules it meets */
#define PKT_COPY 0x2000        /* a rule's copy of a packet: via is set, and it is copied no more */

struct neigh;

struct pkt {
	uint8_t family;    /* AF_INET, AF_INET6; 0 for ARP and the rest */
	uint8_t proto;     /* L4 protocol (IPv6: behind the extension headers) */
	uint16_t flags;    /* PKT_* */
	uint16_t l3;       /* offset of the IP header in the data */
	uint16_t l4;       /* offset of the L4 header; of the payload of a later fragment */
	uint16_t frag_off; /* bytes; 0 unless PKT_FRAG_LATER */
	uint16_t in;       /* port index it came in by; 0: none (originated) */
	uint16_t out;      /* port index it leaves by; 0: not routed yet, or for the box */
	uint16_t sport;    /* L4, network byte order: TCP, UDP, UDP-Lite, SCTP, DCCP; else 0 */
	uint16_t dport;    /* ICMP and ICMPv6: type and code as the two bytes in the header */
	uint16_t
		ip6_nexthdr_off; /* IPv6: offset of the "next header" byte that names proto, from l3 */
	uint32_t len; /* IP total length, header included; frames are trimmed to l3 + len */
	uint32_t mark;
	uint32_t nh;       /* next hop id, see route_nexthop.h */
	uint8_t entry;     /* enum pkt_entry: where a packet handed to another lane goes on */
	uint8_t burst_pos; /* 1 + twice the place in the received burst; answers inherit it */
	uint8_t twin;      /* the host sent it: index of the twin it came by; else 0 */
	uint8_t options;   /* IPv4 options: what is left to do, see options4.h */
	uint8_t record; /* 1 + its place among the lane's records, rule_record.h; 0: nothing is noted */
	uint64_t ct;       /* connection and how the packet relates to it, see ct.h; 0: none */
	uint32_t class;    /* CLASSIFY's class, major << 16 | minor; 0: none */
	uint16_t secmark;  /* SECMARK's label, see there; 0: none */
	uint16_t frag_max; /* put together from fragments: the longest one; see ct_defrag.h */
	union {
		uint64_t
			found; /* PREROUTING: what the table said of its tuple, ct_look_up(); 0: not asked */
		struct neigh *
			via; /* PKT_COPY: goes to this neighbour, whatever its destination; NULL: as others */
	};
} __rte_cache_aligned;

_Static_assert(sizeof(struct pkt) == RTE_CACHE_LINE_SIZE, "one cache line");

/* Where the walk of a packet that was handed over goes on. */
enum pkt_entry {
	PKT_ENTRY_LOCAL_OUT, /* made by the box: route, OUTPUT, POSTROUTING */
	PKT_ENTRY_XMIT,      /* complete frame: transmit on port `out` */
	PKT_ENTRY_WAITED,    /* the same, after it was parked */
	PKT_ENTRY_UNREACH,   /* its next hop did not answer: host unreachable to its source */
};

/* To the machine's byte order and back; unlike rte_be_to_cpu_16() the compiler sees what it does. */
static inline uint16_t
pkt_host16(uint16_t be)
{
	return RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN ? __builtin_bswap16(be) : be;
}

static inline struct pkt *
pkt(struct rte_mbuf *m)
{
	return (struct pkt *)rte_mbuf_to_priv(m);
}

static inline const struct pkt *
pkt_const(const struct rte_mbuf *m)
{
	return (const struct pkt *)(m + 1);
}

static inline struct rte_ether_hdr *
pkt_eth(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
}

static inline struct rte_ipv4_hdr *
pkt_ip4(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, pkt_const(m)->l3);
}

static inline struct ip6_hdr *
pkt_ip6(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(m, struct ip6_hdr *, pkt_const(m)->l3);
}

/* L4 bytes that are really there, whatever the headers say; 0 without PKT_L4. */
static inline uint32_t
pkt_l4_len(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);

	return p->flags & PKT_L4 ? p->l3 + p->len - p->l4 : 0;
}

/* Those of them that pkt_l4() reaches: the ones in the first segment. */
static inline uint32_t
pkt_l4_here(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);

	return p->flags & PKT_L4 && m->data_len > p->l4 ? m->data_len - p->l4 : 0;
}

static inline void *
pkt_l4(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(m, void *, pkt_const(m)->l4);
}
