/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to ct_sctp*.c: states, chunk types, and what follows on what. */
#pragma once

#include "ct.h"

/* ct.state, with the numbers of Linux's enum sctp_conntrack. */
enum sctp_state {
	NONE,
	CLOSED,
	COOKIE_WAIT,
	COOKIE_ECHOED,
	ESTABLISHED,
	SHUTDOWN_SENT,
	SHUTDOWN_RECD,
	SHUTDOWN_ACK_SENT,
	HEARTBEAT_SENT,
	STATES,
	INVALID = STATES,
};

/* Chunk types; those up to LAST move the state. */
enum {
	DATA,
	INIT,
	INIT_ACK,
	SACK,
	HEARTBEAT,
	HEARTBEAT_ACK,
	ABORT,
	SHUTDOWN,
	SHUTDOWN_ACK,
	ERROR,
	COOKIE_ECHO,
	COOKIE_ACK,
	SHUTDOWN_COMPLETE = 14,
	LAST = SHUTDOWN_COMPLETE,
};

#define BIT(type) (1u << (type))

/* The state after a chunk of that type; INVALID: it cannot come in this one. */
uint8_t sctp_next(enum ct_dir dir, uint8_t type, uint8_t state);
