/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What becomes of a fragment. The rules are those of Linux's ip_defrag(), ipv6_frag_rcv() and
 * nf_ct_frag6_gather(): what overlaps or contradicts what is there ends the whole datagram, an exact repetition
 * only itself; a contradiction only itself too where tracking looks at IPv6.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <rte_spinlock.h>

#include "base_drop.h"
#include "base_mem.h"
#include "base_param.h"
#include "pkt_pool.h"
#include "pkt_reasm_table.h"

DROP_REASON(memory, "frag-memory", "no room for one more fragment that waits (ipfrag_high_thresh)");
DROP_REASON(no_mbuf, "frag-no-mbuf", "no packet memory for the datagram");
DROP_REASON(overlap, "frag-overlap", "fragments of one datagram overlap");
DROP_REASON(duplicate, "frag-duplicate", "the same fragment again");
DROP_REASON(bad, "frag-contradiction", "empty fragment, or two ends of one datagram");
DROP_REASON(ecn, "frag-ecn", "fragments with and without ECN in one datagram");
DROP_REASON(too_long, "frag-too-long", "the datagram would be longer than 65,535 bytes");
DROP_REASON(distance, "frag-distance",
	    "its source sent too many other fragments since (ipfrag_max_dist)");
DROP_REASON(timeout, "frag-timeout", "other fragments of the datagram did not come in time");

PARAM_INT(max_dist, "net.ipv4.ipfrag_max_dist", 64, 0, INT_MAX,
	  "fragments of the same host that may come between two of a datagram; 0: any number")

enum fate { WAITS, COMPLETE, DROP_ONE, DROP_ALL };

static struct {
	rte_spinlock_t lock;
	uint64_t waiting, absorbed;
} state = { .lock = RTE_SPINLOCK_INITIALIZER };

struct pkt_reasm_lane pkt_reasm_lanes[LANE_MAX];

int
pkt_reasm_init(struct err *e)
{
	if (reasm_table_init() != 0)
		return err_set(e, -ENOMEM,
			       "no memory for reassembly: give EAL more (-m MB, or sysctl "
			       "vm.nr_hugepages)");
	return 0;
}

static uint32_t
memory_of(const struct rte_mbuf *m)
{
	return sizeof(*m) + m->priv_size + m->buf_len;
}

/* The key's datagram; NULL: no room for more. */
static struct reasm *
get(const struct reasm_key *key, uint64_t now)
{
	struct reasm *r;

	if (!pkt_reasm_room(key->user, key->family))
		return NULL;
	r = reasm_find(key);
	if (r == NULL && (r = reasm_add(key, reasm_deadline(key, now))) != NULL)
		reasm_count_bytes(key, sizeof(*r));
	return r;
}

/* Its fragments, no longer waiting. */
static struct rte_mbuf *
take_all(struct reasm *r)
{
	for (const struct rte_mbuf *m = r->frags; m != NULL; m = m->next)
		reasm_count_bytes(&r->key, -(int64_t)memory_of(m));
	state.waiting -= r->nb;
	return r->frags;
}

/* The same, and the datagram is forgotten. */
static struct rte_mbuf *
forget(struct reasm *r)
{
	struct rte_mbuf *list = take_all(r);

	reasm_count_bytes(&r->key, -(int64_t)sizeof(*r));
	reasm_remove(r);
	return list;
}

static void
drop_list(unsigned lane, uint16_t reason, struct rte_mbuf *list)
{
	while (list != NULL) {
		struct rte_mbuf *m = list;

		list = m->next;
		m->next = NULL;
		drop_pkt(lane, reason, m);
	}
}

static struct reasm_key
key_of(const struct rte_mbuf *m, const struct pkt_piece *piece, enum pkt_reasm_user user)
{
	const struct pkt *p = pkt_const(m);
	struct reasm_key key = { .family = p->family, .user = user, .id = piece->id };

	if (p->family == AF_INET) {
		key.proto = pkt_ip4(m)->next_proto_id;
		memcpy(key.src, &pkt_ip4(m)->src_addr, 4);
		memcpy(key.dst, &pkt_ip4(m)->dst_addr, 4);
		return key;
	}
	memcpy(key.src, &pkt_ip6(m)->ip6_src, 16);
	memcpy(key.dst, &pkt_ip6(m)->ip6_dst, 16);
	if (IN6_IS_ADDR_MULTICAST(&pkt_ip6(m)->ip6_dst) ||
	    IN6_IS_ADDR_LINKLOCAL(&pkt_ip6(m)->ip6_dst))
		key.in = p->in;
	return key;
}

/* An ID that comes round again must not join new fragments to old ones. */
static bool
too_far(struct reasm *r)
{
	uint32_t dist = param_get(&max_dist), before = r->source_seen;

	if (r->source == NULL || dist == 0)
		return false;
	r->source_seen = ++r->source->seen;
	return r->frags != NULL && r->source_seen - before > dist;
}

/* The end of the datagram as the fragment tells it. false: that cannot be. */
static bool
end_fits(struct reasm *r, uint32_t end, bool more)
{
	if (!more) {
		if (end < r->len || (r->has_last && end != r->len))
			return false;
		r->has_last = true;
	} else if (end > r->len && r->has_last) {
		return false;
	}
	r->len = RTE_MAX(r->len, end);
	return true;
}

static inline bool
bit(const uint64_t *bits, unsigned i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

/* Whether the bytes are free. If not, *repeated: they lie within one run of what is here. */
static bool
is_free(const struct reasm *r, uint32_t offset, uint32_t end, bool *repeated)
{
	unsigned first = offset / 8, last = (end - 1) / 8, here = 0;

	*repeated = true;
	for (unsigned i = first; i <= last; i++) {
		here += bit(r->taken, i);
		if (i != first && bit(r->starts, i))
			*repeated = false;
	}
	*repeated &= here == last - first + 1;
	return here == 0;
}

static void
take_place(struct reasm *r, uint32_t offset, uint32_t end)
{
	if (r->frags == NULL || offset != r->tail)
		r->starts[offset / 8 / 64] |= 1ull << (offset / 8 % 64);
	for (unsigned i = offset / 8; i <= (end - 1) / 8; i++)
		r->taken[i / 64] |= 1ull << (i % 64);
	r->tail = RTE_MAX(r->tail, end);
}

static void
keep(struct reasm *r, const struct pkt_piece *piece, struct rte_mbuf *m, uint32_t end)
{
	struct pkt *p = pkt(m);
	bool v4 = p->family == AF_INET;
	uint8_t tos =
		v4 ? pkt_ip4(m)->type_of_service : rte_be_to_cpu_32(pkt_ip6(m)->ip6_flow) >> 20;

	p->frag_off = piece->offset;
	p->l4 = p->l3 + piece->hlen;
	p->len = piece->hlen + end - piece->offset;
	r->max_size = RTE_MAX(r->max_size, p->len);
	if (v4 && pkt_ip4(m)->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG))
		r->max_df_size = RTE_MAX(r->max_df_size, p->len);
	r->ecn |= 1 << (tos & 3);
	r->have += end - piece->offset;
	r->in = p->in;
	if (piece->offset == 0) {
		r->has_first = true;
		r->nexthdr_off = piece->nexthdr_off;
	}
	m->next = r->frags;
	r->frags = m;
	r->nb++;
	state.waiting++;
	reasm_count_bytes(&r->key, memory_of(m));
}

/* What contradicts the rest ends the datagram; to track IPv6, Linux waits for a better one. */
static enum fate
contradiction(const struct reasm *r)
{
	return r->key.family == AF_INET6 && r->key.user != PKT_REASM_LOCAL ? DROP_ONE : DROP_ALL;
}

static enum fate
add(struct reasm *r, const struct pkt_piece *piece, struct rte_mbuf *m, uint16_t *reason)
{
	uint32_t end = piece->offset + pkt(m)->len - piece->hlen;
	bool repeated;

	/* For the box it has been refused before. */
	*reason = DROP(too_long);
	if (r->key.family == AF_INET6 && end > UINT16_MAX)
		return DROP_ONE;
	*reason = DROP(bad);
	if (piece->more)
		end &= ~7u;
	if (!end_fits(r, end, piece->more) || end <= piece->offset)
		return contradiction(r);
	/* IPv4 at the last offset may reach beyond any datagram. */
	*reason = DROP(too_long);
	if (end > REASM_BLOCKS * 8)
		return DROP_ALL;
	if (!is_free(r, piece->offset, end, &repeated)) {
		*reason = repeated ? DROP(duplicate) : DROP(overlap);
		return repeated ? DROP_ONE : DROP_ALL;
	}
	take_place(r, piece->offset, end);
	keep(r, piece, m, end);
	return r->has_first && r->has_last && r->have == r->len ? COMPLETE : WAITS;
}

/* r is out of the table but still whole; the lock is not held. */
static struct rte_mbuf *
finish(unsigned lane, const struct reasm *r, const struct rte_mbuf *last)
{
	struct rte_mbuf *m = NULL;
	uint16_t reason;
	uint8_t mark;

	if (!reasm_ecn(r->ecn, &mark)) {
		reason = DROP(ecn);
	} else if (reasm_joined_len(r) == 0) {
		reason = DROP(too_long);
	} else {
		reason = DROP(no_mbuf);
		m = reasm_join(r, pkt_pool_get(lane_socket(lane)));
	}
	if (m == NULL) {
		drop_list(lane, reason, r->frags);
		return NULL;
	}
	pkt(m)->burst_pos = pkt_const(last)->burst_pos;
	/* That of the first one may be of a generation long gone. */
	pkt(m)->nh = pkt_const(last)->nh;
	pkt(m)->out = pkt_const(last)->out;
	if (pkt_const(m)->frag_max != 0)
		pkt_reasm_lanes[lane].made = true;
	__atomic_fetch_add(&state.absorbed, r->nb - 1, __ATOMIC_RELAXED);
	rte_pktmbuf_free(r->frags);
	return m;
}

struct rte_mbuf *
pkt_reasm(unsigned lane, uint64_t now, enum pkt_reasm_user user, const struct pkt_piece *piece,
	  struct rte_mbuf *m)
{
	struct reasm_key key = key_of(m, piece, user);
	struct rte_mbuf *old = NULL, *gone = NULL;
	struct reasm *r, whole;
	uint16_t reason = DROP(memory);
	enum fate fate = DROP_ONE;

	rte_spinlock_lock(&state.lock);
	r = get(&key, now);
	if (r != NULL && too_far(r)) {
		old = take_all(r);
		reasm_restart(r, reasm_deadline(&key, now));
	}
	if (r != NULL)
		fate = add(r, piece, m, &reason);
	if (fate == COMPLETE)
		whole = *r;
	if (fate == COMPLETE || fate == DROP_ALL)
		gone = forget(r);
	rte_spinlock_unlock(&state.lock);
	drop_list(lane, DROP(distance), old);
	if (fate == COMPLETE)
		return finish(lane, &whole, m);
	drop_list(lane, reason, gone);
	if (fate != WAITS)
		drop_pkt(lane, reason, m);
	return NULL;
}

void
pkt_reasm_cancel(unsigned lane, enum pkt_reasm_user user, const struct pkt_piece *piece,
		 const struct rte_mbuf *m)
{
	struct reasm_key key = key_of(m, piece, user);
	struct rte_mbuf *list = NULL;
	struct reasm *r;

	rte_spinlock_lock(&state.lock);
	r = reasm_find(&key);
	if (r != NULL)
		list = forget(r);
	rte_spinlock_unlock(&state.lock);
	drop_list(lane, DROP(bad), list);
}

bool
pkt_reasm_due(uint64_t now)
{
	return now >= __atomic_load_n(&reasm_next_deadline, __ATOMIC_RELAXED);
}

/* Takes the first fragment out of the list. */
static struct rte_mbuf *
pull_first(struct rte_mbuf **list)
{
	struct rte_mbuf *m;

	while (pkt(*list)->frag_off != 0)
		list = &(*list)->next;
	m = *list;
	*list = m->next;
	m->next = NULL;
	return m;
}

bool
pkt_reasm_expire(unsigned lane, uint64_t now, struct pkt_reasm_expired *e)
{
	struct rte_mbuf *list = NULL;
	struct reasm *r;

	e->first = NULL;
	rte_spinlock_lock(&state.lock);
	r = reasm_expired(now);
	if (r != NULL) {
		list = forget(r);
		e->user = r->key.user;
		if (r->has_first) {
			e->first = pull_first(&list);
			pkt(e->first)->in = r->in;
		}
	}
	rte_spinlock_unlock(&state.lock);
	drop_list(lane, DROP(timeout), list);
	return r != NULL;
}

void
pkt_reasm_drop_expired(unsigned lane, struct rte_mbuf *first)
{
	drop_pkt(lane, DROP(timeout), first);
}

struct pkt_reasm_stats
pkt_reasm_stats(void)
{
	struct pkt_reasm_stats s;

	rte_spinlock_lock(&state.lock);
	s = (struct pkt_reasm_stats){
		.waiting = state.waiting,
		.datagrams = reasm_nb(),
		.absorbed = __atomic_load_n(&state.absorbed, __ATOMIC_RELAXED),
		.bytes = reasm_bytes(),
	};
	rte_spinlock_unlock(&state.lock);
	return s;
}

static struct mem_use
reasm_memory(void)
{
	struct pkt_reasm_stats s = pkt_reasm_stats();

	return (struct mem_use){ .used = s.bytes, .reserved = s.bytes };
}

MEM_USER(reasm, "fragments", "fragments that wait for the rest (packet buffers)", reasm_memory)
