/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include <rte_malloc.h>

#include "rule.h"
#include "rule_record.h"

struct rule_recorder *rule_recorders[LANE_MAX];
uint32_t rule_changes[RULE_CHANGES];

int
rule_record_init(void)
{
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		rule_recorders[lane] =
			rte_zmalloc_socket("rule-recorder", sizeof(struct rule_recorder),
					   RTE_CACHE_LINE_SIZE, lane_socket(lane));
		if (rule_recorders[lane] == NULL)
			return -ENOMEM;
	}
	return 0;
}

void
rule_record_varying(struct rule_packet *rp, const struct rule *rule)
{
	struct rule_record *r = rule_record_of(rp->ctx->lane, rp->p);

	if (!r->walk && !rule_residual_add(&r->residuals, rp, rule, r->ct))
		r->walk = true;
}

/*
 * In this order, as rule_record_end() writes the path first and then looks at the counter: who does not see the one sees
 * the other.
 */
void
rule_record_changed(struct ct *ct)
{
	__atomic_fetch_add(rule_changes_of(ct), 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&ct->path, 0, __ATOMIC_SEQ_CST);
}

/* Since the packet began to note; by itself, or by one on another lane. */
static bool
has_changed(const struct rule_record *r)
{
	return __atomic_load_n(rule_changes_of(r->ct), __ATOMIC_SEQ_CST) != r->changes;
}

void
rule_record_end(unsigned lane, struct rte_mbuf *m, uint16_t out, uint32_t now)
{
	struct rule_recorder *all = rule_recorders[lane];
	const struct rule_record *r = rule_record_of(lane, pkt(m));
	struct rule_way w = { .family = pkt(m)->family == AF_INET ? HOOK_IP4 : HOOK_IP6,
			      .in = pkt(m)->in,
			      .out = out,
			      .nb = r->nb,
			      .hits = r->hit,
			      .residuals = &r->residuals };
	uint32_t was = r->was, id;

	pkt(m)->record = 0;
	if (r->m != m || has_changed(r) || ct_phase(r->ct, r->dir, now) != r->phase)
		return;
	id = rule_path_note(all->epoch, was, r->phase, r->dir, r->walk ? NULL : &w);
	if (id == 0 || !__atomic_compare_exchange_n(&r->ct->path, &was, id, false, __ATOMIC_SEQ_CST,
						    __ATOMIC_RELAXED))
		return;
	/* Another lane may have written what this packet read, before it could find the path to forget it. */
	if (has_changed(r))
		__atomic_store_n(&r->ct->path, 0, __ATOMIC_SEQ_CST);
}
