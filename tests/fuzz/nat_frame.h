/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames for fuzz_nat: made, answered, quoted, and compared, without the code that is tested. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "dp_frame.h"

enum sums { SUMS_WRONG, SUMS_RIGHT, SUMS_NONE };

#define FRAME_PAYLOAD 176u /* bytes at the end of a frame that are nobody's header */

/* The first packet of a connection, from text addresses; TTL 64. */
struct dp_frame frame_first(const char *src, const char *dst, uint8_t side, uint8_t proto,
			    uint16_t sport, uint16_t dport);
uint8_t *frame_payload(struct dp_frame *f);
/* Ethernet only, and a first byte of that family. */
struct dp_frame frame_empty(unsigned side, bool v6);
/* What a router has sent. */
void frame_of(struct dp_frame *f, const struct rte_mbuf *m);
/* It comes to the router by that port. */
void frame_comes_back(struct dp_frame *f, unsigned side);
unsigned frame_side(const struct dp_frame *f);
/* The router has taken one from its TTL. */
bool frame_forwarded(const struct dp_frame *f);

/* All checksums, also of what an ICMP error quotes. SUMS_NONE: cut short, a fragment, or no IP. */
enum sums frame_sums(const struct dp_frame *f);
/* Makes those right that are there, but for the quoted ones. */
void frame_sum(struct dp_frame *f);

/* Of whom it came to, to its sender, by that port of the router. */
struct dp_frame frame_answer(const struct dp_frame *to, unsigned side);
struct dp_frame frame_error(const struct dp_frame *about, unsigned side, uint8_t kind);
/* Has it the ends of an answer to f? Does it quote f? */
bool frame_answers(const struct dp_frame *got, const struct dp_frame *f);
bool frame_quotes(const struct dp_frame *got, const struct dp_frame *f);
