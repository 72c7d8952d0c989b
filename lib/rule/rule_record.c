/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stays the same for all packets that the flow cache serves, and what does not. They are whole TCP segments with ACK,
 * with or without PSH, and whole UDP datagrams, without IP options and extension headers, of a settled connection, with no
 * packet mark when they come in. So every mark they get on their way is decided by the rest.
 */
#include <errno.h>

#include <rte_malloc.h>
#include <rte_tcp.h>

#include "rule.h"
#include "rule_record.h"

#define VARYING                                                                                   \
	(RULE_DEP_ROUTE | RULE_DEP_TIME | RULE_DEP_TCP_OPTIONS | RULE_DEP_TTL | RULE_DEP_LENGTH | \
	 RULE_DEP_TOS | RULE_DEP_PAYLOAD | RULE_DEP_MAC | RULE_DEP_CHANCE | RULE_DEP_WRITER |     \
	 RULE_DEP_ORDER | RULE_DEP_EFFECT)

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

/* Of TCP's flags only PSH comes and goes. */
static bool
flags_vary(const struct rule_ext *x)
{
	struct rule_test tests[RULE_TESTS_MAX];
	int n = x->type->tests != NULL ? x->type->tests(x->data, tests) : -ENOTSUP;

	if (n < 0)
		return true;
	for (int i = 0; i < n; i++)
		if (tests[i].field == RULE_FIELD_TCP_FLAGS && tests[i].mask & RTE_TCP_PSH_FLAG)
			return true;
	return false;
}

static bool
match_varies(const struct rule_ext *x)
{
	uint32_t deps = rule_ext_deps(x);

	return deps & VARYING || (deps & RULE_DEP_TCP_FLAGS && flags_vary(x));
}

static bool
target_varies(const struct rule_ext *x)
{
	uint32_t deps = rule_ext_deps(x), ok = deps & RULE_DEP_SETTLES ? RULE_DEP_WRITER : 0;

	return deps & (VARYING | RULE_DEP_TCP_FLAGS) & ~ok;
}

bool
rule_varies(const struct rule *r)
{
	if (target_varies(&r->target))
		return true;
	for (unsigned i = 0; i < r->nb_matches; i++)
		if (match_varies(&r->match[i]))
			return true;
	return false;
}

void
rule_record_varying(struct rule_packet *rp, const struct rule *r)
{
	struct rule_packet again = *rp; /* a match may drop it: not now */

	/* Sets may count, and say themselves what stays (match_set.c): whether this one applies is left open. */
	for (unsigned i = 0; i < r->nb_matches; i++)
		if (!match_varies(&r->match[i]) && !(rule_ext_deps(&r->match[i]) & RULE_DEP_SET) &&
		    !r->match[i].type->match(&again, r->match[i].data))
			return;
	rule_record_of(rp->ctx->lane, rp->p)->walk = true;
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
rule_record_end(unsigned lane, struct rte_mbuf *m, uint16_t out)
{
	struct rule_recorder *all = rule_recorders[lane];
	const struct rule_record *r = rule_record_of(lane, pkt(m));
	struct rule_way w = { .family = pkt(m)->family == AF_INET ? HOOK_IP4 : HOOK_IP6,
			      .in = pkt(m)->in,
			      .out = out,
			      .nb = r->nb,
			      .hits = r->hit };
	uint32_t was = r->was, id;

	pkt(m)->record = 0;
	if (r->m != m || has_changed(r))
		return;
	id = rule_path_note(all->epoch, was, r->dir, r->walk ? NULL : &w);
	if (id == 0 || !__atomic_compare_exchange_n(&r->ct->path, &was, id, false, __ATOMIC_SEQ_CST,
						    __ATOMIC_RELAXED))
		return;
	/* Another lane may have written what this packet read, before it could find the path to forget it. */
	if (has_changed(r))
		__atomic_store_n(&r->ct->path, 0, __ATOMIC_SEQ_CST);
}
