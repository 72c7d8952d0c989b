/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options of an answer (RFC 1122 3.2.2.6, 3.2.2.8): records and timestamps go on, a source route
 * is turned round. Of ICMP errors, echo replies and TCP resets alike, as in Linux.
 */
#include <netinet/ip.h>

#include "base_clock.h"
#include "options4.h"
#include "pkt_rewrite.h"
#include "source4.h"

static uint8_t *
append(struct options4_echo *e, const uint8_t *o)
{
	uint8_t *to = e->data + e->len;

	memcpy(to, o, o[1]);
	e->len += o[1];
	return to;
}

static bool
record(struct options4_echo *e, const uint8_t *o, unsigned todo)
{
	unsigned at = o[2];
	uint8_t *to = append(e, o);

	if (!(todo & OPTIONS4_RR) || at > o[1])
		return true;
	if (at + 3 > o[1])
		return false;
	e->rr = to - e->data + at - 1;
	to[2] = at + 4;
	return true;
}

static bool
stamps(const struct hook_ctx *ctx, struct options4_echo *e, const uint8_t *o, unsigned todo)
{
	unsigned at = o[2];
	uint8_t *to = append(e, o);
	uint32_t addr;

	if (at > o[1])
		return true;
	if (todo & (OPTIONS4_TS_ADDR | OPTIONS4_TS_TIME) && at + 3 > o[1])
		return false;
	if (todo & OPTIONS4_TS_ADDR) {
		e->ts = to - e->data + at - 1;
		at += 4;
	}
	if (todo & OPTIONS4_TS_TIME && (o[3] & 0xf) != IPOPT_TS_PRESPEC) {
		if (at + 3 > o[1])
			return false;
		e->time = to - e->data + at - 1;
		at += 4;
	} else if (todo & OPTIONS4_TS_TIME && at + 7 <= o[1]) {
		memcpy(&addr, o + at - 1, 4);
		if (source4_special(ctx, addr)) {
			e->time = to - e->data + at + 3;
			at += 8;
		}
	}
	to[2] = at;
	return true;
}

/*
 * The stations that were passed, the last one first; then the sender itself. RFC 1812: a route that
 * starts with its sender already has it.
 */
static void
source_route(const struct rte_mbuf *about, struct options4_echo *e, const uint8_t *o)
{
	unsigned at = RTE_MIN(o[2], o[1] + 1u) - 4, passed = at / 4, n;
	uint8_t *to = e->data + e->len;

	n = passed;
	if (n > 0 && memcmp(&pkt_ip4(about)->src_addr, o + at % 4 + 3, 4) == 0)
		n--;
	if (n == 0)
		return;
	memcpy(&e->to, o + at - 1, 4);
	for (unsigned i = 0; i + 1 < n; i++)
		memcpy(to + 3 + 4 * i, o + at - 4 * (i + 1) - 1, 4);
	to[0] = o[0];
	to[1] = 3 + 4 * n;
	to[2] = 4;
	e->final = e->len + 4 * n - 1;
	e->len += to[1];
}

bool
options4_echo_make(const struct hook_ctx *ctx, const struct rte_mbuf *about, unsigned upto,
		   struct options4_echo *e)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(about);
	const uint8_t *h = (const uint8_t *)ip;
	unsigned todo = pkt_const(about)->options;
	struct options4 o;

	*e = (struct options4_echo){ 0 };
	options4_find(ip, upto, &o);
	if (o.rr != 0 && !record(e, h + o.rr, todo))
		return false;
	if (o.ts != 0 && !stamps(ctx, e, h + o.ts, todo))
		return false;
	if (o.srr != 0)
		source_route(about, e, h + o.srr);
	if (o.cipso != 0)
		append(e, h + o.cipso);
	while (e->len % 4 != 0)
		e->data[e->len++] = IPOPT_EOL;
	return true;
}

void
options4_echo_put(struct rte_mbuf *answer, const struct options4_echo *e)
{
	struct pkt *p = pkt(answer);
	uint32_t ms = rte_cpu_to_be_32(clock_midnight_ms());
	struct rte_ipv4_hdr *ip;
	uint8_t *data;

	if (e->len == 0)
		return;
	rte_pktmbuf_prepend(answer, e->len);
	ip = pkt_ip4(answer);
	memmove(ip, (uint8_t *)ip + e->len, sizeof(*ip));
	data = memcpy(ip + 1, e->data, e->len);
	if (e->final != 0)
		memcpy(data + e->final, &ip->dst_addr, 4);
	if (e->rr != 0)
		memcpy(data + e->rr, &ip->src_addr, 4);
	if (e->ts != 0)
		memcpy(data + e->ts, &ip->src_addr, 4);
	if (e->time != 0)
		memcpy(data + e->time, &ms, 4);
	if (e->final != 0)
		ip->dst_addr = e->to;
	p->l4 += e->len;
	p->len += e->len;
	p->flags |= PKT_OPTIONS;
	ip->version_ihl += e->len / 4;
	ip->total_length = rte_cpu_to_be_16(p->len);
	pkt_ip4_checksum_set(answer);
}
