/* SPDX-License-Identifier: BSD-3-Clause */
/* Worker threads for tests: each lane runs its rounds on an lcore of its own until told to stop. */
#pragma once

#include <stdbool.h>

/* After dp_setup() and the first commands. false: a thread does not start. */
bool dp_workers_start(void);
/* Waits until the lanes have received that many frames in all (bounded), then ends the threads. */
void dp_workers_stop(uint64_t received);
/* Frames that the ports have sent go; waits while more than many are unread (sanitizers are slow). */
void dp_workers_pace(unsigned many);
