/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The states of a TCP connection as a router sees them that may miss packets: what follows on which kind of
 * segment. Only the table; what it cannot say is in ct_tcp.c.
 */
#include "ct_tcp_seg.h"

enum {
	xx = CT_TCP_INVALID,
	ig = CT_TCP_IGNORE,
	SS = CT_TCP_SYN_SENT,
	SR = CT_TCP_SYN_RECV,
	ES = CT_TCP_ESTABLISHED,
	FW = CT_TCP_FIN_WAIT,
	CW = CT_TCP_CLOSE_WAIT,
	LA = CT_TCP_LAST_ACK,
	TW = CT_TCP_TIME_WAIT,
	CL = CT_TCP_CLOSE,
	S2 = CT_TCP_SYN_SENT2,
};

/* clang-format off */
static const uint8_t follows[CT_DIRS][CT_TCP_KINDS][CT_TCP_STATES] = {
	[CT_ORIGINAL] = {		/* none SS  SR  ES  FW  CW  LA  TW  CL  S2 */
		[CT_TCP_KIND_SYN] =	{ SS, SS, ig, ig, ig, ig, ig, SS, SS, S2 },
		[CT_TCP_KIND_SYNACK] =	{ xx, xx, SR, xx, xx, xx, xx, xx, xx, SR },
		[CT_TCP_KIND_FIN] =	{ xx, xx, FW, FW, LA, LA, LA, TW, CL, xx },
		[CT_TCP_KIND_ACK] =	{ ES, xx, ES, ES, CW, CW, TW, TW, CL, xx },
		[CT_TCP_KIND_RST] =	{ xx, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[CT_TCP_KIND_NONE] =	{ xx, xx, xx, xx, xx, xx, xx, xx, xx, xx },
	},
	[CT_REPLY] = {
		[CT_TCP_KIND_SYN] =	{ xx, S2, xx, xx, xx, xx, xx, SS, xx, S2 },
		[CT_TCP_KIND_SYNACK] =	{ xx, SR, ig, ig, ig, ig, ig, ig, ig, SR },
		[CT_TCP_KIND_FIN] =	{ xx, xx, FW, FW, LA, LA, LA, TW, CL, xx },
		[CT_TCP_KIND_ACK] =	{ xx, ig, SR, ES, CW, CW, TW, TW, CL, ig },
		[CT_TCP_KIND_RST] =	{ xx, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[CT_TCP_KIND_NONE] =	{ xx, xx, xx, xx, xx, xx, xx, xx, xx, xx },
	},
};
/* clang-format on */

uint8_t
ct_tcp_next(enum ct_dir dir, enum ct_tcp_kind kind, uint8_t state)
{
	return follows[dir][kind][state];
}
