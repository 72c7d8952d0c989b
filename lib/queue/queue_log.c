/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The workers' side: records into the lane's ring. Called by targets and the pipeline on workers;
 * each ring has one writer, so nothing is locked.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "port.h"
#include "queue_limit.h"
#include "queue_record.h"

struct queue_ring *queue_rings[LANE_MAX];
uint8_t queue_log_waiting[LANE_MAX][RTE_CACHE_LINE_SIZE] __rte_cache_aligned;

/* A lane keeps back what can never get through, so that a flood does not fill its ring. */
static struct queue_limit limits[LANE_MAX];

int
queue_log_init(struct err *e)
{
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		if (queue_rings[lane] != NULL)
			continue;
		/* Big enough to come from mmap(): no page is there before it is used. */
		queue_rings[lane] = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(struct queue_ring));
		if (queue_rings[lane] == NULL)
			return err_set(e, -ENOMEM, "no memory for the log's rings");
		memset(queue_rings[lane], 0, offsetof(struct queue_ring, slot));
	}
	return 0;
}

static void
put_name(char to[QUEUE_IFACE], const struct port_table *ports, uint16_t index)
{
	const struct port *p = index != 0 ? ports->by_index[index] : NULL;

	if (p != NULL)
		memcpy(to, p->name, QUEUE_IFACE);
	else
		to[0] = '\0';
}

/* The packet's first bytes; it may be a chain (a datagram put together from fragments). */
static uint16_t
capture(struct queue_record *r, const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	uint32_t n = RTE_MIN(p->len, (uint32_t)QUEUE_DATA);
	const void *from = rte_pktmbuf_read(m, p->l3, n, r->data);

	if (from == NULL)
		return 0;
	if (from != r->data)
		memcpy(r->data, from, n);
	return n;
}

/* The part that all records have. NULL: no room, or no ring. */
static struct queue_record *
start(const struct hook_ctx *ctx, const struct rte_mbuf *m, uint8_t kind, uint8_t level)
{
	struct queue_ring *ring = queue_rings[ctx->lane];
	struct queue_record *r = ring != NULL ? queue_ring_room(ring) : NULL;
	const struct pkt *p = pkt_const(m);
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);

	if (r == NULL)
		return NULL;
	r->tsc = rte_rdtsc();
	r->burst = ring->burst;
	r->pos = p->burst_pos;
	r->now = ctx->now;
	r->mark = p->mark;
	r->suppressed = 0;
	r->len = p->len;
	r->captured = capture(r, m);
	r->kind = kind;
	r->family = ctx->family;
	r->level = level;
	r->flags = 0;
	r->proto = p->proto;
	r->prefix[0] = '\0';
	r->has_mac = p->in != 0 && p->l3 >= RTE_ETHER_HDR_LEN;
	if (r->has_mac) {
		memcpy(r->mac, frame, 2 * RTE_ETHER_ADDR_LEN);
		memcpy(r->mac + 2 * RTE_ETHER_ADDR_LEN, frame + p->l3 - 2, 2);
	}
	return r;
}

static void
keep(unsigned lane)
{
	queue_ring_push(queue_rings[lane]);
	queue_log_waiting[lane][0] = 1;
}

void
queue_log_publish(unsigned lane)
{
	queue_ring_publish(queue_rings[lane]);
	queue_log_waiting[lane][0] = 0;
}

void
queue_log_packet(const struct hook_ctx *ctx, const struct rte_mbuf *m,
		 const struct queue_log_spec *spec)
{
	const struct port_table *ports = port_table_get(ctx->gen);
	struct queue_record *r = start(ctx, m, QUEUE_RULE, spec->level);
	size_t n;

	if (r == NULL)
		return;
	r->flags = spec->flags;
	n = strnlen(spec->prefix, QUEUE_LOG_PREFIX - 1);
	memcpy(r->prefix, spec->prefix, n);
	r->prefix[n] = '\0';
	/* Before the route is known there is no way out, and what the box makes came in nowhere. */
	put_name(r->in, ports, ctx->point == HOOK_OUTPUT ? 0 : pkt_const(m)->in);
	put_name(r->out, ports,
		 ctx->point == HOOK_INPUT || ctx->point == HOOK_PREROUTING ? 0 : pkt_const(m)->out);
	r->has_mac &= r->in[0] != '\0';
	keep(ctx->lane);
}

void
queue_log_audit(const struct hook_ctx *ctx, const struct rte_mbuf *m)
{
	struct queue_record *r = start(ctx, m, QUEUE_AUDIT, 5);

	if (r != NULL)
		keep(ctx->lane);
}

static void
martian(const struct hook_ctx *ctx, const struct rte_mbuf *m, uint8_t kind)
{
	struct queue_limit *limit = &limits[ctx->lane];
	struct queue_record *r;

	if (!queue_limit_allow(limit, ctx->now))
		return;
	r = start(ctx, m, kind, 4);
	if (r == NULL)
		return;
	r->suppressed = limit->suppressed;
	limit->suppressed = 0;
	put_name(r->in, port_table_get(ctx->gen), pkt_const(m)->in);
	keep(ctx->lane);
}

void
queue_log_martian_source(const struct hook_ctx *ctx, const struct rte_mbuf *m)
{
	martian(ctx, m, QUEUE_MARTIAN_SOURCE);
}

void
queue_log_martian_destination(const struct hook_ctx *ctx, const struct rte_mbuf *m)
{
	martian(ctx, m, QUEUE_MARTIAN_DESTINATION);
}
