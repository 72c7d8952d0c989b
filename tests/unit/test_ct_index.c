/* SPDX-License-Identifier: BSD-3-Clause */
/* Every kind of index against a model of it: entries come and go at random; and tables that change their kind. */
#include "eal.h"

#include <stdlib.h>

#include "base_param.h"
#include "ct_burst.h"
#include "ct_hooks.h"
#include "ct_index.h"
#include "ct_table.h"

#define ENTRIES 400u /* of the model: more than a small index has room for */
#define SMALL 256u   /* entries that it is made for */
#define STEPS 200000u

static struct err e;
static struct ct *all[ENTRIES];
static bool in[ENTRIES];

static int
setup(void **state)
{
	srand(1);
	if (eal_setup(state) != 0)
		return -1;
	assert_int_equal(param_set_text(param_find("net.netfilter.nf_conntrack_max"), "1000", &e),
			 0);
	return ct_prepare(HOOK_IP4, &e) != 0 || ct_prepare(HOOK_IP6, &e) != 0 ? -1 : 0;
}

/* A client's flow to a server, or back. */
static struct ct_tuple
tuple(uint8_t family, uint32_t i, enum ct_dir dir)
{
	struct ct_tuple t = { .proto = IPPROTO_UDP, .family = family };
	union ct_addr client = { .v4 = 10 + (i << 8) }, server = { .v4 = 9 };

	if (family == AF_INET6)
		client.q[1] = server.q[1] = 77;
	t.src = dir == CT_ORIGINAL ? client : server;
	t.dst = dir == CT_ORIGINAL ? server : client;
	t.sport = dir == CT_ORIGINAL ? i : 53;
	t.dport = dir == CT_ORIGINAL ? 53 : i;
	return t;
}

static struct ct *
make(uint8_t family, uint32_t i)
{
	struct ct *ct = ct_alloc(0, family);

	assert_non_null(ct);
	ct->proto = IPPROTO_UDP;
	for (unsigned d = 0; d < CT_DIRS; d++) {
		struct ct_tuple t = tuple(family, i, d);

		ct_tuple_set(ct, d, &t);
	}
	return ct;
}

static const void *
key_of(const struct ct *ct, unsigned dir)
{
	return ct->family == AF_INET6 ? (const void *)ct_index_key6(ct, dir) : &ct->key[dir];
}

static uint64_t
expected(unsigned i, unsigned dir)
{
	return in[i] ? (uintptr_t)all[i] | dir : 0;
}

static void
check_one(const struct ct_index *x, unsigned i)
{
	for (unsigned d = 0; d < CT_DIRS; d++)
		assert_int_equal(x->ops->find(x, key_of(all[i], d)), expected(i, d));
}

/* n entries from the i-th on, as a burst. */
static void
check_many(const struct ct_index *x, unsigned i, unsigned n)
{
	struct ct_tuple keys6[PKT_BURST] = { 0 };
	struct ct_key4 keys4[PKT_BURST] = { 0 };
	uint64_t found[PKT_BURST];
	bool v6 = x->family == HOOK_IP6;

	for (unsigned k = 0; k < n; k++) {
		keys4[k] = all[(i + k) % ENTRIES]->key[k % 2];
		if (v6)
			keys6[k] = *ct_index_key6(all[(i + k) % ENTRIES], k % 2);
	}
	x->ops->find_many(x, v6 ? (const void *)keys6 : keys4, n, found);
	for (unsigned k = 0; k < n; k++)
		assert_int_equal(found[k], expected((i + k) % ENTRIES, k % 2));
}

static void
take(struct ct_index *x, unsigned i)
{
	struct ct_index_pos pos;

	x->ops->take_out(x, all[i], &pos);
	if (x->ops->release != NULL)
		x->ops->release(x, &pos);
	in[i] = false;
}

/* What has no place for both tuples has none. */
static bool
put(struct ct_index *x, unsigned i)
{
	x->ops->warm(x, key_of(all[i], 0), 1);
	in[i] = x->ops->put(x, all[i]) == 0;
	if (!in[i])
		take(x, i);
	return in[i];
}

/* How many it takes until one has no place; then all are taken out. */
static unsigned
room(struct ct_index *x)
{
	unsigned n = 0;

	while (n < ENTRIES && put(x, n))
		n++;
	for (unsigned i = 0; i < ENTRIES; i++)
		check_one(x, i);
	for (unsigned i = 0; i < n; i++)
		take(x, i);
	return n;
}

static void
churn(struct ct_index *x)
{
	unsigned was = room(x), now = 0, most = 0;

	assert_true(was >= SMALL);
	for (unsigned s = 0; s < STEPS; s++) {
		unsigned i = rand() % ENTRIES, many = s / 20000 % 2 ? 90 : 20;

		if (in[i] && rand() % 100 >= (int)many) {
			take(x, i);
			now--;
		} else if (!in[i] && rand() % 100 < (int)many) {
			now += put(x, i);
		}
		most = RTE_MAX(most, now);
		check_one(x, i);
		check_many(x, i, 1 + rand() % PKT_BURST);
	}
	assert_true(most >= SMALL);
	for (unsigned i = 0; i < ENTRIES; i++)
		if (in[i])
			take(x, i);
	assert_int_equal(room(x), was); /* nothing has leaked */
}

/* An index that is filled meets what came meanwhile. */
static void
put_twice(struct ct_index *x)
{
	assert_true(put(x, 3));
	assert_true(put(x, 3));
	check_one(x, 3);
	take(x, 3);
	check_one(x, 3);
}

static void
play(const struct ct_index_ops *ops, uint8_t family)
{
	struct ct_index *x = ops->create(family == AF_INET6 ? HOOK_IP6 : HOOK_IP4, SMALL);

	assert_non_null(x);
	assert_true(x->ops->bytes(x) != 0);
	for (unsigned i = 0; i < ENTRIES; i++)
		all[i] = make(family, i);
	put_twice(x);
	churn(x);
	for (unsigned i = 0; i < ENTRIES; i++)
		ct_free(0, all[i]);
	x->ops->destroy(x);
}

static void
hash4(void **state)
{
	play(&ct_hash_ops[HOOK_IP4], AF_INET);
}

static void
hash6(void **state)
{
	play(&ct_hash_ops[HOOK_IP6], AF_INET6);
}

static void
tag4(void **state)
{
	play(&ct_tag_ops[HOOK_IP4], AF_INET);
}

static void
tag6(void **state)
{
	play(&ct_tag_ops[HOOK_IP6], AF_INET6);
}

/* In the table as far as that one says, with both tuples. */
static void
check_table(uint8_t family, uint32_t nb, uint32_t every)
{
	for (uint32_t i = 0; i < nb; i++) {
		for (unsigned d = 0; d < CT_DIRS; d++) {
			struct ct_tuple t = tuple(family, i, d);
			enum ct_dir dir = CT_DIRS;
			struct ct *ct = ct_find(0, &t, &dir, 0);

			assert_int_equal(ct != NULL, i % every != 0);
			assert_true(ct == NULL || dir == d);
		}
	}
}

static void
set(const char *name, const char *value)
{
	assert_int_equal(param_set_text(param_find(name), value, &e), 0);
}

/* Entries stay, and are found, while the tables become others of another kind and size. */
static void
kinds_change(void **state)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		for (uint32_t i = 0; i < 1000; i++) {
			struct ct *ct = make(families[f], i), *other;

			ct->expires = 1000;
			assert_int_equal(ct_insert(0, ct, 0, &other), 0);
			if (i % 3 == 0)
				assert_true(ct_remove(0, ct));
		}
	}
	for (unsigned round = 0; round < 4; round++) {
		char max[20];

		set("net.pollux.ct_table", round % 2 == 0 ? "tag" : "rte_hash");
		check_table(AF_INET, 1000, 3);
		check_table(AF_INET6, 1000, 3);
		snprintf(max, sizeof(max), "%u", 20000 * (round + 1));
		set("net.netfilter.nf_conntrack_max", max);
		check_table(AF_INET, 1000, 3);
		check_table(AF_INET6, 1000, 3);
	}
	assert_int_equal(param_set_text(param_find("net.pollux.ct_table"), "tree", &e), -EINVAL);
	assert_non_null(strstr(e.text, "rte_hash, tag"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash4), cmocka_unit_test(hash6),        cmocka_unit_test(tag4),
		cmocka_unit_test(tag6),  cmocka_unit_test(kinds_change),
	};

	return cmocka_run_group_tests_name("ct_index", tests, setup, NULL);
}
