/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the workers share, and what each has for itself. The main thread sets all of it up, starts the workers and then only
 * moves the phase; it reads counters while they run (they may be a little old) and resets them only in the phase PG_IDLE, when
 * every worker has said that it is in it.
 *
 * Every worker sends by its queue of the tx port and receives from its queues of both ports. With --connections the first is
 * all the clients, and the others, if there are any, the servers.
 */
#pragma once

#include <stdio.h>

#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "pg_answer.h"
#include "pg_histogram.h"
#include "pg_options.h"
#include "pg_pace.h"
#include "pg_spread.h"
#include "pg_track.h"

#define PG_BURST 128 /* most packets in one call of a driver */
#define PG_WORKERS_MAX 32

enum pg_phase {
	PG_IDLE,  /* only answers to ARP and discovery */
	PG_SEND,  /* sends, receives, counts */
	PG_DRAIN, /* receives and counts what is under way */
	PG_QUIT
};

/* Packets unless it says otherwise. One writer, the worker. */
struct pg_counters {
	uint64_t sent, sent_bytes;         /* taken by the driver; bytes with FCS */
	uint64_t received, received_bytes; /* ours, at the rx port, of this run */
	uint64_t late, twice;
	uint64_t bad_checksum;                             /* of received, with --check */
	uint64_t turned;                                   /* sent back by the rx port */
	uint64_t returned;                                 /* ours, back at the tx port */
	uint64_t opened, established, accepted, completed; /* connections */
	uint64_t refused, timed_out, busy;
	uint64_t resets, answers; /* TCP at the tx port while flooding */
	uint64_t icmp_errors;
	uint64_t stale; /* ours, of an earlier run */
	uint64_t other; /* anything else */
	uint64_t asked; /* ARP and discovery that was answered */
	uint64_t tx_full,
		no_buffer;   /* rounds in which the driver took less; packets without a buffer */
	uint64_t reply_lost; /* replies that the driver did not take */
};

/* The main thread may read it meanwhile. */
static inline void
pg_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* A port in its role. */
struct pg_side {
	uint16_t port;
	const char *name;
	bool started;
	struct pg_host host;
};

struct pg_connection;

/* Packets that answer some, leaving by one port at the end of a round. */
struct pg_replies {
	unsigned nb;
	struct rte_mbuf *m[2 * PG_BURST];
};

struct pg_worker {
	struct pg_run *run;
	unsigned index, lcore;
	enum pg_phase phase;
	bool client, server; /* with --connections */
	uint16_t queue[2];   /* of run->side; PG_NO_QUEUE: has none there */
	struct pg_frame frame;
	struct pg_spread spread;
	struct pg_pace pace;
	uint64_t left; /* packets or connections still to be sent */
	unsigned size_turn;
	unsigned nb_pending; /* built, and not yet taken by the driver */
	struct rte_mbuf *pending[PG_BURST];
	struct pg_replies replies;
	uint64_t last_sent; /* TSC */
	struct pg_counters count;
	struct pg_histogram latency; /* TSC cycles; to the rx port, or of handshakes */
	struct pg_histogram back;    /* there and back, or of whole connections */
	enum pg_phase said; /* the phase it is in; written by it, read by the main thread */
} __rte_cache_aligned;

#define PG_NO_QUEUE UINT16_MAX

struct pg_run {
	const struct pg_options *o;
	FILE *report;           /* standard output, unless JSON goes there */
	struct pg_side side[2]; /* tx, rx; with one port both are the same */
	unsigned nb_sides;      /* 1 when they are */
	struct pg_frame frame;
	struct rte_mempool *pool;
	unsigned nb_workers;
	struct pg_worker *worker;
	uint32_t *seq;          /* next number, by flow; its sender's */
	struct pg_track *track; /* by flow; written by the worker whose queue it arrives at */
	struct pg_connection *connection; /* by flow; the client's */
	uint64_t timeout;                 /* TSC cycles */
	double pps;                       /* of all workers; 0: no limit */
	uint64_t left;                    /* packets or connections of this run; 0: no limit */
	uint8_t id;                       /* in the marks */
	enum pg_phase phase;              /* moved by the main thread */
};

/* The worker's loop; returns in PG_QUIT. arg: its struct pg_worker. */
int pg_worker_main(void *arg);

/* One round of sending; packets that left. */
unsigned pg_send(struct pg_worker *w);
/* One round of receiving; packets that came. */
unsigned pg_receive(struct pg_worker *w);
/* An empty buffer of len bytes for a packet of the worker's own; NULL and counted when there is none. */
struct rte_mbuf *pg_buffer(struct pg_worker *w, uint16_t len);
