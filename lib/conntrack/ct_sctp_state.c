/* SPDX-License-Identifier: BSD-3-Clause */
/* The states of a path of an SCTP association, as a router sees them: what follows on which chunk. */
#include "ct_sctp_state.h"

enum {
	xx = INVALID,
	CL = CLOSED,
	CW = COOKIE_WAIT,
	CE = COOKIE_ECHOED,
	ES = ESTABLISHED,
	SS = SHUTDOWN_SENT,
	SR = SHUTDOWN_RECD,
	SA = SHUTDOWN_ACK_SENT,
	HS = HEARTBEAT_SENT,
};

/* clang-format off */
static const uint8_t follows[CT_DIRS][LAST + 1][STATES] = {
	[CT_ORIGINAL] = {		/* none CL  CW  CE  ES  SS  SR  SA  HS */
		[INIT] =		{ CL, CL, CW, CE, ES, CL, CL, SA, CW },
		[INIT_ACK] =		{ CL, CL, CW, CE, ES, SS, SR, SA, CL },
		[ABORT] =		{ CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[SHUTDOWN] =		{ CL, CL, CW, CE, SS, SS, SR, SA, CL },
		[SHUTDOWN_ACK] =	{ SA, CL, CW, CE, ES, SA, SA, SA, SA },
		[ERROR] =		{ CL, CL, CW, CE, ES, SS, SR, SA, CL },
		[COOKIE_ECHO] =		{ CL, CL, CE, CE, ES, SS, SR, SA, CL },
		[COOKIE_ACK] =		{ CL, CL, CW, ES, ES, SS, SR, SA, CL },
		[SHUTDOWN_COMPLETE] =	{ CL, CL, CW, CE, ES, SS, SR, CL, CL },
		[HEARTBEAT] =		{ HS, CL, CW, CE, ES, SS, SR, SA, HS },
		[HEARTBEAT_ACK] =	{ CL, CL, CW, CE, ES, SS, SR, SA, HS },
	},
	[CT_REPLY] = {
		[INIT] =		{ xx, CL, CW, CE, ES, SS, SR, SA, xx },
		[INIT_ACK] =		{ xx, CW, CW, CE, ES, SS, SR, SA, xx },
		[ABORT] =		{ xx, CL, CL, CL, CL, CL, CL, CL, xx },
		[SHUTDOWN] =		{ xx, CL, CW, CE, SR, SS, SR, SA, xx },
		[SHUTDOWN_ACK] =	{ xx, CL, CW, CE, ES, SA, SA, SA, xx },
		[ERROR] =		{ xx, CL, CW, CL, ES, SS, SR, SA, xx },
		[COOKIE_ECHO] =		{ xx, CL, CE, CE, ES, SS, SR, SA, xx },
		[COOKIE_ACK] =		{ xx, CL, CW, ES, ES, SS, SR, SA, xx },
		[SHUTDOWN_COMPLETE] =	{ xx, CL, CW, CE, ES, SS, SR, CL, xx },
		[HEARTBEAT] =		{ xx, CL, CW, CE, ES, SS, SR, SA, HS },
		[HEARTBEAT_ACK] =	{ xx, CL, CW, CE, ES, SS, SR, SA, ES },
	},
};
/* clang-format on */

uint8_t
sctp_next(enum ct_dir dir, uint8_t type, uint8_t state)
{
	const uint32_t moves = BIT(INIT) | BIT(INIT_ACK) | BIT(HEARTBEAT) | BIT(HEARTBEAT_ACK) |
			       BIT(ABORT) | BIT(SHUTDOWN) | BIT(SHUTDOWN_ACK) | BIT(ERROR) |
			       BIT(COOKIE_ECHO) | BIT(COOKIE_ACK) | BIT(SHUTDOWN_COMPLETE);

	return type <= LAST && moves & BIT(type) ? follows[dir][type][state] : state;
}
