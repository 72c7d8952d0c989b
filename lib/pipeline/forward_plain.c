/* SPDX-License-Identifier: BSD-3-Clause */
#include "forward_plain.h"

#include "addr_conf6.h"
#include "base_param.h"
#include "input4.h"
#include "neigh_proxy.h"
#include "pkt_plain.h"
#include "source4.h"

#define AHEAD 8 /* frames whose first bytes are being fetched */

PARAM_INT(fast_forward, "net.pollux.fast_forward", 1, 0, 1,
	  "forward plain packets in one pass where no rule sees them")

static bool
unhooked(const struct gen *gen, enum hook_family family)
{
	return hook_list_get(gen, family, HOOK_PREROUTING) == NULL &&
	       hook_list_get(gen, family, HOOK_FORWARD) == NULL &&
	       hook_list_get(gen, family, HOOK_POSTROUTING) == NULL;
}

/* May IPv4 packets of the port go this way? Everything that is decided by the burst. */
static bool
open4(const struct gen *gen, uint16_t in)
{
	return unhooked(gen, HOOK_IP4) && policy_of(gen, AF_INET) == NULL && input4_forwards(in) &&
	       !source4_strict(in);
}

static bool
open6(const struct gen *gen, uint16_t in)
{
	return unhooked(gen, HOOK_IP6) && policy_of(gen, AF_INET6) == NULL && addr_has_ip6(in) &&
	       addr_forwards6(in) && !neigh_proxy_any6();
}

/* First bytes of IPv4 addresses that are no ordinary host's: see input4_maybe_special(). */
static const uint8_t special4[256] = { [0] = 1, [127] = 1, [224 ... 255] = 1 };

/* Which packets of a burst are plain. */
struct sorter {
	struct pkt_plain frame4, frame6;
	const struct addr_filter *own;
	bool may4, may6;
	unsigned n4, n6;
	uint32_t dst4[PKT_BURST];
	uint8_t dst6[PKT_BURST][16];
};

static inline bool
plain4(const struct sorter *s, const struct rte_mbuf *m, uint32_t *dst)
{
	const struct rte_ipv4_hdr *ip =
		rte_pktmbuf_mtod_offset(m, const struct rte_ipv4_hdr *, RTE_ETHER_HDR_LEN);

	*dst = rte_be_to_cpu_32(ip->dst_addr);
	return pkt_ip4_checksum_ok(m, ip, sizeof(*ip) / 4) && ip->time_to_live > 1 &&
	       !special4[*(const uint8_t *)&ip->src_addr] &&
	       !special4[*(const uint8_t *)&ip->dst_addr] &&
	       !addr_filter_maybe(s->own, ip->src_addr);
}

static inline bool
plain6(const struct rte_mbuf *m, uint8_t dst[16])
{
	const struct ip6_hdr *ip =
		rte_pktmbuf_mtod_offset(m, const struct ip6_hdr *, RTE_ETHER_HDR_LEN);

	memcpy(dst, &ip->ip6_dst, 16);
	return ip->ip6_nxt != IPPROTO_HOPOPTS && ip->ip6_hlim > 1 && !pkt_special6(&ip->ip6_src) &&
	       !pkt_special6(&ip->ip6_dst);
}

/* Also of frames nothing has been seen of yet: they may end before the type. */
static inline bool
is_ip6(const struct rte_mbuf *m)
{
	return rte_pktmbuf_data_len(m) >= RTE_ETHER_HDR_LEN &&
	       rte_pktmbuf_mtod(m, const struct rte_ether_hdr *)->ether_type ==
		       rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6);
}

static inline void
fetch(const struct rte_mbuf *m)
{
	rte_prefetch0(rte_pktmbuf_mtod(m, void *));
}

/*
 * Mostly all of a burst are plain and of one family: how many from the i-th on, before the end-th, are. more: there are
 * AHEAD more.
 */
static __rte_always_inline unsigned
plain_until(struct sorter *s, struct rte_mbuf *const *pkts, unsigned i, unsigned end, bool more,
	    bool v6)
{
	const struct pkt_plain frame = v6 ? s->frame6 : s->frame4;
	const unsigned header = v6 ? sizeof(struct ip6_hdr) : sizeof(struct rte_ipv4_hdr);

	for (; i < end; i++) {
		const struct rte_mbuf *m = pkts[i];

		if (more)
			fetch(pkts[i + AHEAD]);
		if (unlikely(!pkt_is_plain(m, &frame, header) ||
			     !(v6 ? plain6(m, s->dst6[i]) : plain4(s, m, &s->dst4[i]))))
			break;
	}
	return i;
}

static __rte_always_inline unsigned
plain_first(struct sorter *s, struct rte_mbuf *const *pkts, unsigned n, bool v6)
{
	unsigned most = n > AHEAD ? n - AHEAD : 0, i;

	i = plain_until(s, pkts, 0, most, true, v6);
	return i == most ? plain_until(s, pkts, i, n, false, v6) : i;
}

static void
sort_rest(struct sorter *s, struct rte_mbuf *const *pkts, unsigned i, unsigned n,
	  struct forward_plain *b)
{
	for (; i < n; i++) {
		const struct rte_mbuf *m = pkts[i];

		if (i + AHEAD < n)
			fetch(pkts[i + AHEAD]);
		if (s->may4 && pkt_is_plain(m, &s->frame4, sizeof(struct rte_ipv4_hdr))) {
			if (plain4(s, m, &s->dst4[s->n4])) {
				b->plain4 |= 1ull << i;
				s->n4++;
			}
		} else if (s->may6 && pkt_is_plain(m, &s->frame6, sizeof(struct ip6_hdr))) {
			if (plain6(m, s->dst6[s->n6])) {
				b->plain6 |= 1ull << i;
				s->n6++;
			}
		}
	}
}

static inline uint64_t
ones(unsigned n)
{
	return n == 64 ? UINT64_MAX : (1ull << n) - 1;
}

static void
sort(struct sorter *s, struct rte_mbuf *const *pkts, unsigned n, struct forward_plain *b)
{
	for (unsigned i = 0; i < AHEAD && i < n; i++)
		fetch(pkts[i]);
	s->n4 = s->may4 ? plain_first(s, pkts, n, false) : 0;
	s->n6 = s->may6 && s->n4 == 0 ? plain_first(s, pkts, n, true) : 0;
	b->plain4 = ones(s->n4);
	b->plain6 = ones(s->n6);
	if (unlikely(s->n4 + s->n6 < n))
		sort_rest(s, pkts, s->n4 + s->n6, n, b);
}

bool
forward_plain_begin(const struct walk *w, const struct port *port, struct rte_mbuf **pkts,
		    uint16_t n, struct forward_plain *b)
{
	struct sorter s;

	if (!param_get(&fast_forward))
		return false;
	s.may4 = open4(w->ctx.gen, port->index);
	s.may6 = open6(w->ctx.gen, port->index);
	if (!(s.may4 && s.may6) && !(is_ip6(pkts[0]) ? s.may6 : s.may4))
		return false; /* mostly all are of one family */
	s.frame4 = pkt_plain_frame(&port->mac, 4);
	s.frame6 = pkt_plain_frame(&port->mac, 6);
	s.own = addr_filter_get(w->ctx.gen);
	sort(&s, pkts, n, b);
	if (s.n4 != 0)
		route4_lookup(s.dst4, b->id4, s.n4);
	if (s.n6 != 0)
		route6_lookup(s.dst6, b->id6, s.n6);
	b->in = port->index;
	b->at4 = b->at6 = 0;
	return s.n4 + s.n6 != 0;
}

/* One packet over the next hop; false: it is for the walk, nothing has happened to it. */
static __rte_always_inline bool
send_over(const struct forward_hop *h, struct rte_mbuf *m, uint8_t *frame, bool v6)
{
	const unsigned header = v6 ? sizeof(struct ip6_hdr) : sizeof(struct rte_ipv4_hdr);
	struct rte_ipv4_hdr *ip4 = (void *)(frame + RTE_ETHER_HDR_LEN);
	struct ip6_hdr *ip6 = (void *)ip4;
	uint32_t len =
		v6 ? sizeof(*ip6) + pkt_host16(ip6->ip6_plen) : pkt_host16(ip4->total_length);

	if (unlikely(len > h->most || !pkt_plain_trim(m, len, header)))
		return false;
	if (v6)
		ip6->ip6_hlim--;
	else
		pkt_ttl_dec(ip4);
	memcpy(frame, h->l2, 8);
	memcpy(frame + 6, h->l2 + 6, 8);
	return true;
}

/* Where a packet's destination is, from the frame's first byte. */
static inline unsigned
dst_at(bool v6)
{
	return RTE_ETHER_HDR_LEN +
	       (v6 ? offsetof(struct ip6_hdr, ip6_dst) : offsetof(struct rte_ipv4_hdr, dst_addr));
}

/*
 * Sends up to n packets of one family whose next hops are ids. How many; the one behind these, if there is one, is for
 * the walk.
 */
static __rte_always_inline unsigned
run(struct walk *w, const struct forward_plain *b, struct rte_mbuf **pkts, const uint64_t *ids,
    unsigned n, bool v6)
{
	const struct hook_ctx ctx = w->ctx; /* frames that are written could be anything's bytes */
	struct forward_hops *hops = b->hops;
	const uint16_t in = b->in;
	unsigned i, from = 0;
	uint16_t out = 0;

	for (i = 0; i < n; i++) {
		uint8_t *frame = rte_pktmbuf_mtod(pkts[i], uint8_t *);
		struct forward_hop *h = forward_hop(w, hops, ids[i], frame + dst_at(v6), v6);

		if (unlikely(h->out != out)) {
			if (h->out == 0 || h->out == in)
				break;
			port_tx_bulk(ctx.lane, ctx.gen, out, pkts + from, i - from);
			from = i;
			out = h->out;
		}
		if (unlikely(!send_over(h, pkts[i], frame, v6)))
			break;
		forward_hop_use(h, ctx.now);
	}
	port_tx_bulk(ctx.lane, ctx.gen, out, pkts + from, i - from);
	return i;
}

/* How many of the lowest bits are set. */
static inline unsigned
run_length(uint64_t bits)
{
	return bits == UINT64_MAX ? 64 : __builtin_ctzll(~bits);
}

uint16_t
forward_plain_run(struct walk *w, struct forward_plain *b, struct rte_mbuf **pkts, uint16_t i,
		  uint16_t n)
{
	b->hops = forward_hops(w); /* what was walked may have taught a neighbour */
	while (i < n) {
		unsigned n4 = run_length(b->plain4 >> i), n6 = run_length(b->plain6 >> i);
		unsigned done;

		if (likely(n4 != 0)) {
			done = run(w, b, pkts + i, b->id4 + b->at4, n4, false);
			b->at4 += done + (done < n4);
		} else {
			done = n6 != 0 ? run(w, b, pkts + i, b->id6 + b->at6, n6, true) : 0;
			b->at6 += done + (done < n6);
		}
		i += done;
		if (done == 0 || done < n4 + n6)
			break;
	}
	return i;
}

uint16_t
forward_plain_next(const struct forward_plain *b, uint16_t i, uint16_t n)
{
	uint64_t rest = (b->plain4 | b->plain6) & ~((2ull << i) - 1);

	return rest != 0 ? (uint16_t)__builtin_ctzll(rest) : n;
}
