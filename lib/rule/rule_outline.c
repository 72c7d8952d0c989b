/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes and searches what rule_outline.h says. Made by rule_code.c on the control lcore; searched by workers. */
#include <stdlib.h>

#include "rule_outline.h"

#define SAMPLES 32 /* rules whose packets are tried */
#define SHARE 8    /* of the blocks at most one in so many may be worth a look */

/* The bits that both ask for, and want to be the same. */
static void
join_words(uint32_t *want, uint32_t *care, const uint32_t *want2, const uint32_t *care2, bool any)
{
	for (unsigned w = 0; w < 4; w++) {
		care[w] = any ? 0 : care[w] & care2[w] & ~(want[w] ^ want2[w]);
		want[w] &= care[w];
	}
}

static void
join_ports(struct rule_port_range *p, const struct rule_port_range *q)
{
	p->lo = q->invert ? 0 : RTE_MIN(p->lo, q->lo);
	p->hi = q->invert ? UINT16_MAX : RTE_MAX(p->hi, q->hi);
}

/* The filter that lets pass what either does. */
static void
join(struct rule_filter *a, const struct rule_filter *b)
{
	join_words(a->src.w, a->smask.w, b->src.w, b->smask.w, b->not_src);
	join_words(a->dst.w, a->dmask.w, b->dst.w, b->dmask.w, b->not_dst);
	join_ports(&a->port[RULE_PORT_SRC], &b->port[RULE_PORT_SRC]);
	join_ports(&a->port[RULE_PORT_DST], &b->port[RULE_PORT_DST]);
	a->care &= b->care & ~(a->want ^ b->want);
	a->want &= a->care;
}

/* Of a block: it starts as what its first rule asks, but for what that one inverts. */
static struct rule_filter
outline_of(const struct rule_filter *f, uint32_t nb)
{
	struct rule_filter all = f[0];

	all.not_src = all.not_dst = false;
	all.port[RULE_PORT_SRC].invert = all.port[RULE_PORT_DST].invert = false;
	for (uint32_t i = 0; i < nb; i++)
		join(&all, &f[i]);
	return all;
}

static bool
in_words(const uint32_t *have, const uint32_t *want, const uint32_t *care)
{
	uint32_t differ = 0;

	for (unsigned w = 0; w < 4; w++)
		differ |= (have[w] & care[w]) ^ want[w];
	return differ == 0;
}

static bool
in_ports(const struct rule_port_range *p, uint16_t port)
{
	return port >= p->lo && port <= p->hi;
}

/* Would a packet that the rule is for be looked at in that block? */
static bool
passes(const struct rule_filter *block, const struct rule_filter *f)
{
	return in_words(f->src.w, block->src.w, block->smask.w) &&
	       in_words(f->dst.w, block->dst.w, block->dmask.w) &&
	       in_ports(&block->port[RULE_PORT_SRC], f->port[RULE_PORT_SRC].lo) &&
	       in_ports(&block->port[RULE_PORT_DST], f->port[RULE_PORT_DST].lo) &&
	       ((f->want ^ block->want) & block->care) == 0;
}

static bool
pays(const struct rule_filter *block, uint32_t blocks, const struct rule_filter *f, uint32_t nb)
{
	uint64_t looks = 0;

	for (uint32_t s = 0; s < SAMPLES; s++)
		for (uint32_t b = 0; b < blocks; b++)
			looks += passes(&block[b], &f[(uint64_t)s * nb / SAMPLES]);
	return looks * SHARE <= (uint64_t)SAMPLES * blocks;
}

void
rule_outline_make(struct rule_lin *o, const struct rule_filter *f, uint32_t nb, bool ip4,
		  bool upper)
{
	uint32_t blocks = (nb + RULE_LIN_BLOCK - 1) / RULE_LIN_BLOCK;
	struct rule_filter *block;

	if (nb < RULE_OUTLINE_MIN)
		return;
	block = calloc(blocks, sizeof(*block));
	if (block == NULL)
		abort();
	for (uint32_t b = 0; b < blocks; b++)
		block[b] = outline_of(&f[b * RULE_LIN_BLOCK],
				      RTE_MIN(nb - b * RULE_LIN_BLOCK, (uint32_t)RULE_LIN_BLOCK));
	if (pays(block, blocks, f, nb)) {
		rule_lin_init(o, blocks, ip4, upper);
		for (uint32_t b = 0; b < blocks; b++)
			rule_lin_set(o, b, &block[b]);
	}
	free(block);
}

uint32_t
rule_outline_find(const struct rule_lin *l, const struct rule_lin *o, uint32_t pos, uint32_t end,
		  const struct rule_key *k)
{
	rule_lin_fn *find = __atomic_load_n(&rule_lin_find, __ATOMIC_RELAXED);
	uint32_t blocks = (end + RULE_LIN_BLOCK - 1) / RULE_LIN_BLOCK;

	while (pos < end) {
		uint32_t b = find(o, pos / RULE_LIN_BLOCK, blocks, k), stop, hit;

		if (b == blocks)
			return end;
		pos = RTE_MAX(pos, b * RULE_LIN_BLOCK);
		stop = RTE_MIN(end, (b + 1) * RULE_LIN_BLOCK);
		hit = find(l, pos, stop, k);
		if (hit < stop)
			return hit;
		pos = stop;
	}
	return end;
}
