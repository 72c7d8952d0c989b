/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP connections: their states and what is known of each direction. */
#pragma once

#include "ct.h"

/* ct.state, with the numbers of Linux's enum tcp_conntrack. */
enum ct_tcp_state {
	CT_TCP_NONE,
	CT_TCP_SYN_SENT,
	CT_TCP_SYN_RECV,
	CT_TCP_ESTABLISHED,
	CT_TCP_FIN_WAIT,
	CT_TCP_CLOSE_WAIT,
	CT_TCP_LAST_ACK,
	CT_TCP_TIME_WAIT,
	CT_TCP_CLOSE,
	CT_TCP_SYN_SENT2, /* both have sent a SYN */
	CT_TCP_STATES,
};

/* ct_tcp_seen.flags and ct_tcp.last_flags, with the values of Linux's IP_CT_TCP_FLAG_*. */
#define CT_TCP_WINDOW_SCALE 0x01
#define CT_TCP_SACK_PERM 0x02
#define CT_TCP_CLOSE_INIT 0x04 /* sent the first FIN */
#define CT_TCP_BE_LIBERAL 0x08 /* joined midway: the scale is not known, windows do not count */
#define CT_TCP_UNACKED 0x10    /* sent data that was not acknowledged yet */
#define CT_TCP_MAXACK 0x20     /* maxack is known */
#define CT_TCP_CHALLENGE 0x40  /* last_flags only: the answer may be a challenge ACK (RFC 5961) */
#define CT_TCP_BOTH_OPEN 0x80  /* last_flags only: simultaneous open */

/*
 * Any thread, a TCP entry: packets were not seen for some time (tracking was off). An established
 * connection takes its windows from the next packets instead of calling them INVALID.
 */
void ct_tcp_forget_window(struct ct *ct);

/* Workers, any entry: the box resets the connection in the name of its other end. It is closed then. */
void ct_tcp_reject(unsigned lane, struct ct *ct, uint32_t now);
