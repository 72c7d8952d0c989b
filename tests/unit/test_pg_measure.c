/* SPDX-License-Identifier: BSD-3-Clause */
/* pktgen/generator: latencies, order, pace, and the search for the highest rate against devices that are only played. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <rte_common.h>

#include "pg_histogram.h"
#include "pg_pace.h"
#include "pg_search.h"
#include "pg_track.h"

static struct pg_histogram h, g;

/* Whatever the value, what is reported is at most 1/64 above it. */
static void
buckets(void **state)
{
	unsigned before = 0;

	for (uint64_t v = 0; v < 1ull << 62; v += 1 + v / 100) {
		unsigned b = pg_histogram_bucket(v);

		assert_true(b < PG_HISTOGRAM_BUCKETS);
		assert_true(b >= before);
		before = b;
		memset(&h, 0, sizeof(h));
		pg_histogram_add(&h, v);
		pg_histogram_add(&h, UINT64_MAX >> 1);
		assert_in_range(pg_histogram_percentile(&h, 50), v, v + v / 64);
	}
	assert_true(pg_histogram_bucket(UINT64_MAX) < PG_HISTOGRAM_BUCKETS);
}

static void
percentiles(void **state)
{
	memset(&h, 0, sizeof(h));
	assert_int_equal(pg_histogram_percentile(&h, 50), 0);
	for (unsigned v = 1; v <= 100; v++)
		pg_histogram_add(&h, v);
	assert_int_equal(pg_histogram_percentile(&h, 0), 1);
	assert_int_equal(pg_histogram_percentile(&h, 50), 50);
	assert_int_equal(pg_histogram_percentile(&h, 99), 99);
	assert_int_equal(pg_histogram_percentile(&h, 99.9), 100);
	assert_int_equal(pg_histogram_percentile(&h, 100), 100);
	memset(&g, 0, sizeof(g));
	pg_histogram_add(&g, 1000000);
	pg_histogram_merge(&h, &g);
	assert_int_equal(h.nb, 101);
	assert_int_equal(h.min, 1);
	assert_int_equal(h.max, 1000000);
	assert_int_equal(h.sum, 5050 + 1000000);
	assert_int_equal(pg_histogram_percentile(&h, 100), 1000000);
	memset(&g, 0, sizeof(g));
	pg_histogram_merge(&g, &h);
	assert_int_equal(g.min, 1);
}

static void
play(struct pg_track *t, const uint32_t *seq, unsigned nb, unsigned late, unsigned twice)
{
	unsigned n[3] = { 0 };

	for (unsigned i = 0; i < nb; i++)
		n[pg_track_arrived(t, seq[i])]++;
	assert_int_equal(n[PG_LATE], late);
	assert_int_equal(n[PG_TWICE], twice);
}

static void
order(void **state)
{
	static const uint32_t plain[] = { 0, 1, 2, 3 }, gap[] = { 0, 1, 5, 6 },
			      late[] = { 0, 2, 1, 3 }, twice[] = { 0, 1, 1, 0, 2, 2 },
			      far[] = { 0, 100, 36, 37, 37, 99, 99, 1 },
			      both[] = { 3, 1, 1, 3, 2, 0 }, jump[] = { 0, 63, 62, 0, 64, 1, 1 };
	struct pg_track t;

	memset(&t, 0, sizeof(t));
	play(&t, plain, RTE_DIM(plain), 0, 0);
	memset(&t, 0, sizeof(t));
	play(&t, gap, RTE_DIM(gap), 0, 0);
	memset(&t, 0, sizeof(t));
	play(&t, late, RTE_DIM(late), 1, 0);
	memset(&t, 0, sizeof(t));
	play(&t, twice, RTE_DIM(twice), 0, 3);
	memset(&t, 0, sizeof(t));
	/* 36 and 1 are too far behind to be known again. */
	play(&t, far, RTE_DIM(far), 4, 2);
	memset(&t, 0, sizeof(t));
	play(&t, both, RTE_DIM(both), 3, 2);
	memset(&t, 0, sizeof(t));
	play(&t, jump, RTE_DIM(jump), 2, 2);
}

/* At whatever moments it is asked, after a second the rate has been sent. */
static void
pace(void **state)
{
	static const double rates[] = { 1, 10, 999, 100000, 3e6 };
	const double hz = 1e9;

	for (unsigned i = 0; i < RTE_DIM(rates); i++) {
		struct pg_pace p;
		uint64_t now = 12345, end = now + hz, sent = 0;

		srand(1);
		pg_pace_begin(&p, rates[i], hz, now);
		assert_int_equal(pg_pace_due(&p, now, 32), 1);
		for (; now < end; now += 1 + rand() % 8000) {
			unsigned due = pg_pace_due(&p, now, 64);

			assert_true(due <= 64);
			pg_pace_sent(&p, due);
			sent += due;
		}
		assert_true(sent >= rates[i] * 0.99 - 1 && sent <= rates[i] + 1);
	}
}

static void
pace_after_a_pause(void **state)
{
	struct pg_pace p;
	unsigned nb = 0, due;

	pg_pace_begin(&p, 1000, 1e9, 0);
	while ((due = pg_pace_due(&p, 5000000000, 4)) > 0) {
		pg_pace_sent(&p, due);
		nb += due;
	}
	assert_in_range(nb, 1, 12);
	pg_pace_begin(&p, 0, 1e9, 0);
	assert_int_equal(pg_pace_due(&p, 1, 32), 32);
}

/* A device that takes so much and loses the rest, and now and then a packet; a generator that sends no more than so much. */
struct device {
	double takes, sends;
	double always; /* share that it loses at any rate */
};

static double
searched(const struct device *d, double max, double loss, double resolution, struct pg_search *s)
{
	pg_search_begin(s, max, loss, resolution);
	while (!pg_search_done(s)) {
		double offered = d->sends != 0 && d->sends < s->next ? d->sends : s->next;
		double received = offered < d->takes ? offered : d->takes;

		assert_true(s->next > 0 && s->next <= max);
		pg_search_result(s, offered, offered * 10, received * 10 * (1 - d->always));
	}
	return s->passed;
}

static void
search(void **state)
{
	struct pg_search s;

	for (double takes = 1000; takes < 9.9e6; takes *= 1.37) {
		struct device d = { .takes = takes };
		double found = searched(&d, 1e7, 0, 1000, &s);

		assert_true(found <= takes && found > takes - 1000 - 1);
		assert_true(s.trials < 20);
		/* One per mille may be lost: a little more passes. */
		found = searched(&d, 1e7, 0.001, 1000, &s);
		assert_true(found <= takes / 0.999 + 1 && found > takes / 0.999 - 1001);
	}
}

static void
search_ends(void **state)
{
	struct device all = { .takes = 1e9 }, none = { .takes = 0 },
		      weak = { .takes = 1e9, .sends = 3e6 },
		      leaky = { .takes = 1e9, .always = 0.01 };
	struct pg_search s;

	assert_true(searched(&all, 1e7, 0, 1000, &s) == 1e7);
	assert_int_equal(s.trials, 1);
	assert_true(searched(&none, 1e7, 0, 1000, &s) == 0);
	assert_true(searched(&none, 1e7, 0.5, 1e-9, &s) == 0);
	assert_true(s.trials <= PG_TRIALS_MAX);
	assert_true(searched(&leaky, 1e7, 0, 1000, &s) == 0);
	assert_true(searched(&leaky, 1e7, 0.02, 1000, &s) == 1e7);
	/* The generator's own limit is said, and not searched above. */
	assert_true(searched(&weak, 1e7, 0, 1000, &s) == 3e6);
	assert_true(s.limited);
	assert_int_equal(s.trials, 1);
	weak.takes = 1e6;
	assert_true(fabs(searched(&weak, 1e7, 0, 1000, &s) - 1e6) < 1001);
	assert_false(s.limited);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets),
		cmocka_unit_test(percentiles),
		cmocka_unit_test(order),
		cmocka_unit_test(pace),
		cmocka_unit_test(pace_after_a_pause),
		cmocka_unit_test(search),
		cmocka_unit_test(search_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
