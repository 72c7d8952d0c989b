/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which fragments are gathered: all of IPv4; of IPv6 those that Linux's nf_ct_frag6_gather() takes. What it finds
 * nothing to do with goes on as it is, for the destination to complain of.
 */
#include "ct.h"
#include "ct_defrag.h"
#include "pkt_parse.h"
#include "pkt_reasm.h"

DROP_REASON(cut_short, "frag-truncated", "IPv6 fragment header cut short, and tracking is on");
DROP_REASON(headers, "frag-headers",
	    "long IPv6 datagram with more than 1,000 bytes of extension headers, or with headers "
	    "cut short");

static enum pkt_reasm_user
user_of(const struct hook_ctx *ctx)
{
	return ctx->point == HOOK_PREROUTING ? PKT_REASM_TRACK_IN : PKT_REASM_TRACK_OUT;
}

static void
defrag4(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	verdict_t *verdicts)
{
	for (uint16_t i = 0; i < n; i++) {
		struct pkt_piece piece;

		if (likely(!(pkt(pkts[i])->flags & PKT_FRAG)) || ct_untracked(pkts[i]))
			continue;
		piece = pkt_piece4(pkts[i]);
		pkts[i] = pkt_reasm(ctx->lane, ctx->now, user_of(ctx), &piece, pkts[i]);
		if (pkts[i] == NULL)
			verdicts[i] = VERDICT_STOLEN;
	}
}

/* Where the fragment header is, and what names it. false: there is none to be found. */
static bool
find_header6(const struct rte_mbuf *m, uint32_t *off, uint16_t *named)
{
	const uint8_t *base = (const uint8_t *)pkt_ip6(m);
	uint8_t next = pkt_ip6(m)->ip6_nxt;

	*off = sizeof(struct ip6_hdr);
	*named = offsetof(struct ip6_hdr, ip6_nxt);
	while (next != IPPROTO_FRAGMENT) {
		if (!pkt_is_extension6(next) || *off + 2 > pkt_const(m)->len)
			return false;
		*named = *off;
		*off += next == IPPROTO_AH ? (base[*off + 1] + 2u) * 4 : (base[*off + 1] + 1u) * 8;
		next = base[*named];
	}
	return *off <= pkt_const(m)->len;
}

/* Not even the fragment header is whole: passed on only where it says what should have followed. */
static verdict_t
cut_short6(const struct rte_mbuf *m, uint32_t off)
{
	const uint8_t *header = (const uint8_t *)pkt_ip6(m) + off;
	bool first = off + 4 <= pkt_const(m)->len && header[2] == 0 && header[3] < 8;

	return first && pkt_piece6_lacks_headers(m) ? VERDICT_ACCEPT
						    : VERDICT_DROP_FOR(DROP(cut_short));
}

/* Off the grid of 8 bytes: its destination is to refuse it, and nothing can come of the rest. */
static bool
off_grid6(const struct hook_ctx *ctx, const struct rte_mbuf *m, const struct pkt_piece *piece)
{
	uint32_t end = piece->offset + pkt_const(m)->len - piece->hlen;

	if (!piece->more || end % 8 == 0 || end > UINT16_MAX ||
	    !pkt_reasm_room(user_of(ctx), AF_INET6))
		return false;
	pkt_reasm_cancel(ctx->lane, user_of(ctx), piece, m);
	return true;
}

static verdict_t
gather6(const struct hook_ctx *ctx, struct rte_mbuf **m)
{
	struct pkt_piece piece;
	uint32_t off;
	uint16_t named;

	if (pkt_ip6(*m)->ip6_plen == 0 || !find_header6(*m, &off, &named))
		return VERDICT_ACCEPT;
	if (off + sizeof(struct ip6_frag) > pkt(*m)->len)
		return cut_short6(*m, off);
	piece = pkt_piece6(*m, off, named);
	if (piece.offset == 0 && pkt_piece6_lacks_headers(*m))
		return VERDICT_ACCEPT;
	if (off_grid6(ctx, *m, &piece))
		return VERDICT_ACCEPT;
	*m = pkt_reasm(ctx->lane, ctx->now, user_of(ctx), &piece, *m);
	if (*m == NULL)
		return VERDICT_STOLEN;
	return pkt_parse_joined6(*m) ? VERDICT_ACCEPT : VERDICT_DROP_FOR(DROP(headers));
}

static void
defrag6(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	verdict_t *verdicts)
{
	for (uint16_t i = 0; i < n; i++)
		if (unlikely(pkt(pkts[i])->flags & (PKT_FRAG | PKT_EXT_BAD)) &&
		    !ct_untracked(pkts[i]))
			verdicts[i] = gather6(ctx, &pkts[i]);
}

RTE_INIT(ct_defrag_init)
{
	hook_replayable(defrag4);
	hook_replayable(defrag6);
}

int
ct_defrag_register(struct gen *draft, enum hook_family family)
{
	hook_fn *fn = family == HOOK_IP4 ? defrag4 : defrag6;
	int rc = hook_register(draft, family, HOOK_PREROUTING, HOOK_PRI_DEFRAG, "defrag", fn, NULL);

	if (rc != 0)
		return rc;
	rc = hook_register(draft, family, HOOK_OUTPUT, HOOK_PRI_DEFRAG, "defrag", fn, NULL);
	if (rc != 0)
		hook_unregister(draft, family, HOOK_PREROUTING, "defrag");
	return rc;
}

void
ct_defrag_unregister(struct gen *draft, enum hook_family family)
{
	hook_unregister(draft, family, HOOK_PREROUTING, "defrag");
	hook_unregister(draft, family, HOOK_OUTPUT, "defrag");
}
