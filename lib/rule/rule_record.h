/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notes what a packet meets on its walk, for those that ask (pkt.record): the counters that it hits, and whether a rule that
 * could apply to its flow looks at something that the next packet may have otherwise. Worker of that lane.
 */
#pragma once

#include "ct_replay.h"
#include "rule_ext.h"
#include "rule_path.h"

struct rule_record {
	const struct rte_mbuf *m;
	struct ct *ct;
	uint32_t was;     /* ct.path at the start */
	uint32_t changes; /* rule_changes_of() then */
	uint8_t dir;      /* enum ct_dir */
	uint8_t phase;    /* enum ct_phase: at the start */
	bool walk;        /* packets of the flow have to walk */
	uint16_t nb;
	uint32_t hit[RULE_WAY_HITS];
	struct rule_residuals residuals;
};

struct rule_recorder {
	uint64_t epoch; /* rule_path_epoch() of the burst */
	uint16_t nb;
	struct rule_record record[PKT_BURST];
} __rte_cache_aligned;

/* By lane. */
extern struct rule_recorder *rule_recorders[LANE_MAX];

/*
 * How often what rules may read of a connection was changed, which no value of it can tell: it may be what it was. A
 * counter is shared by the connections of some places in memory; lanes add to it as rarely as they write marks.
 */
#define RULE_CHANGES 4096u /* a power of two */

extern uint32_t rule_changes[RULE_CHANGES];

static inline uint32_t *
rule_changes_of(const struct ct *ct)
{
	return &rule_changes[(uintptr_t)ct / sizeof(*ct) % RULE_CHANGES];
}

/* Control, once. 0 or -ENOMEM. */
int rule_record_init(void);

static inline struct rule_record *
rule_record_of(unsigned lane, const struct pkt *p)
{
	return &rule_recorders[lane]->record[p->record - 1];
}

/* Starts noting for the packet of the connection; there is room for all packets of a burst. */
static inline void
rule_record_begin(unsigned lane, struct rte_mbuf *m, struct ct *ct, enum ct_dir dir,
		  enum ct_phase phase)
{
	struct rule_recorder *all = rule_recorders[lane];
	struct rule_record *r = &all->record[all->nb++];

	pkt(m)->record = all->nb;
	r->m = m;
	r->ct = ct;
	r->was = __atomic_load_n(&ct->path, __ATOMIC_RELAXED);
	r->changes = __atomic_load_n(rule_changes_of(ct), __ATOMIC_ACQUIRE);
	r->dir = dir;
	r->phase = phase;
	r->walk = false;
	r->nb = 0;
	r->residuals.nb = 0;
	r->residuals.wrote_tos = false;
}

/* It hit a rule, or ran into a policy. */
static inline void
rule_record_hit(unsigned lane, const struct pkt *p, uint32_t counter)
{
	struct rule_record *r = rule_record_of(lane, p);

	if (unlikely(r->nb == RULE_WAY_HITS))
		r->walk = true;
	else
		r->hit[r->nb++] = counter;
}

/* It met a rule whose ordinary part applies, and that rule_varies() says looks at or does more than the flow's. */
void rule_record_varying(struct rule_packet *rp, const struct rule *r);
/* A target has changed what rules read of the connection: nothing that was noted of it, or is on its way to be, holds. */
void rule_record_changed(struct ct *ct);

/*
 * The packet has come to its end by the port, the counted way being all there is to say: its connection has the path. now:
 * ct_time().
 */
void rule_record_end(unsigned lane, struct rte_mbuf *m, uint16_t out, uint32_t now);
