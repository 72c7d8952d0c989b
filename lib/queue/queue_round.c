/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control lcore's side: takes the records out of the rings, oldest first, makes lines of them and
 * gives them to memory and sinks. A bounded number a round, so that commands never wait long.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <rte_cycles.h>

#include "base_clock.h"
#include "ct_limit.h"
#include "queue_limit.h"
#include "queue_line.h"
#include "queue_sink.h"

#define ROUND 512     /* records, and the rest of a burst */
#define PATIENCE_MS 5 /* a ring lasts so long at 400,000 records a second */
#define LEVEL_WARNING 4

static bool armed;
static uint64_t lines, told_lost, told_at, told_full;
static struct queue_limit limit;

/* One moment in the three clocks. */
static struct {
	uint64_t tsc, usec, date;
} anchor;

static uint64_t
clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
set_anchor(void)
{
	anchor.tsc = rte_rdtsc();
	anchor.usec = clock_us(CLOCK_MONOTONIC);
	anchor.date = clock_us(CLOCK_REALTIME);
}

/* Bytes that would move a terminal's cursor or colour it are shown as the kernel shows them. */
static void
make_plain(struct queue_text *t)
{
	struct queue_text old;
	const unsigned char *c;

	for (c = (unsigned char *)t->text; *c != '\0' && *c >= ' ' && *c != 127; c++)
		;
	if (*c == '\0')
		return;
	old = *t;
	t->len = 0;
	for (c = (unsigned char *)old.text; *c != '\0'; c++)
		queue_text_add(t, *c < ' ' || *c == 127 ? "\\x%02x" : "%c", *c);
}

/* Microseconds from then to the anchor: records are older, by little. */
static uint64_t
ago_of(uint64_t tsc)
{
	return anchor.tsc > tsc ? (anchor.tsc - tsc) * 1000000 / rte_get_tsc_hz() : 0;
}

static void
put(struct queue_text *t, uint64_t tsc, uint8_t level)
{
	uint64_t ago = ago_of(tsc);
	struct queue_line l = { .usec = anchor.usec - ago,
				.date = anchor.date - ago,
				.text = t->text,
				.level = level };
	static uint64_t last;

	/* Lines put in order have not always been made in it; time does not run backwards. */
	l.usec = last = RTE_MAX(l.usec, last);
	make_plain(t);
	queue_memory_put(&l);
	queue_sinks_write(QUEUE_SINKS_LOG, &l);
	lines++;
}

/* One more message of those that net_ratelimit() limits? What is kept back is said when an interval begins. */
static bool
may_tell(uint64_t now, uint64_t tsc)
{
	struct queue_text t = { .len = 0 };

	if (!queue_limit_allow(&limit, now))
		return false;
	if (limit.suppressed != 0 && limit.passed == 1) {
		queue_text_add(&t, "net_ratelimit: %" PRIu32 " callbacks suppressed",
			       limit.suppressed);
		put(&t, tsc, LEVEL_WARNING);
		limit.suppressed = 0;
	}
	return true;
}

static void
put_martian(const struct queue_record *r)
{
	struct queue_text first = { .len = 0 }, second;

	limit.suppressed += r->suppressed;
	if (!may_tell(r->now, r->tsc))
		return;
	queue_line_martian(&first, &second, r);
	put(&first, r->tsc, r->level);
	if (second.len != 0)
		put(&second, r->tsc, r->level);
}

static void
put_record(const struct queue_record *r)
{
	static uint64_t audited;
	struct queue_text t;

	if (r->kind == QUEUE_RULE)
		queue_line_rule(&t, r);
	else if (r->kind == QUEUE_AUDIT)
		queue_line_audit(&t, r, anchor.date - ago_of(r->tsc), ++audited);
	else {
		put_martian(r);
		return;
	}
	put(&t, r->tsc, r->level);
}

/* The lane whose next record is the oldest; NULL: all rings are empty. */
static struct queue_ring *
oldest(void)
{
	struct queue_ring *best = NULL;

	for (unsigned lane = 0; lane < lane_count(); lane++) {
		struct queue_ring *ring = queue_rings[lane];

		if (ring == NULL || queue_ring_count(ring) == 0)
			continue;
		if (best == NULL || queue_ring_at(ring, 0)->tsc < queue_ring_at(best, 0)->tsc)
			best = ring;
	}
	return best;
}

/*
 * The lines of one burst, in the order of its packets: the walk takes a burst through one hook after the
 * other. Returns how many records these were.
 */
static unsigned
put_burst(struct queue_ring *ring)
{
	uint32_t burst = queue_ring_at(ring, 0)->burst, all = queue_ring_count(ring), n = 0;
	uint16_t first[UINT8_MAX + 2] = { 0 }; /* by position: where its lines begin */
	uint16_t order[QUEUE_SLOTS];

	for (; n < all && queue_ring_at(ring, n)->burst == burst; n++)
		first[queue_ring_at(ring, n)->pos + 1]++;
	for (unsigned i = 1; i < RTE_DIM(first); i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < n; i++)
		order[first[queue_ring_at(ring, i)->pos]++] = i;
	for (uint32_t i = 0; i < n; i++)
		put_record(queue_ring_at(ring, order[i]));
	queue_ring_pop(ring, n);
	return n;
}

/* When a flood is over, and once a second while it lasts. */
static void
tell_lost(bool more)
{
	uint64_t lost = queue_log_stats().lost;
	struct queue_text t = { .len = 0 };

	if (lost == told_lost || (more && anchor.usec - told_at < 1000000))
		return;
	queue_text_add(&t, "%" PRIu64 " log lines lost", lost - told_lost);
	told_lost = lost;
	told_at = anchor.usec;
	put(&t, anchor.tsc, LEVEL_WARNING);
}

/* New connections that found no room, as the kernel's log has it: one message a packet. */
static void
tell_full(uint64_t full)
{
	for (; told_full != full; told_full++) {
		struct queue_text t = { .len = 0 };

		if (!may_tell(clock_ms(), anchor.tsc)) {
			limit.suppressed += full - told_full - 1;
			told_full = full;
			return;
		}
		queue_text_add(&t, "nf_conntrack: nf_conntrack: table full, dropping packet");
		put(&t, anchor.tsc, LEVEL_WARNING);
	}
}

bool
queue_log_round(void)
{
	struct queue_ring *ring = oldest();
	uint64_t full = ct_limit_dropped();
	unsigned n = 0;

	if (ring == NULL && queue_log_stats().lost == told_lost && full == told_full)
		return false;
	set_anchor();
	tell_full(full);
	for (; n < ROUND && ring != NULL; ring = oldest())
		n += put_burst(ring);
	tell_lost(ring != NULL);
	queue_sinks_flush(QUEUE_SINKS_LOG);
	return ring != NULL;
}

void
queue_log_catch_up(void)
{
	uint32_t there = 0, done = 0;

	for (unsigned lane = 0; lane < lane_count(); lane++)
		if (queue_rings[lane] != NULL)
			there += queue_ring_count(queue_rings[lane]);
	do {
		queue_log_round();
		done += ROUND;
	} while (done < there);
}

void
queue_log_arm(void)
{
	armed = true;
}

int
queue_log_patience(void)
{
	return armed ? PATIENCE_MS : -1;
}

struct queue_log_stats
queue_log_stats(void)
{
	struct queue_log_stats s = { .lines = lines };

	for (unsigned lane = 0; lane < lane_count(); lane++)
		if (queue_rings[lane] != NULL)
			s.lost += __atomic_load_n(&queue_rings[lane]->lost, __ATOMIC_RELAXED);
	return s;
}
