/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "pg_spread.h"

/* splitmix64: seeds of neighbouring numbers become unlike. */
static uint64_t
mix(uint64_t *x)
{
	uint64_t z = (*x += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Vose's way to the table: columns below the average are filled up from those above it. */
static void
pair(struct pg_alias *alias, double *weight, uint32_t *small, uint32_t nb)
{
	uint32_t nb_small = 0, nb_large = 0;

	for (uint32_t i = 0; i < nb; i++) {
		if (weight[i] < 1)
			small[nb_small++] = i;
		else
			small[nb - ++nb_large] = i;
	}
	while (nb_small > 0 && nb_large > 0) {
		uint32_t a = small[--nb_small], b = small[nb - nb_large];

		alias[a] = (struct pg_alias){ weight[a] * 4294967296.0, b };
		weight[b] -= 1 - weight[a];
		if (weight[b] < 1) {
			nb_large--;
			small[nb_small++] = b;
		}
	}
	/* What is left is full, but for rounding. */
	for (uint32_t i = 0; i < nb_small; i++)
		alias[small[i]] = (struct pg_alias){ UINT32_MAX, small[i] };
	for (; nb_large > 0; nb_large--)
		alias[small[nb - nb_large]] = (struct pg_alias){ UINT32_MAX, small[nb - nb_large] };
}

static int
make_alias(struct pg_spread *s, double zipf, double *sum)
{
	double *weight = malloc(s->nb * sizeof(*weight));
	uint32_t *order = malloc(s->nb * sizeof(*order));

	s->alias = malloc(s->nb * sizeof(*s->alias));
	*sum = 0;
	if (weight != NULL && order != NULL && s->alias != NULL) {
		for (uint32_t i = 0; i < s->nb; i++)
			*sum += weight[i] = pow(1.0 + s->first + (double)i * s->step, -zipf);
		for (uint32_t i = 0; i < s->nb; i++)
			weight[i] *= s->nb / *sum;
		pair(s->alias, weight, order, s->nb);
	}
	free(weight);
	free(order);
	return *sum > 0 ? 0 : -ENOMEM;
}

int
pg_spread_init(struct pg_spread *s, uint32_t nb, unsigned i, unsigned n, double zipf, uint64_t seed,
	       struct err *e)
{
	double sum, all = 0;

	*s = (struct pg_spread){ .first = i, .step = n, .nb = nb / n + (i < nb % n) };
	seed += i;
	s->random[0] = mix(&seed);
	s->random[1] = mix(&seed);
	s->share = (double)s->nb / nb;
	if (zipf == 0 || s->nb == 0)
		return 0;
	if (make_alias(s, zipf, &sum) != 0) {
		pg_spread_free(s);
		return err_set(e, -ENOMEM, "too little memory to spread %u flows", nb);
	}
	for (uint32_t k = 0; k < nb; k++)
		all += pow(1.0 + k, -zipf);
	s->share = sum / all;
	return 0;
}

void
pg_spread_free(struct pg_spread *s)
{
	free(s->alias);
	s->alias = NULL;
}
