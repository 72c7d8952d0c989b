/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets the box makes. Each function takes an empty mbuf of pkt_alloc() and fills it and its
 * struct pkt: IP packets from l3 on (the Ethernet header is room only), ARP as whole frames.
 * Checksums are complete. Addresses in network byte order. Pure; any lane.
 */
#pragma once

#include <stdbool.h>

#include "base_addr.h"
#include "pkt.h"

/* Linux quotes at most so much of the packet that an ICMP / ICMPv6 error is about. */
#define PKT_ICMP4_ERROR_MAX 576
#define PKT_ICMP6_ERROR_MAX 1280

struct pkt_icmp_error {
	uint8_t type, code;
	uint8_t tos;     /* of the error itself */
	uint8_t ttl;     /* TTL or hop limit of the error itself */
	uint8_t options; /* bytes that IPv4 options will be put in: so much less is quoted */
	uint32_t info;   /* second word of the ICMP header, host order */
};

/* about is quoted from its IP header on. saddr: 4 or 16 bytes by about's family. */
void pkt_build_icmp_error(struct rte_mbuf *m, const struct rte_mbuf *about, const void *saddr,
			  const struct pkt_icmp_error *e);
/*
 * The TCP reset that answers `about` (RFC 9293 3.10.7.1; Linux: the default TTL, DF, ID 0, window
 * 0). false: none is due (about is a reset, or is cut short).
 */
bool pkt_build_tcp_reset(struct rte_mbuf *m, const struct rte_mbuf *about);

/*
 * What the box's own packets start with: net.ipv4.ip_default_ttl; for IPv6 0, which stands for what
 * the port they leave by says. Any lane.
 */
uint8_t pkt_default_ttl(uint8_t family);

/* ARP frames. target_mac NULL: broadcast. op: RTE_ARP_OP_REQUEST or _REPLY. */
struct pkt_arp {
	uint16_t op;
	const struct rte_ether_addr *sha, *tha; /* tha NULL: zero */
	uint32_t sip, tip;
	const struct rte_ether_addr *eth_dst;
};
void pkt_build_arp(struct rte_mbuf *m, const struct pkt_arp *a);

/*
 * Neighbour solicitation or advertisement (RFC 4861 4.3, 4.4) as an IPv6 packet from l3 on. mac: for
 * the link-layer address option, NULL: no option.
 */
struct pkt_nd {
	const struct rte_ether_addr *mac;
	const uint8_t *src, *dst, *target; /* 16 bytes each */
	const uint8_t
		*nonce; /* solicitation: 6 bytes of the nonce option (RFC 3971 5.3.2); or NULL */
	uint8_t tos;
	uint32_t flags; /* advertisement: ND_NA_FLAG_*, network byte order */
};
/*
 * A redirect (RFC 4861 4.5) to the sender of about: for its destination, target is nearer. mac: of
 * target, NULL: no option. Quotes of about what the minimum MTU leaves room for.
 */
struct pkt_redirect {
	const struct rte_mbuf *about;
	const struct rte_ether_addr *mac;
	const uint8_t *src, *target; /* 16 bytes each */
	uint8_t tos;
};
void pkt_build_redirect(struct rte_mbuf *m, const struct pkt_redirect *r);
void pkt_build_ns(struct rte_mbuf *m, const struct pkt_nd *nd);
void pkt_build_na(struct rte_mbuf *m, const struct pkt_nd *nd);
