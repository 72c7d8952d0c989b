/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/queue: records as text, in the kernel's words. Pure; reads nothing behind what the
 * record captured, whatever the headers say.
 */
#pragma once

#include "queue_record.h"

/* What Linux lets such a line have (its buffer of 1,019 bytes also holds the level and the end). */
#define QUEUE_TEXT_MAX 1016

struct queue_text {
	unsigned len;
	char text[QUEUE_TEXT_MAX + 1];
};

/* Cuts at QUEUE_TEXT_MAX, and what follows the first cut is left out. */
void queue_text_add(struct queue_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void queue_text_hex(struct queue_text *t, const uint8_t *bytes, unsigned n, const char *each);

/* A packet's bytes: len of them are in the packet, have of them here. */
struct queue_view {
	const uint8_t *data;
	uint32_t have, len;
	uint8_t flags; /* QUEUE_LOG_* */
	uint32_t mark;
};

/* n bytes from offset on, or NULL when they are not all there. */
static inline const uint8_t *
queue_at(const struct queue_view *v, uint64_t offset, unsigned n)
{
	return offset + n <= v->have && offset + n <= v->len ? v->data + offset : NULL;
}

static inline uint16_t
queue_get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static inline uint32_t
queue_get32(const uint8_t *at)
{
	return (uint32_t)queue_get16(at) << 16 | queue_get16(at + 2);
}

/* "INCOMPLETE [N bytes] ": the packet ends N bytes behind offset. */
void queue_line_incomplete(struct queue_text *t, const struct queue_view *v, uint64_t offset);
/* The L4 header of either family at offset. false: it was cut short, and the line ends there. */
bool queue_line_tcp(struct queue_text *t, const struct queue_view *v, uint64_t offset, bool later);
bool queue_line_udp(struct queue_text *t, const struct queue_view *v, uint64_t offset, bool later,
		    const char *name);
/* The IP packet at offset; inside an ICMP error it is 'inner'. */
void queue_line_ip4(struct queue_text *t, const struct queue_view *v, uint32_t offset, bool inner);
void queue_line_ip6(struct queue_text *t, const struct queue_view *v, uint32_t offset, bool inner);

/* QUEUE_RULE: the line. */
void queue_line_rule(struct queue_text *t, const struct queue_record *r);
/* QUEUE_AUDIT: the line of the record with that number, made so many microseconds after 1970. */
void queue_line_audit(struct queue_text *t, const struct queue_record *r, uint64_t date,
		      uint64_t number);
/* QUEUE_MARTIAN_*: the message, and its second line (empty: none). */
void queue_line_martian(struct queue_text *t, struct queue_text *second,
			const struct queue_record *r);
