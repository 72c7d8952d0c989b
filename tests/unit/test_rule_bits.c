/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules searched by bit vectors: the same rule is found as side by side, from every place, with all vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <rte_common.h>

#include "base_param.h"
#include "rule_bits.h"

#define RULES_MAX RULE_BITS_MAX
#define KEYS 300

static struct rule_filter filter[RULES_MAX];
static uint64_t serial[RULES_MAX];

static uint32_t
below(uint32_t n)
{
	return random() % n;
}

static uint64_t
some_bits(void)
{
	return (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^ random();
}

static void
some_address(union rule_addr *a, union rule_addr *mask, bool *inverted)
{
	unsigned len = below(4) ? below(129) : 0;

	for (unsigned i = 0; i < 16; i++) {
		mask->v6[i] = i < len / 8 ? 0xff : i == len / 8 ? 0xff00 >> len % 8 : 0;
		if (below(40) == 0)
			mask->v6[i] = below(256);
		a->v6[i] = mask->v6[i] & below(3);
	}
	*inverted = below(10) == 0;
}

static void
some_ports(struct rule_port_range *p)
{
	*p = (struct rule_port_range){ 0, UINT16_MAX, below(10) == 0 };
	if (below(3) == 0)
		return;
	p->lo = below(1000);
	p->hi = p->lo + (below(2) ? 0 : below(500));
	if (below(50) == 0)
		p->hi = UINT16_MAX;
}

static void
some_word(struct rule_filter *f, bool upper)
{
	if (below(2) == 0) {
		f->care = UINT8_MAX;
		f->want = below(2) ? 17 : 6;
	}
	if (below(4) == 0)
		f->care |= RULE_WORD_STATES & some_bits();
	if (below(4) == 0) {
		uint64_t bit = UINT64_C(1) << (RULE_WORD_IFACE_SHIFT + below(upper ? 51 : 19));

		f->care |= bit;
		f->want |= below(2) ? bit : 0;
	}
}

static void
make(uint32_t nb, bool upper)
{
	for (uint32_t i = 0; i < nb; i++) {
		struct rule_filter *f = &filter[i];

		*f = (struct rule_filter){ .exact = true };
		some_address(&f->src, &f->smask, &f->not_src);
		some_address(&f->dst, &f->dmask, &f->not_dst);
		some_ports(&f->port[RULE_PORT_SRC]);
		some_ports(&f->port[RULE_PORT_DST]);
		some_word(f, upper);
		serial[i] = i;
	}
}

static uint16_t
port_of(const struct rule_port_range *p)
{
	return p->lo + below(1u + (uint16_t)(p->hi - p->lo)) + (below(9) == 0);
}

static struct rule_key
some_key(uint32_t nb)
{
	const struct rule_filter *f = &filter[below(nb)];
	struct rule_key k = { .word = f->want | (~f->care & some_bits()) };

	for (unsigned w = 0; w < 4; w++) {
		k.src[w] = f->src.w[w] | (~f->smask.w[w] & (uint32_t)some_bits() & 0x03030303);
		k.dst[w] = f->dst.w[w] | (~f->dmask.w[w] & (uint32_t)some_bits() & 0x03030303);
	}
	k.sport = port_of(&f->port[RULE_PORT_SRC]);
	k.dport = port_of(&f->port[RULE_PORT_DST]);
	return k;
}

/* The run begins with rule lo of its chain. */
static void
compare(rule_lin_fn *find, uint32_t lo, uint32_t nb, bool ip4, bool upper)
{
	struct rule_bits *b = rule_bits_build(filter + lo, serial + lo, nb - lo, ip4, SIZE_MAX);
	struct rule_lin l;

	/* Of a few rules it may be that none excludes anything that another asks for. */
	if (nb < 500 && b == NULL)
		return;
	assert_non_null(b);
	rule_lin_init(&l, nb, ip4, upper);
	for (uint32_t i = 0; i < nb; i++)
		rule_lin_set(&l, i, &filter[i]);
	for (unsigned n = 0; n < KEYS; n++) {
		struct rule_key k = some_key(nb);
		uint32_t pos = lo + below(nb - lo), end = pos + 1 + below(nb - pos);

		assert_int_equal(rule_bits_find(b, &l, lo, pos, end, &k), find(&l, pos, end, &k));
		/* All that fit, one after another. */
		for (pos = lo; pos < nb; pos++) {
			uint32_t want = find(&l, pos, nb, &k);

			pos = rule_bits_find(b, &l, lo, pos, nb, &k);
			assert_int_equal(pos, want);
		}
	}
	rule_lin_free(&l);
	rule_index_free(&b->index);
}

static void
with_vectors(const char *name, bool ip4)
{
	static const uint32_t sizes[] = { 1, 17, 64, 65, 511, 512, 513, 1500, 4096, 4097, 9000 };
	struct param *simd = param_find("net.pollux.simd");
	struct err e;

	if (param_set_text(simd, name, &e) != 0)
		return;
	for (unsigned i = 0; i < RTE_DIM(sizes); i++) {
		bool upper = i % 2;

		make(sizes[i] + 7, upper);
		compare(rule_lin_find, i % 3 == 0 ? 7 : 0, sizes[i] + 7, ip4, upper);
	}
}

static void
the_same_is_found(void **state)
{
	(void)state;
	for (unsigned ip4 = 0; ip4 < 2; ip4++) {
		with_vectors("scalar", ip4);
		with_vectors("avx2", ip4);
		with_vectors("avx512", ip4);
	}
}

/* As many rules as an index takes, each of them different in every field: what the header says is the most. */
static void
most_memory(void **state)
{
	struct rule_bits *b;

	(void)state;
	for (uint32_t i = 0; i < RULES_MAX; i++) {
		filter[i] = (struct rule_filter){
			.want = 6,
			.care = UINT8_MAX,
			.port = { { below(30000), 30000 + below(30000), false },
				  { below(30000), 30000 + below(30000), false } },
		};
		for (unsigned w = 0; w < 4; w++) {
			filter[i].src.w[w] = some_bits();
			filter[i].dst.w[w] = some_bits();
			filter[i].smask.w[w] = filter[i].dmask.w[w] = UINT32_MAX;
		}
	}
	b = rule_bits_build(filter, serial, RULES_MAX, true, SIZE_MAX);
	assert_non_null(b);
	assert_in_range(b->index.bytes, 1, 43 << 20);
	assert_null(rule_bits_build(filter, serial, RULES_MAX, true, b->index.bytes / 2));
	rule_index_free(&b->index);
}

/* Where all rules ask the same, or nothing, sets would exclude nothing. */
static void
none_where_nothing_is_excluded(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		filter[i] = (struct rule_filter){
			.want = 6,
			.care = UINT8_MAX,
			.port = { { 0, UINT16_MAX, false }, { 80, 80, false } },
		};
	assert_null(rule_bits_build(filter, serial, 300, true, SIZE_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_is_found),
		cmocka_unit_test(most_memory),
		cmocka_unit_test(none_where_nothing_is_excluded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
