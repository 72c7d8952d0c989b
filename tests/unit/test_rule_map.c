/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules found by a map of what they ask exactly: the same as side by side, from every place, with all vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base_param.h"
#include "rule_map.h"

#define RULES_MAX 900
#define KEYS 300

/* The same in every run. DPDK's own chance needs its EAL. */
static uint32_t
pick(uint32_t n)
{
	return random() % n;
}

static struct rule_filter filter[RULES_MAX];

/* What most rules of a set are: hosts that are blocked, services, networks of two lengths, of many with ports. */
enum shape { HOSTS, SERVICES, NETWORKS, SPREAD, SHAPES };

static void
ask_address(union rule_addr *addr, union rule_addr *mask, uint32_t value, uint32_t bits, bool ip4)
{
	for (unsigned w = 0; w < (ip4 ? 1 : 4); w++) {
		mask->w[w] = rte_cpu_to_be_32(bits);
		addr->w[w] = rte_cpu_to_be_32((value + w) & bits);
	}
}

static void
ask_port(struct rule_filter *f, enum rule_port_side side, uint16_t port)
{
	f->port[side] = (struct rule_port_range){ port, port, false };
}

static void
ask(struct rule_filter *f, enum shape shape, uint32_t i, bool ip4)
{
	static const uint32_t lengths[] = { 0xff000000, 0xfff00000, 0xffffff00, 0xffffffff };

	switch (shape) {
	case HOSTS:
		ask_address(&f->src, &f->smask, 0x0a000000 + i / 2, UINT32_MAX, ip4);
		break;
	case SERVICES:
		ask_address(&f->dst, &f->dmask, 0x0a600000 + i / 3, UINT32_MAX, ip4);
		ask_port(f, RULE_PORT_DST, 80 + i % 7);
		f->want = 6, f->care = UINT8_MAX;
		break;
	case NETWORKS:
		ask_address(&f->src, &f->smask, i << 12, lengths[1 + i % 2], ip4);
		break;
	default:
		ask_address(&f->src, &f->smask, 0x0a000000, lengths[i % 3], ip4);
		ask_address(&f->dst, &f->dmask, 0xc6120000 + i, lengths[i / 3 % 3], ip4);
		ask_port(f, RULE_PORT_DST, 1000 + i);
	}
}

/* Now and then one of another kind. */
static void
change(struct rule_filter *f)
{
	switch (pick(5)) {
	case 0:
		f->not_src = true;
		break;
	case 1:
		f->port[RULE_PORT_DST] = (struct rule_port_range){ 80, 90, pick(2) };
		break;
	case 2:
		f->want = f->care = 0;
		break;
	case 3:
		f->want |= (uint64_t)1 << (13 + 40);
		f->care |= (uint64_t)1 << (13 + 40);
		break;
	default:
		ask_port(f, RULE_PORT_SRC, 7);
	}
}

static void
make(uint32_t nb, enum shape shape, bool ip4)
{
	for (uint32_t i = 0; i < nb; i++) {
		filter[i] = (struct rule_filter){
			.port = { { 0, UINT16_MAX, false }, { 0, UINT16_MAX, false } },
		};
		ask(&filter[i], shape, i, ip4);
		if (pick(60) == 0)
			change(&filter[i]);
	}
}

/* Made for one rule, with a little of another. */
static struct rule_key
some_key(uint32_t nb)
{
	const struct rule_filter *f = &filter[pick(nb)], *g = &filter[pick(nb)];
	struct rule_key k = { .word = f->want | (pick(3) ? 6 : 17) };

	for (unsigned w = 0; w < 4; w++) {
		k.src[w] = f->src.w[w] | (~f->smask.w[w] & (uint32_t)pick(3));
		k.dst[w] = f->dst.w[w] | (~f->dmask.w[w] & (uint32_t)pick(3));
	}
	k.sport = pick(9);
	k.dport = pick(4) ? f->port[RULE_PORT_DST].lo : g->port[RULE_PORT_DST].hi;
	return k;
}

static void
compare_one(const struct rule_map *m, const struct rule_lin *l, rule_lin_fn *find, uint32_t nb)
{
	struct rule_key k = some_key(nb);
	uint32_t pos = pick(nb), end = pos + 1 + pick(nb - pos);

	assert_int_equal(rule_map_find(m, l, pos, end, &k), find(l, pos, end, &k));
	assert_int_equal(rule_map_find(m, l, 0, nb, &k), find(l, 0, nb, &k));
}

/* How many of the sets had a map. */
static unsigned
compare(rule_lin_fn *find, bool ip4)
{
	unsigned mapped = 0;

	rule_lin_find = find;
	for (unsigned set = 0; set < 4 * SHAPES; set++) {
		uint32_t nb = RULE_MAP_MIN + pick(RULES_MAX - RULE_MAP_MIN);
		bool upper = set % 3 == 0;
		struct rule_lin l = { 0 };
		struct rule_map *m;

		make(nb, set % SHAPES, ip4);
		rule_lin_init(&l, nb, ip4, upper);
		for (uint32_t i = 0; i < nb; i++)
			rule_lin_set(&l, i, &filter[i]);
		m = rule_map_make(filter, nb, ip4, upper);
		mapped += m != NULL;
		for (unsigned n = 0; m != NULL && n < KEYS; n++)
			compare_one(m, &l, find, nb);
		rule_map_free(m);
		rule_lin_free(&l);
	}
	return mapped;
}

static void
compare_all(unsigned least)
{
	enum rule_simd widest = rule_simd();

	for (unsigned ip4 = 0; ip4 < 2; ip4++) {
		assert_true(compare(rule_lin_scalar, ip4) >= least);
		if (widest >= RULE_SIMD_AVX2)
			assert_true(compare(rule_lin_avx2, ip4) >= least);
		if (widest >= RULE_SIMD_AVX512)
			assert_true(compare(rule_lin_avx512, ip4) >= least);
	}
}

static void
the_same_is_found(void **state)
{
	(void)state;
	compare_all(2 * SHAPES);
}

/* Also by maps that nobody would make for their speed. */
static void
the_same_is_found_slowly(void **state)
{
	struct param *least = param_find("net.pollux.rule_map_min");

	(void)state;
	param_set(least, 1);
	compare_all(4 * SHAPES);
	param_set(least, RULE_MAP_MIN);
}

/* Rules that have no bits in common by which they differ. */
static void
none_where_it_finds_too_many(void **state)
{
	(void)state;
	make(RULES_MAX, HOSTS, true);
	for (uint32_t i = 0; i < RULES_MAX; i++)
		filter[i].not_src = true;
	assert_null(rule_map_make(filter, RULES_MAX, true, false));
	make(RULES_MAX, HOSTS, true);
	for (uint32_t i = 0; i < RULES_MAX; i++)
		filter[i].src.w[0] = 9;
	assert_null(rule_map_make(filter, RULES_MAX, true, false));
	assert_null(rule_map_make(filter, RULE_MAP_MIN - 1, true, false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_is_found),
		cmocka_unit_test(the_same_is_found_slowly),
		cmocka_unit_test(none_where_it_finds_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
