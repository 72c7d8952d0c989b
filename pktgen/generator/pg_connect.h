/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP connections, from SYN to the last ACK, to measure how many a second can be made. Clients keep 16 bytes a flow: a flow
 * has one connection at a time, so that --flows is also how many are open at most. Servers keep nothing: what they answer
 * follows from the segment that came.
 *
 *	client            server
 *	SYN         ->
 *	            <-   SYN ACK       set up: the latency that is reported
 *	ACK         ->
 *	[request    ->
 *	            <-   response]     --data
 *	FIN ACK     ->
 *	            <-   FIN ACK
 *	ACK         ->                 complete
 */
#pragma once

#include "pg_run.h"

#define PG_CONNECT_SEQ_BITS 11 /* of a sequence number, for what is sent; the flow is above them */
#define PG_CONNECT_MAX (1u << (32 - PG_CONNECT_SEQ_BITS))
#define PG_CONNECT_DATA_MAX 1400

enum pg_connect_state { PG_CLOSED, PG_SYN_SENT, PG_REQUEST_SENT, PG_FIN_SENT };

struct pg_connection {
	uint64_t begun; /* TSC */
	enum pg_connect_state state;
};

/* Begins what is due; how many. The client's worker. */
unsigned pg_connect_begin(struct pg_worker *w, uint64_t now);
/* A segment came in by that side: replies go to w->replies, which leave by the same side. */
void pg_connect_arrived(struct pg_worker *w, unsigned side, uint8_t *p, const struct pg_seen *s,
			uint64_t now);
