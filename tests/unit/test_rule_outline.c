/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules searched by their outline: the same rule is found as without it, from every place, with all vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rule_outline.h"

#define RULES_MAX 700
#define KEYS 300

/* The same in every run. DPDK's own chance needs its EAL. */
static uint32_t
pick(uint32_t n)
{
	return random() % n;
}

static struct rule_filter filter[RULES_MAX];

/* In the order of ports, or of sources; now and then one that fits much, or inverts something. */
static void
make(uint32_t nb, bool ip4, bool by_port)
{
	for (uint32_t i = 0; i < nb; i++) {
		struct rule_filter *f = &filter[i];

		*f = (struct rule_filter){
			.port = { { 0, UINT16_MAX, false }, { 0, UINT16_MAX, false } },
			.want = pick(2) ? 17 : 6,
			.care = UINT8_MAX,
		};
		f->src.w[0] = f->smask.w[0] = 0;
		for (unsigned w = 0; w < (ip4 ? 1 : 4); w++) {
			f->smask.w[w] = by_port ? 0xff : UINT32_MAX;
			f->src.w[w] = by_port ? 10 : 0x0a000000 + i / 2;
			f->dmask.w[w] = pick(4) ? 0 : 0xff;
			f->dst.w[w] = f->dmask.w[w] & 20;
		}
		if (by_port)
			f->port[RULE_PORT_DST] =
				(struct rule_port_range){ 1000 + i, 1000 + i + pick(3), false };
		if (pick(300) == 0)
			f->port[RULE_PORT_SRC] = (struct rule_port_range){ 7, 9, true };
		if (pick(300) == 0)
			f->not_src = true;
		if (pick(300) == 0)
			f->not_dst = true;
		if (pick(300) == 0)
			f->want = f->care = 0;
	}
}

static struct rule_key
some_key(uint32_t nb)
{
	const struct rule_filter *f = &filter[pick(nb)];
	struct rule_key k = { .word = pick(2) ? 17 : 6 };

	for (unsigned w = 0; w < 4; w++) {
		k.src[w] = f->src.w[w];
		k.dst[w] = pick(2) ? 20 : 21;
	}
	k.dport = f->port[RULE_PORT_DST].lo + pick(3);
	k.sport = pick(12);
	return k;
}

/* How many of the sets had an outline. */
static unsigned
compare(rule_lin_fn *find, bool ip4)
{
	unsigned outlined = 0;

	rule_lin_find = find;
	for (unsigned set = 0; set < 12; set++) {
		uint32_t nb = RULE_OUTLINE_MIN + pick(RULES_MAX - RULE_OUTLINE_MIN);
		struct rule_lin l = { 0 }, o = { 0 };

		make(nb, ip4, set % 2 == 0);
		rule_lin_init(&l, nb, ip4, set % 3 == 0);
		for (uint32_t i = 0; i < nb; i++)
			rule_lin_set(&l, i, &filter[i]);
		rule_outline_make(&o, filter, nb, ip4, set % 3 == 0);
		outlined += o.block != NULL;
		for (unsigned n = 0; o.block != NULL && n < KEYS; n++) {
			struct rule_key k = some_key(nb);
			uint32_t pos = pick(nb), end = pos + 1 + pick(nb - pos);

			assert_int_equal(rule_outline_find(&l, &o, pos, end, &k),
					 find(&l, pos, end, &k));
			assert_int_equal(rule_outline_find(&l, &o, 0, nb, &k), find(&l, 0, nb, &k));
		}
		rule_lin_free(&o);
		rule_lin_free(&l);
	}
	return outlined;
}

static void
the_same_is_found(void **state)
{
	enum rule_simd widest = rule_simd();

	(void)state;
	for (unsigned ip4 = 0; ip4 < 2; ip4++) {
		assert_true(compare(rule_lin_scalar, ip4) >= 6);
		if (widest >= RULE_SIMD_AVX2)
			assert_true(compare(rule_lin_avx2, ip4) >= 6);
		if (widest >= RULE_SIMD_AVX512)
			assert_true(compare(rule_lin_avx512, ip4) >= 6);
	}
}

/* Where every block may hold what fits, an outline would only be asked besides. */
static void
none_where_it_leaves_nothing_out(void **state)
{
	struct rule_lin o = { 0 };

	(void)state;
	make(RULES_MAX, true, true);
	for (uint32_t i = 0; i < RULES_MAX; i++)
		filter[i].port[RULE_PORT_DST] = (struct rule_port_range){ 0, UINT16_MAX, false };
	rule_outline_make(&o, filter, RULES_MAX, true, false);
	assert_null(o.block);
	make(RULE_OUTLINE_MIN - 1, true, true);
	rule_outline_make(&o, filter, RULE_OUTLINE_MIN - 1, true, false);
	assert_null(o.block);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_is_found),
		cmocka_unit_test(none_where_it_leaves_nothing_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
