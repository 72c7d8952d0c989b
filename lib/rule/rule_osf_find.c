/* SPDX-License-Identifier: BSD-3-Clause */
/* Which fingerprints a SYN has. Called by match osf on workers. */
#include <string.h>

#include "rule_osf.h"
#include "rule_tcp.h"

/* MSS that modems put in place of the sender's: it counted its window by its own, or by these. */
static const uint16_t smart_mss[] = { 1460, 1448 };

#define HEADERS 40 /* of IP and TCP without options: MTU - MSS */

bool
rule_osf_read(const struct rule_packet *rp, struct rule_osf_syn *syn)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(rp->m);
	const struct rte_tcp_hdr *h = rule_tcp_header(rp, sizeof(*h));
	unsigned len;

	if (h == NULL || !(h->tcp_flags & RTE_TCP_SYN_FLAG))
		return false;
	len = RTE_MAX(rule_tcp_len(h), (unsigned)sizeof(*h));
	if (rule_tcp_header(rp, len) == NULL)
		return false;
	syn->options = (const uint8_t *)(h + 1);
	syn->key = rule_osf_key(rp->p->len, len - sizeof(*h),
				ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_DF_FLAG));
	syn->window = pkt_host16(h->rx_win);
	syn->ttl = ip->time_to_live;
	return true;
}

/* Of each option only the kind is compared; they have as many bytes as the fingerprint's. */
static bool
has_options(const uint8_t *at, const struct rule_osf_finger *f, uint16_t *mss)
{
	for (uint32_t i = 0; i < f->nb; at += f->option[i++].len) {
		if (*at != f->option[i].kind)
			return false;
		if (*at == RULE_TCP_OPT_MSS)
			*mss = at[2] << 8 | at[3];
	}
	return true;
}

static bool
has_window(uint32_t window, const struct rule_osf_value *v, uint16_t mss)
{
	uint32_t more = v->kind == RULE_OSF_MTU ? HEADERS : 0;

	switch (v->kind) {
	case RULE_OSF_PLAIN:
		return v->number == 0 || window == v->number;
	case RULE_OSF_MODULO:
		return window % v->number == 0;
	default:
		return window == v->number * (mss + more) ||
		       window == v->number * (smart_mss[0] + more) ||
		       window == v->number * (smart_mss[1] + more);
	}
}

static bool
has(const struct rule_osf_syn *syn, enum rule_osf_ttl ttl, const struct rule_osf_finger *f)
{
	uint16_t mss = 0;

	if (ttl == RULE_OSF_TTL_SAME ? syn->ttl != f->ttl
				     : ttl == RULE_OSF_TTL_UP_TO && syn->ttl > f->ttl)
		return false;
	return has_options(syn->options, f, &mss) && has_window(syn->window, &f->window, mss);
}

const struct rule_osf_finger *
rule_osf_find(const struct rule_osf_syn *syn, enum rule_osf_ttl ttl, const char *genre,
	      uint32_t *at)
{
	const struct rule_osf_table *t = __atomic_load_n(&rule_osf_published, __ATOMIC_ACQUIRE);

	while (t != NULL && *at < t->nb) {
		uint32_t i = (*at)++;
		const struct rule_osf_finger *f = &t->fingers[i];

		if (t->keys[i] == syn->key && (genre == NULL || strcmp(genre, f->genre) == 0) &&
		    has(syn, ttl, f))
			return f;
	}
	return NULL;
}
