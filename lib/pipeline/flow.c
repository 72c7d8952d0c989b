/* SPDX-License-Identifier: BSD-3-Clause */
/* The flow cache's way of a burst: found, chosen, routed, served. See flow.h. Workers. */
#include <rte_tcp.h>

#include "base_param.h"
#include "ct_ext.h"
#include "ct_hooks.h"
#include "flow.h"
#include "flow_serve.h"
#include "input4.h"
#include "rule_record.h"

PARAM_INT(enabled, "net.pollux.flow_cache", 1, 0, 1,
	  "packets of known flows do not ask rules again (counters stay exact); 0: every packet "
	  "walks")

/* One of so many packets that differ from what was noted is noted instead: it may be what most are like. */
#define NOTE_ANEW 16

static struct flow_lane {
	struct flow_stat stat;
} __rte_cache_aligned lanes[LANE_MAX];

int
flow_init(void)
{
	int rc = rule_path_init();

	return rc != 0 ? rc : rule_record_init();
}

struct flow_stat
flow_stat(void)
{
	struct flow_stat s = { 0 };

	for (unsigned i = 0; i < lane_count(); i++) {
		s.served += __atomic_load_n(&lanes[i].stat.served, __ATOMIC_RELAXED);
		for (unsigned m = 0; m < FLOW_MISSES; m++)
			s.missed[m] += __atomic_load_n(&lanes[i].stat.missed[m], __ATOMIC_RELAXED);
	}
	return s;
}

static bool
replayable(const struct gen *gen, enum hook_family family, enum hook_point point)
{
	const struct hook_list *list = hook_list_get(gen, family, point);

	return list == NULL || list->replayable;
}

/* Once a burst: can there be packets that are served? */
static bool
ready(const struct walk *w, enum hook_family family)
{
	const struct gen *gen = w->ctx.gen;

	return param_get(&enabled) != 0 && ct_active(gen, family) &&
	       policy_of(gen, family == HOOK_IP4 ? AF_INET : AF_INET6) == NULL &&
	       replayable(gen, family, HOOK_PREROUTING) && replayable(gen, family, HOOK_FORWARD) &&
	       replayable(gen, family, HOOK_POSTROUTING);
}

/* One that could be served, as far as it can be told by itself. */
static inline bool
is_ordinary(const struct rte_mbuf *m, bool v4)
{
	const struct pkt *p = pkt_const(m);
	const struct rte_tcp_hdr *th = pkt_l4(m);

	if (unlikely(p->flags != PKT_L4))
		return false;
	if (v4 ? pkt_ip4(m)->time_to_live <= 1
	       : pkt_ip6(m)->ip6_hlim <= 1 || p->l4 != p->l3 + sizeof(struct ip6_hdr))
		return false;
	return p->proto == IPPROTO_UDP || (pkt_l4_here(m) >= sizeof(*th) &&
					   (th->tcp_flags & ~RTE_TCP_PSH_FLAG) == RTE_TCP_ACK_FLAG);
}

/* FLOW_MISSES: it may be served, by the path in *path. */
static __rte_always_inline enum flow_miss
judge(const struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir, uint32_t now, bool v4,
      const struct rule_path **path)
{
	const struct pkt *p = pkt_const(m);
	enum ct_phase phase;
	uint32_t id;

	if (unlikely(ct == NULL))
		return p->found == CT_FOUND_NOTHING ? FLOW_NEW : FLOW_OTHER;
	if (unlikely(!is_ordinary(m, v4)))
		return FLOW_OTHER;
	phase = ct_phase(ct, dir, now);
	if (unlikely(phase == CT_PHASE_OTHER))
		return FLOW_UNSETTLED;
	id = __atomic_load_n(&ct->path, __ATOMIC_RELAXED);
	*path = rule_path_get(id);
	if (unlikely(*path == NULL || (*path)->phase != phase ||
		     (*path)->way[dir] == RULE_WAY_NONE))
		return FLOW_UNKNOWN;
	if (unlikely((*path)->way[dir] == RULE_WAY_WALK))
		return FLOW_WALK;
	return likely((*path)->in[dir] == p->in) ? FLOW_MISSES : FLOW_UNKNOWN;
}

/* Who chooses, and where what is chosen goes. */
static __rte_always_inline void
choose(struct flow_burst *f, struct batch *b, bool v4)
{
	uint32_t now = ct_time(f->w->ctx.now);

	for (unsigned i = 0; i < b->n; i++) {
		enum ct_dir dir;
		struct ct *ct = ct_found(pkt(b->pkts[i]), &dir);
		struct flow *s = &f->flow[f->nb];

		f->miss[i] = judge(b->pkts[i], ct, dir, now, v4, &s->path);
		if (unlikely(f->miss[i] != FLOW_MISSES))
			continue;
		s->ct = ct;
		s->dir = dir;
		/* The destination, translated or not, is the source of the replies. */
		if (v4)
			f->to.v4[f->nb] = rte_be_to_cpu_32(ct->key[!dir].src);
		else
			memcpy(f->to.v6[f->nb], &((struct ct6 *)ct)->key[!dir].src, 16);
		f->nb++;
	}
	if (f->nb == 0)
		return;
	if (v4)
		route4_lookup(f->to.v4, f->nh, f->nb);
	else
		route6_lookup(f->to.v6, f->nh, f->nb);
}

/* Connections that have a packet on the ordinary walk; some more may seem to. */
struct behind {
	bool any;
	uint64_t ct[4];
};

static inline uint64_t *
behind_word(struct behind *b, const struct ct *ct, uint64_t *bit)
{
	uintptr_t n = (uintptr_t)ct / sizeof(struct ct);

	*bit = UINT64_C(1) << (n % 64);
	return &b->ct[n / 64 % 4];
}

static inline bool
is_behind(struct behind *b, const struct ct *ct)
{
	uint64_t bit;

	return unlikely(b->any) && (*behind_word(b, ct, &bit) & bit) != 0;
}

/* ICMP that belongs to no other connection, as errors do. */
static bool
is_query(const struct pkt *p)
{
	uint8_t type = *(const uint8_t *)&p->dport;

	if (!(p->flags & PKT_L4))
		return false;
	if (p->proto == IPPROTO_ICMPV6)
		return type >= 128;
	return p->proto == IPPROTO_ICMP && (type == 0 || type == 8 || type >= 13);
}

/* The packet walks, and has to be ahead of others of its connection. */
static void
goes_ahead(struct behind *b, const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	enum ct_dir dir;
	struct ct *ct = ct_found(p, &dir);
	uint64_t bit, *word;

	b->any = true;
	if (ct != NULL) {
		word = behind_word(b, ct, &bit);
		*word |= bit;
	} else if (p->found == 0 && !is_query(p)) {
		memset(b->ct, 0xff, sizeof(b->ct)); /* a fragment, or an error about it: of any */
	}
}

/* What it meets on its walk will do for the next one. */
static void
begin_note(struct walk *w, struct rte_mbuf *m, uint64_t epoch)
{
	struct rule_recorder *r = rule_recorders[w->ctx.lane];
	enum ct_dir dir;
	struct ct *ct = ct_found(pkt(m), &dir);
	const struct ct_ext *x = ct->ext;
	enum ct_phase phase = ct_phase(ct, dir, ct_time(w->ctx.now));

	if (epoch == 0 || phase == CT_PHASE_OTHER ||
	    (x != NULL && (x->helper != NULL || x->has & CT_HAS_LABELS)))
		return;
	if (r->nb == 0)
		r->epoch = epoch;
	w->recording = true;
	rule_record_begin(w->ctx.lane, m, ct, dir, phase);
}

static inline void
count(uint64_t *n, unsigned more)
{
	__atomic_store_n(n, *n + more, __ATOMIC_RELAXED);
}

/* In order; what is not served is left, in b. */
static __rte_always_inline void
go(struct flow_burst *f, struct batch *b, uint64_t epoch, bool v4)
{
	struct flow_stat *stat = &lanes[f->w->ctx.lane].stat;
	struct behind behind = { .any = false };
	unsigned next = 0, n = b->n;

	b->n = 0;
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *m = b->pkts[i];
		enum flow_miss miss = f->miss[i];

		if (likely(miss == FLOW_MISSES)) {
			miss = is_behind(&behind, f->flow[next].ct) ? FLOW_BEHIND
			       : v4 ? flow_serve4(f, next, m, behind.any)
				    : flow_serve6(f, next, m, behind.any);
			next++;
			if (likely(miss == FLOW_MISSES))
				continue;
		}
		count(&stat->missed[miss], 1);
		goes_ahead(&behind, m);
		if (miss == FLOW_UNKNOWN ||
		    (miss == FLOW_DIFFERS && stat->missed[miss] % NOTE_ANEW == 0))
			begin_note(f->w, m, epoch);
		batch_add(b, m);
	}
	count(&stat->served, n - b->n);
}

void
flow_burst(struct walk *w, enum hook_family family, struct batch *b)
{
	struct flow_burst f; /* some kilobytes: what is not written is not read */
	uint64_t epoch;

	if (!ready(w, family))
		return;
	epoch = rule_path_epoch(); /* before anything is asked that it stands for */
	f.w = w;
	f.nb = 0;
	f.hops = forward_hops(w);
	f.check_sum = ct_checks_sums();
	f.strict = family == HOOK_IP4 && source4_strict(pkt(b->pkts[0])->in);
	ct_look_up(family, b->pkts, b->n);
	if (family == HOOK_IP4) {
		choose(&f, b, true);
		go(&f, b, epoch, true);
	} else {
		choose(&f, b, false);
		go(&f, b, epoch, false);
	}
}

void
flow_burst_end(unsigned lane)
{
	rule_recorders[lane]->nb = 0;
}

/* It leaves with the ends that the tuples say. */
static bool
as_tuples_say(const struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir)
{
	const struct pkt *p = pkt_const(m);
	struct ct_tuple t = ct_tuple(ct, !dir);

	if (p->sport != t.dport || p->dport != t.sport)
		return false;
	if (p->family == AF_INET)
		return pkt_ip4(m)->src_addr == t.dst.v4 && pkt_ip4(m)->dst_addr == t.src.v4;
	return memcmp(&pkt_ip6(m)->ip6_src, &t.dst, 16) == 0 &&
	       memcmp(&pkt_ip6(m)->ip6_dst, &t.src, 16) == 0;
}

void
flow_note(const struct walk *w, const struct nexthop *nh, struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	enum ct_info info;
	struct ct *ct = ct_of(m, &info);

	if (ct == NULL || p->flags != (PKT_L4 | PKT_ROUTED) || nh->type != NEXTHOP_UNICAST ||
	    p->in == p->out || !as_tuples_say(m, ct, ct_info_dir(info)))
		return;
	rule_record_end(w->ctx.lane, m, p->out, ct_time(w->ctx.now));
}
