/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's log, through rte_log (EAL's --log-level and syslog apply). Never from a worker's
 * packet path: count there, log from control.
 */
#pragma once

#include <rte_log.h>

extern int log_type;

/* level: ERR WARNING NOTICE INFO DEBUG. One line; the newline is added here. */
#define LOG(level, fmt, ...) rte_log(RTE_LOG_##level, log_type, "pollux: " fmt "\n", ##__VA_ARGS__)
