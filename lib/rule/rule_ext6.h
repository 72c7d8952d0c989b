/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv6 extension headers, for the matches that look into them. Offsets count from the IPv6 header.
 * Workers.
 */
#pragma once

#include "rule_ext.h"

/*
 * The first header of that type: its offset. -ENOENT: there is none (behind a later fragment's header
 * nothing is looked for). -EBADMSG: the chain is cut short before it; callers drop the packet.
 */
int rule_ext6_find(const struct rule_packet *rp, uint8_t type);
/*
 * What is behind all headers: its offset (maybe behind the packet's end), *proto what it is; of a later fragment
 * FRAGMENT, at that header. -EBADMSG: the chain is cut short, or nothing follows it ("no next header").
 */
int rule_ext6_skip(const struct rule_packet *rp, uint8_t *proto);
/* Bytes of the header at that offset by its own length field, as its type counts. */
unsigned rule_ext6_len(const struct rule_packet *rp, uint8_t type, unsigned offset);
/* The bytes at an offset, or NULL when the packet has fewer, or they are behind its first buffer. */
const uint8_t *rule_ext6_bytes(const struct rule_packet *rp, unsigned offset, unsigned len);
/* A header that others may follow (or "no next header"). */
bool rule_ext6_is(uint8_t type);

/*
 * What matches do first: the offset and len bytes of the first header of that type. Without it
 * false; a chain that is cut sets hotdrop.
 */
const uint8_t *rule_ext6_get(struct rule_packet *rp, uint8_t type, unsigned len, unsigned *offset);
