/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP options that tracking looks at. Called by workers with options that are in the segment as a whole. */
#include <rte_byteorder.h>

#include "ct_tcp_seg.h"

#define OPT_END 0
#define OPT_NOP 1
#define OPT_SCALE 3
#define OPT_SACK_PERM 4
#define OPT_SACK 5
#define OPT_TIMESTAMP 8

#define SCALE_MAX 14 /* RFC 7323 2.3 */
#define SACK_BLOCK 8

/* A walk over options: stops at the end, and at the first one whose length lies. */
struct walk {
	const uint8_t *at;
	unsigned left;
};

struct option {
	uint8_t kind;
	unsigned len; /* of the data */
	const uint8_t *data;
};

static bool
next(struct walk *w, struct option *o)
{
	for (; w->left > 0 && *w->at == OPT_NOP; w->left--)
		w->at++;
	if (w->left < 2 || w->at[0] == OPT_END || w->at[1] < 2 || w->at[1] > w->left)
		return false;
	*o = (struct option){ .kind = w->at[0], .len = w->at[1] - 2u, .data = w->at + 2 };
	w->left -= w->at[1];
	w->at += w->at[1];
	return true;
}

void
ct_tcp_options(const struct ct_tcp_seg *s, struct ct_tcp_seen *seen)
{
	struct walk w = { s->options, s->nb_options };
	struct option o;

	if (s->nb_options == 0)
		return; /* a SYN sent again without options takes nothing back */
	seen->scale = 0;
	seen->flags &= CT_TCP_BE_LIBERAL;
	while (next(&w, &o)) {
		if (o.kind == OPT_SACK_PERM && o.len == 0) {
			seen->flags |= CT_TCP_SACK_PERM;
		} else if (o.kind == OPT_SCALE && o.len == 1) {
			seen->scale = RTE_MIN(o.data[0], SCALE_MAX);
			seen->flags |= CT_TCP_WINDOW_SCALE;
		}
	}
}

uint32_t
ct_tcp_sack(const struct ct_tcp_seg *s, uint32_t ack)
{
	struct walk w = { s->options, s->nb_options };
	struct option o;

	while (next(&w, &o)) {
		if (o.kind != OPT_SACK || o.len == 0 || o.len % SACK_BLOCK != 0)
			continue;
		for (unsigned i = 4; i < o.len; i += SACK_BLOCK) {
			rte_be32_t right;

			memcpy(&right, o.data + i, sizeof(right));
			if (ct_tcp_after(rte_be_to_cpu_32(right), ack))
				ack = rte_be_to_cpu_32(right);
		}
		break;
	}
	return ack;
}
