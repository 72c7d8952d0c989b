/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UDP. Both ways seen makes no stream yet: a question and its answer are forgotten soon. Packets that still come two
 * seconds after the first one do, and then the flow is assured.
 */
#include <rte_udp.h>

#include "ct_known.h"
#include "ct_udp.h"
#include "pkt_checksum.h"

#define STREAM_SECONDS 2

CT_TIMEOUT(udp_timeout, "net.netfilter.nf_conntrack_udp_timeout", 30,
	   "seconds that a UDP or UDP-Lite flow is kept that went one way, or not for long")
CT_TIMEOUT(udp_timeout_stream, "net.netfilter.nf_conntrack_udp_timeout_stream", 120,
	   "seconds that a UDP or UDP-Lite flow is kept that goes both ways")

struct param *const ct_udp_timeouts[CT_UDP_TIMEOUTS] = { &udp_timeout, &udp_timeout_stream };
const char *const ct_udp_timeout_names[CT_UDP_TIMEOUTS] = { "unreplied", "replied" };

static struct ct_proto udp;

static bool
udp_valid(const struct rte_mbuf *m, bool check_sum)
{
	uint32_t there = pkt_l4_len(m), len;

	if (unlikely(pkt_l4_here(m) < sizeof(struct rte_udp_hdr)))
		return false;
	len = rte_be_to_cpu_16(((const struct rte_udp_hdr *)pkt_l4(m))->dgram_len);
	if (unlikely(len > there || len < sizeof(struct rte_udp_hdr)))
		return false;
	return !check_sum || pkt_l4_checksum_ok(m);
}

/* ct.state, so that the second line of the entry of a stream need not be read. */
enum { YOUNG, STREAM };

static inline bool
is_stream(const struct ct_pkt *p)
{
	if (likely(__atomic_load_n(&p->ct->state, __ATOMIC_RELAXED) == STREAM))
		return true;
	if ((int32_t)(p->now - p->ct->udp.stream_from) <= 0)
		return false;
	__atomic_store_n(&p->ct->state, STREAM, __ATOMIC_RELAXED);
	return true;
}

static enum ct_result
udp_packet(struct ct_pkt *p)
{
	if (p->fresh)
		p->ct->udp.stream_from = p->now + ct_seconds(STREAM_SECONDS);
	if (!(ct_status(p->ct) & CT_SEEN_REPLY) || !is_stream(p)) {
		ct_refresh(p, ct_udp_seconds(p->ct, &udp, CT_UDP_UNREPLIED));
		return CT_OK;
	}
	ct_refresh(p, ct_udp_seconds(p->ct, &udp, CT_UDP_REPLIED));
	ct_assure(p);
	return CT_OK;
}

/*
 * What most packets are of: a stream that nothing counts and nothing can be new of. Its entry only lives longer, by so much
 * that the sweep need not be told.
 */
static inline bool
settled(const struct ct_pkt *p, uint32_t steps)
{
	const struct ct *ct = p->ct;
	const uint32_t done = CT_SEEN_REPLY | CT_ASSURED;

	return (ct_status(ct) & (done | CT_FIXED_TIMEOUT)) == done && ct->ext == NULL &&
	       __atomic_load_n(&ct->state, __ATOMIC_RELAXED) == STREAM && steps >= CT_SWEEP_EVERY;
}

enum ct_result
ct_udp_known(struct ct_pkt *p, bool check_sum)
{
	uint32_t steps = ct_seconds(param_get(&udp_timeout_stream));

	if (unlikely(!udp_valid(p->m, check_sum)))
		return CT_INVALID;
	if (unlikely(!settled(p, steps)))
		return udp_packet(p);
	__atomic_store_n(&p->ct->expires, p->now + steps, __ATOMIC_RELAXED);
	return CT_OK;
}

/* Answered, and old enough to be assured by this packet. */
static inline bool
begins_stream(const struct ct_pkt *p)
{
	return (ct_status(p->ct) & (CT_SEEN_REPLY | CT_ASSURED)) == CT_SEEN_REPLY && is_stream(p);
}

bool
ct_udp_replay(struct ct_pkt *p, bool check_sum)
{
	uint32_t steps = ct_seconds(param_get(&udp_timeout_stream));

	if (unlikely(!udp_valid(p->m, check_sum)))
		return false;
	if (likely(settled(p, steps))) {
		__atomic_store_n(&p->ct->expires, p->now + steps, __ATOMIC_RELAXED);
		return true;
	}
	return !begins_stream(p) && udp_packet(p) == CT_OK;
}

static struct ct_proto udp = {
	.name = "udp",
	.proto = IPPROTO_UDP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.valid = udp_valid,
	.packet = udp_packet,
	.timeouts = ct_udp_timeouts,
	.timeout_names = ct_udp_timeout_names,
	.nb_timeouts = CT_UDP_TIMEOUTS,
};

CT_PROTO_REGISTER(udp)
