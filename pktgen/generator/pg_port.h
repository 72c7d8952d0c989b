/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ports that are used: found, configured with a queue for each worker, started. Main thread.
 */
#pragma once

#include "pg_run.h"

/* Finds the ports of the options: run->side, run->nb_sides. 0 or -errno with a text. */
int pg_ports_find(struct pg_run *r, struct err *e);
/*
 * Makes the pool, configures and starts the ports with as many queues as there are workers (queues of run->worker are set),
 * and waits for their links. 0 or -errno with a text.
 */
int pg_ports_start(struct pg_run *r, struct err *e);
/* Stops and closes them. */
void pg_ports_close(struct pg_run *r);
/* Packets a second that the tx port's link has room for; 0: its speed is not known. */
double pg_ports_line_rate(const struct pg_run *r);
