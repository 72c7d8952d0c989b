/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 options (RFC 791, RFC 1812 4.2.2.6 and 5.2.4), as Linux treats them: read and partly filled in
 * when the packet is routed, filled in for good behind FORWARD, and turned round in what the box
 * answers. Workers only, on packets with PKT_OPTIONS; without it nothing here is called.
 */
#pragma once

#include "walk.h"

#define OPTIONS4_MAX 40    /* bytes of options in a header */
#define OPTIONS4_CIPSO 134 /* FIPS-188 */

/* pkt.options: what is left to do, since the options were read. */
#define OPTIONS4_RR 0x01      /* our address belongs into the recorded route */
#define OPTIONS4_TS_ADDR 0x02 /* the same for the timestamps */
#define OPTIONS4_TS_TIME 0x04 /* a time was due: an answer gets one too */
#define OPTIONS4_SRR_HIT \
	0x08 /* it follows its source route: the next address becomes its destination */
#define OPTIONS4_STRICT 0x10  /* the source route is a strict one */
#define OPTIONS4_SRR 0x40     /* has a source route, which may be another station's affair */
#define OPTIONS4_CHANGED 0x20 /* the header's checksum is to be made anew */

/* Offsets from the IP header; 0: not there. */
struct options4 {
	uint8_t rr, ts, srr, cipso;
};

/*
 * Finds the options that end before offset `upto`, in a header that may be malformed from there on; a
 * CIPSO label that starts before it.
 */
void options4_find(const struct rte_ipv4_hdr *ip, unsigned upto, struct options4 *o);

/*
 * options4.c: after routing (nh is set). Fills in and remembers in pkt.options. false: the packet is
 * dropped, with an ICMP error where Linux sends one. A source route may have given it a new next hop.
 */
bool options4_receive(struct walk *w, struct rte_mbuf *m);
/* options4_route.c: follows a source route; part of options4_receive(). */
bool options4_source_route(struct walk *w, struct rte_mbuf *m, unsigned srr);
/* options4_route.c: behind FORWARD. */
void options4_forward(struct walk *w, struct rte_mbuf *m);

/* options4_echo.c: the options of an answer. */
struct options4_echo {
	uint8_t len; /* a multiple of 4; 0: none */
	uint8_t data[OPTIONS4_MAX];
	uint32_t to;    /* network order: with `final`: first hop of the reversed source route */
	uint8_t rr, ts; /* where the sender's address belongs, offset in data; 0: nowhere */
	uint8_t time;   /* where the time belongs, offset in data; 0: nowhere */
	uint8_t final;  /* where the final destination belongs, offset in data; 0: nowhere */
};
/* From the options of `about` that end before `upto`. false: they cannot be answered. */
bool options4_echo_make(const struct hook_ctx *ctx, const struct rte_mbuf *about, unsigned upto,
			struct options4_echo *e);
/* Puts them into the answer, complete but for them. */
void options4_echo_put(struct rte_mbuf *answer, const struct options4_echo *e);

/* The address of the box that a packet to this peer would be sent from; 0: none. Network order. */
uint32_t options4_address_towards(const struct gen *gen, uint16_t port, uint32_t peer);
