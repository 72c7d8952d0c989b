/* SPDX-License-Identifier: BSD-3-Clause */
#include "pg_flow.h"

uint64_t
pg_flows_room(const struct pg_flows *f)
{
	const uint64_t nb[] = { f->dst.nb, f->sport.nb, f->dport.nb };
	uint64_t room = f->src.nb;

	/* Capped: the product of all four does not fit. */
	for (unsigned i = 0; i < 3 && room < PG_FLOWS_MAX; i++)
		room *= nb[i];
	return room;
}

/*
 * A number in mixed radix, a digit for each of the four. What the lower digits are is added to the higher ones: that
 * keeps different numbers different, and lets all digits move when the number grows by one.
 */
void
pg_flow_tuple(const struct pg_flows *f, uint32_t i, struct pg_tuple *t)
{
	uint32_t src = i % f->src.nb, dst, sport, dport;

	i /= f->src.nb;
	dst = (i + src) % f->dst.nb;
	i /= f->dst.nb;
	sport = (i + src + dst) % f->sport.nb;
	i /= f->sport.nb;
	dport = (i + sport) % f->dport.nb;
	t->src = pg_range_at(&f->src, src);
	t->dst = pg_range_at(&f->dst, dst);
	t->sport = f->sport.first + sport;
	t->dport = f->dport.first + dport;
}
