/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the daemon share. Everything is for the main thread (the control lcore) unless
 * it says otherwise.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base_err.h"
#include "base_str.h"
#include "port.h"

struct app_options {
	const char *config; /* NULL: none */
	const char *socket;
	bool prompt;
	unsigned mbufs; /* 0: chosen from the number of lanes */
};

/* Every worker lcore becomes a lane; sockets are known afterwards. -E2BIG: more than LANE_MAX. */
int workers_lanes(struct err *e);
/* Starts the lanes' loops; they run until workers_stop(), which waits for them. */
int workers_start(struct err *e);
void workers_stop(void);

/* One lane's idle state; the lane's worker only. */
struct idle {
	unsigned lane;
	uint64_t busy_tsc; /* when a packet was last seen */
	uint64_t patience; /* TSC cycles to poll on after that */
	unsigned nap;      /* next sleep, us */
	uint64_t watched;  /* generation of whose queues are these; ~0: none */
	bool can_irq;
	unsigned nb_fds;
	struct pollfd fds[PORT_MAX]; /* of the queues' interrupts */
};
void idle_init(struct idle *i, unsigned lane);
/* After a round without packets; may sleep, offline for RCU meanwhile. */
void idle_round(struct idle *i, const struct gen *gen);
void idle_busy_again(struct idle *i);

/* Is somebody answering on that path? 0; -EADDRINUSE or another -errno with a text. */
int server_probe(const char *path, struct err *e);
/* A listening socket under that path, or -errno with a text. */
int server_listen(const char *path, int backlog, struct err *e);
/* Makes the socket; complete and connectable once the path exists. */
int server_open(const char *path, struct err *e);
void server_close(void);
#define SERVER_POLL_MAX 33
/* Fills pollfds for the socket and its clients; returns how many. */
unsigned server_poll(struct pollfd *fds);
/* What poll() said about them. */
void server_handle(const struct pollfd *fds, unsigned n);
/* In every round: more for those who follow something, or have not heard all. true: there is more to say. */
bool server_streams(void);
/* Every 100 ms: cuts off clients that neither read nor finish what they began. */
void server_tick(void);

/* The loop of the control lcore; returns when told to stop. */
void control_loop(bool prompt);
/* Before EAL: signals come by signalfd only, in no thread. */
int control_signals(struct err *e);
