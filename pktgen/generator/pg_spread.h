/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which flow comes next: each in turn, or by Zipf's law, where flow number k gets a share proportional to 1/(k+1)^s. Flows
 * are dealt to the workers (number % workers), so that the packets of one are always sent by one worker and in order; each
 * worker has a spread of its own.
 *
 * Zipf draws by Walker's alias method: exact, one random number and one place in memory a packet, 8 bytes a flow.
 */
#pragma once

#include <stdint.h>

#include "base_err.h"

struct pg_alias {
	uint32_t keep; /* of 2^32: how often the column itself */
	uint32_t other;
};

struct pg_spread {
	uint32_t first, step; /* flows first, first + step, ... */
	uint32_t nb;
	uint32_t turn;
	struct pg_alias *alias; /* NULL: in turn */
	uint64_t random[2];
	double share; /* of all packets that fall to this worker's flows; 0..1 */
};

/*
 * For worker i of n, over nb flows; s 0: in turn. A worker beyond the number of flows gets none (nb 0). The same seed gives
 * the same flows. 0 or -ENOMEM with a text. Main thread; freed by pg_spread_free().
 */
int pg_spread_init(struct pg_spread *s, uint32_t nb, unsigned i, unsigned n, double zipf,
		   uint64_t seed, struct err *e);
void pg_spread_free(struct pg_spread *s);

/* xoroshiro128+, of David Blackman and Sebastiano Vigna, public domain. */
static inline uint64_t
pg_random(uint64_t r[2])
{
	uint64_t a = r[0], b = r[1], sum = a + b;

	b ^= a;
	r[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
	r[1] = (b << 37) | (b >> 27);
	return sum;
}

/* The number of the next flow; its worker only, nb is not 0. */
static inline uint32_t
pg_spread_next(struct pg_spread *s)
{
	uint32_t i;

	if (s->alias == NULL) {
		i = s->turn++;
		if (s->turn == s->nb)
			s->turn = 0;
	} else {
		uint64_t r = pg_random(s->random);

		i = ((r >> 32) * s->nb) >> 32;
		if ((uint32_t)r >= s->alias[i].keep)
			i = s->alias[i].other;
	}
	return s->first + i * s->step;
}
