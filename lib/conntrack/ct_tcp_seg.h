/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to ct_tcp*.c: a segment as it was read, and its check against the windows. */
#pragma once

#include <rte_tcp.h>

#include "ct_proto.h"
#include "ct_tcp.h"

/* What a segment is to the state machine; the numbers are kept in ct_tcp.last_index. */
enum ct_tcp_kind {
	CT_TCP_KIND_SYN,
	CT_TCP_KIND_SYNACK,
	CT_TCP_KIND_FIN,
	CT_TCP_KIND_ACK,
	CT_TCP_KIND_RST,
	CT_TCP_KIND_NONE,
	CT_TCP_KINDS,
};

struct ct_tcp_seg {
	const uint8_t *options;
	uint32_t seq, ack;  /* host byte order */
	uint32_t end;       /* one past the last sequence number it takes */
	uint16_t win;       /* as it stands in the header */
	uint8_t nb_options; /* bytes */
	uint8_t flags;      /* RTE_TCP_*_FLAG */
	uint8_t kind;
	uint8_t dir;
};

/* ECN's bits and PSH mean nothing here. */
#define CT_TCP_FLAGS                                                                 \
	(RTE_TCP_FIN_FLAG | RTE_TCP_SYN_FLAG | RTE_TCP_RST_FLAG | RTE_TCP_ACK_FLAG | \
	 RTE_TCP_URG_FLAG)

/* ct_proto.valid: the header is there as a whole, its flags can be. */
bool ct_tcp_valid(const struct rte_mbuf *m, bool check_sum);
/* th: the header, which is valid. */
void ct_tcp_read(struct ct_tcp_seg *s, const struct ct_pkt *p, const struct rte_tcp_hdr *th);

/* a is before b, on the circle of sequence numbers. */
static inline bool
ct_tcp_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool
ct_tcp_after(uint32_t a, uint32_t b)
{
	return ct_tcp_before(b, a);
}

/* How far an acknowledgement may lag behind what the other side has sent. */
static inline uint32_t
ct_tcp_ack_window(const struct ct_tcp_seen *sender)
{
	return RTE_MAX(sender->maxwin, 66000u);
}

/* An ACK that passed: how often was it repeated? */
static inline void
ct_tcp_count_repeated(struct ct_tcp *t, uint8_t dir, uint32_t seq, uint32_t ack, uint32_t end,
		      uint16_t win)
{
	if (unlikely(t->last_seq == seq && t->last_dir == dir && t->last_ack == ack &&
		     t->last_end == end && t->last_win == win)) {
		t->retrans++;
		return;
	}
	t->last_seq = seq;
	t->last_ack = ack;
	t->last_end = end;
	t->last_win = win;
	t->last_dir = dir;
	t->retrans = 0;
}

/* The SYN's options, if it has any, into *seen: scale and flags; its BE_LIBERAL stays. */
void ct_tcp_options(const struct ct_tcp_seg *s, struct ct_tcp_seen *seen);
/* The highest sequence number that a SACK option says has arrived; ack without one. */
uint32_t ct_tcp_sack(const struct ct_tcp_seg *s, uint32_t ack);

enum ct_tcp_fit {
	CT_TCP_FITS,
	CT_TCP_LATE, /* a duplicate, or a little too much: it passes but changes nothing */
	CT_TCP_OUTSIDE,
};

/* Under ct_lock(): does the segment fit the windows? They are moved on. liberal: all fit. */
enum ct_tcp_fit ct_tcp_window(struct ct *ct, const struct ct_tcp_seg *s, bool liberal);

/* The windows of a new connection by its first segment. */
void ct_tcp_window_start(struct ct *ct, const struct ct_tcp_seg *s);

/* The state after a segment of that kind, or one of the next two. */
#define CT_TCP_IGNORE 0xfe  /* it passes, the state stays: we may have missed something */
#define CT_TCP_INVALID 0xff /* it cannot be in this state */
uint8_t ct_tcp_next(enum ct_dir dir, enum ct_tcp_kind kind, uint8_t state);

/* A segment on its way through the state machine. */
struct ct_tcp_step {
	struct ct_pkt *p;
	struct ct_tcp *t;
	struct ct_tcp_seg s;
	uint8_t old, state; /* before it, and after it */
	bool ignore_invalid_rst;
};

enum ct_tcp_way {
	CT_TCP_WAY_WINDOW, /* if it fits the windows, it moves the state */
	CT_TCP_WAY_STATE,  /* it moves the state, whatever the windows are */
	CT_TCP_WAY_PASS,   /* it passes and changes nothing more */
	CT_TCP_WAY_INVALID,
	CT_TCP_WAY_REOPEN, /* the old connection is over, a new one begins */
};

/* Under ct_lock(), with old and the table's answer in state: may correct both. */
enum ct_tcp_way ct_tcp_way(struct ct_tcp_step *st);

/* Connections that are about to end. */
static inline bool
ct_tcp_ending(uint8_t state)
{
	return state >= CT_TCP_FIN_WAIT && state <= CT_TCP_CLOSE;
}
