/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Log lines about packets, as the kernel writes them. Workers put records into their lane's ring and
 * never format, write or wait; the control lcore makes lines of them and gives these to the sinks
 * (queue_sink.h). The lines of a burst are in the order of its packets. A full ring loses records:
 * counted, and said in the log when the flood is over.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base_err.h"
#include "base_str.h"
#include "hook.h"
#include "pkt.h"

/* How a rule wants its line. */
#define QUEUE_LOG_TCP_SEQUENCE 0x01
#define QUEUE_LOG_TCP_OPTIONS 0x02
#define QUEUE_LOG_IP_OPTIONS 0x04
#define QUEUE_LOG_UID 0x08 /* nothing to say: no packet here has an owner */
#define QUEUE_LOG_MAC_DECODE 0x20

#define QUEUE_LOG_PREFIX 128 /* bytes of a prefix, NUL included */

struct queue_log_spec {
	const char *prefix; /* may be empty; not NULL */
	uint8_t level;      /* 0 (emergency) .. 7 (debug) */
	uint8_t flags;      /* QUEUE_LOG_* */
};

/* Control lcore, after lane_set_count(): the rings. 0 or -ENOMEM. Without it nothing is logged. */
int queue_log_init(struct err *e);

/* Worker of ctx->lane. "PREFIXIN=r0 OUT=r1 MAC=... SRC=..." about the packet, at its hook point. */
void queue_log_packet(const struct hook_ctx *ctx, const struct rte_mbuf *m,
		      const struct queue_log_spec *spec);

/* Worker of ctx->lane: "audit: type=1324 audit(TIME:NUMBER): mark=0x5 saddr=... daddr=... proto=17". */
void queue_log_audit(const struct hook_ctx *ctx, const struct rte_mbuf *m);

/*
 * Worker of ctx->lane: "IPv4: martian source DST from SRC, on dev IN" with its "ll header: ..." line,
 * or "IPv4: martian destination DST from SRC, dev IN". m is an IPv4 packet with its Ethernet header.
 * Limited as Linux's net_ratelimit(): 10 messages in 5 seconds. The caller looks at log_martians.
 */
void queue_log_martian_source(const struct hook_ctx *ctx, const struct rte_mbuf *m);
void queue_log_martian_destination(const struct hook_ctx *ctx, const struct rte_mbuf *m);

/* Worker, after each burst: the control lcore may have the burst's records. Nearly free without any. */
void queue_log_publish(unsigned lane);

static inline void
queue_log_burst_end(unsigned lane)
{
	extern uint8_t queue_log_waiting[LANE_MAX][RTE_CACHE_LINE_SIZE];

	if (unlikely(queue_log_waiting[lane][0] != 0))
		queue_log_publish(lane);
}

/* Control lcore: packets may be logged from now on, so the rings want to be looked at often. */
void queue_log_arm(void);
/* Control lcore: milliseconds until queue_log_round() wants to be called; -1: no hurry. */
int queue_log_patience(void);
/* Control lcore: makes lines of a bounded number of records. true: there are more. */
bool queue_log_round(void);
/* Control lcore: of all records that are there now, however fast others follow. */
void queue_log_catch_up(void);

struct queue_log_stats {
	uint64_t lines; /* given to the sinks */
	uint64_t lost;  /* records that found their ring full */
};
struct queue_log_stats queue_log_stats(void);
