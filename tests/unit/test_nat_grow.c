/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of connections by their source grows with nf_conntrack_max, while connections come and go. */
#include "eal.h"

#include "base_param.h"
#include "ct_burst.h"
#include "ct_hooks.h"
#include "ct_nat_ops.h"
#include "ct_table.h"
#include "nat_choose.h"
#include "nat_source.h"

#define CONNECTIONS 5000

static struct err e;
static struct ct *all[CONNECTIONS];
static const struct nat_range any;

static void
limit(const char *max)
{
	assert_int_equal(param_set_text(param_find("net.netfilter.nf_conntrack_max"), max, &e), 0);
}

static int
setup(void **state)
{
	if (eal_setup(state) != 0)
		return -1;
	limit("1000");
	return ct_prepare(HOOK_IP4, &e) != 0 || nat_prepare(HOOK_IP4, &e) != 0 ? -1 : 0;
}

static struct ct_tuple
tuple(uint32_t i)
{
	return (struct ct_tuple){ .src.w = { 10 + (i << 8) },
				  .dst.w = { 9 },
				  .sport = i,
				  .proto = IPPROTO_UDP,
				  .family = AF_INET };
}

/* Translated to an address that tells which one it is. */
static void
add(uint32_t i)
{
	struct ct_tuple t = tuple(i), reply = { .src = t.dst, .dst.w = { i }, .family = AF_INET };

	all[i] = ct_alloc(0, AF_INET);
	assert_non_null(all[i]);
	ct_tuple_set(all[i], CT_ORIGINAL, &t);
	ct_tuple_set(all[i], CT_REPLY, &reply);
	nat_source_add(all[i]);
}

static bool
found(uint32_t i)
{
	struct ct_tuple t = tuple(i), to;

	return nat_source_find(&t, 0, &any, &to) && to.src.v4 == i;
}

static void
check(uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		assert_int_equal(found(i), i >= from && i < to);
}

static void
grows(void **state)
{
	size_t small = nat_source_bytes(HOOK_IP4);

	for (uint32_t i = 0; i < 1000; i++)
		add(i);
	check(0, 1000);
	limit("20000");
	assert_true(nat_source_bytes(HOOK_IP4) > 16 * small);
	check(0, 1000);
	for (uint32_t i = 1000; i < CONNECTIONS; i++)
		add(i);
	check(0, CONNECTIONS);
	for (uint32_t i = 0; i < 500; i++)
		ct_free(0, all[i]);
	check(500, CONNECTIONS);
	limit("300000");
	check(500, CONNECTIONS);
	limit("1000"); /* never smaller */
	check(500, CONNECTIONS);
	for (uint32_t i = 500; i < CONNECTIONS; i++)
		ct_free(0, all[i]);
	check(0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(grows) };

	return cmocka_run_group_tests(tests, setup, NULL);
}
