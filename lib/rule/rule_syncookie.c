/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A cookie is the sum of a hash of the flow, the SYN's number, the minute in the highest byte, and in the rest another
 * hash, of flow and minute, plus the place of the segment's length in a table (D. J. Bernstein, 1996). Called by
 * rule_synproxy.c.
 */
#include <stdlib.h>
#include <sys/random.h>

#include <rte_common.h>

#include "base_siphash.h"
#include "pkt.h"
#include "rule_syncookie.h"

#define MINUTE_MS 60000u
#define MINUTES 2u /* a cookie is good for so many */
#define LOW 0xffffffu

static struct siphash_key flow_key, minute_key;

/* The lengths that Linux's cookies know. */
static const uint16_t lengths4[] = { 536, 1300, 1440, 1460 };
static const uint16_t lengths6[] = { 1280 - 60, 1480 - 60, 1500 - 60, 9000 - 60 };

_Static_assert(RTE_DIM(lengths4) == RTE_DIM(lengths6), "one size for both");

RTE_INIT(rule_syncookie_init)
{
	if (getrandom(&flow_key, sizeof(flow_key), 0) != sizeof(flow_key) ||
	    getrandom(&minute_key, sizeof(minute_key), 0) != sizeof(minute_key))
		abort();
}

static uint32_t
hash(const struct siphash_key *key, const struct rte_mbuf *m, uint32_t seq, uint32_t minute)
{
	const struct pkt *p = pkt_const(m);
	uint64_t words[6] = { (uint64_t)p->sport << 16 | p->dport, (uint64_t)seq << 32 | minute };

	if (p->family == AF_INET) {
		words[2] = (uint64_t)pkt_ip4(m)->src_addr << 32 | pkt_ip4(m)->dst_addr;
	} else {
		memcpy(&words[2], &pkt_ip6(m)->ip6_src, 16);
		memcpy(&words[4], &pkt_ip6(m)->ip6_dst, 16);
	}
	return siphash(key, words, RTE_DIM(words));
}

static const uint16_t *
lengths_of(const struct rte_mbuf *m)
{
	return pkt_const(m)->family == AF_INET ? lengths4 : lengths6;
}

uint32_t
rule_syncookie_make(const struct rte_mbuf *m, uint32_t seq, uint16_t mss, uint64_t now_ms)
{
	uint32_t minute = now_ms / MINUTE_MS, i = RTE_DIM(lengths4) - 1;

	while (i > 0 && mss < lengths_of(m)[i])
		i--;
	return hash(&flow_key, m, seq, 0) + seq + (minute << 24) +
	       ((hash(&minute_key, m, seq, minute) + i) & LOW);
}

uint16_t
rule_syncookie_check(const struct rte_mbuf *m, uint32_t seq, uint32_t cookie, uint64_t now_ms)
{
	uint32_t minute = now_ms / MINUTE_MS, i;
	uint32_t rest = cookie - hash(&flow_key, m, seq, 0) - seq;
	uint32_t age = (minute - (rest >> 24)) & 0xff;

	if (age >= MINUTES)
		return 0;
	i = (rest - hash(&minute_key, m, seq, minute - age)) & LOW;
	return i < RTE_DIM(lengths4) ? lengths_of(m)[i] : 0;
}
