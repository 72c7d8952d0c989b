/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads a frame that arrived: what it is, and where its parts are. Trusts nothing; looks at no byte beyond len. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum pg_kind {
	PG_OTHER,       /* nothing of ours, or malformed */
	PG_MARKED,      /* UDP, TCP or echo with our mark, complete */
	PG_SEGMENT,     /* any other TCP segment */
	PG_ICMP_ERROR,  /* unreachable, too big, time exceeded ... */
	PG_ARP_REQUEST, /* who has the IPv4 address at `target`? */
	PG_ARP_REPLY,
	PG_ND_SOLICIT, /* who has the IPv6 address at `target`? */
	PG_ND_ADVERT,
	PG_NB_KINDS
};

/* Offsets are from the frame's first byte. */
struct pg_seen {
	enum pg_kind kind;
	bool v6;
	uint8_t proto; /* IP's; of the last header, behind IPv6's extension headers none are read */
	uint16_t l4;   /* where L4 begins */
	uint16_t end;  /* behind the last byte that IP counts */
	uint16_t payload; /* behind L4's header; the mark is here */
	uint16_t target;  /* of ARP and discovery: the address asked for, or that answers */
	uint16_t mac;     /* of answers: the link-layer address, 0: none */
};

void pg_read(const uint8_t *p, uint32_t len, struct pg_seen *s);
/* Are the checksums of IPv4 and of L4 right? For PG_MARKED and PG_SEGMENT; a UDP sum of 0 over IPv4 is. */
bool pg_checksums_right(const uint8_t *p, const struct pg_seen *s);
