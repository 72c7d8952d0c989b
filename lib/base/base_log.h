/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's log, through rte_log (EAL's --log-level applies), on standard error. Never from a
 * worker's packet path: count there, log from control.
 */
#pragma once

#include <stddef.h>

#include <rte_log.h>

extern int log_type;

/* level: ERR WARNING NOTICE INFO DEBUG. One line; the newline is added here. */
#define LOG(level, fmt, ...) rte_log(RTE_LOG_##level, log_type, "pollux: " fmt "\n", ##__VA_ARGS__)

/* Takes the log over before EAL starts: what drivers always say and nobody needs is left out. */
int log_open(void);
/*
 * What libraries and drivers complain of from log_listen() on: the first such line, without the name
 * of the C function; empty when there was none. Control lcore.
 */
void log_listen(void);
const char *log_heard(void);
