/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log of translated connections, for those who have to know later who used an address: a line when one begins and
 * one when it ends, with addresses and ports of both sides. Workers put records into lib/conntrack's rings and never
 * wait; what finds them full is counted, and said in the log. Control lcore.
 */
#pragma once

#include "queue_log.h"
#include "queue_sink.h"

struct ct_event_record;

/* As queue_sinks_set(): where the lines go from now on; with nb 0 nothing is logged, and nothing costs. */
int queue_nat_sinks_set(const struct queue_sink_spec *specs, unsigned nb, struct err *e);
/* After ct_event_round(): what was logged is given to the files. Nearly free when nothing was. */
void queue_nat_flush(void);
/* All events that are there now become lines first. */
void queue_nat_catch_up(void);
struct queue_log_stats queue_nat_stats(void);

/*
 * The line, as words and as a JSON object:
 *	nat begin id=7 proto=udp src=10.1.0.2 sport=5000 dst=8.8.8.8 dport=53 nat_src=203.0.113.1 nat_sport=5000 ...
 */
struct queue_text;
void queue_nat_line(struct queue_text *text, struct queue_text *json,
		    const struct ct_event_record *r);
