/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports that bring replies home: what we think a device does with a packet is what DPDK's own Toeplitz says, and
 * chosen ports are such. A null device that remembers the key and the table it is given.
 */
#include "eal.h"

#include <rte_ethdev.h>
#include <rte_random.h>
#include <rte_thash.h>

#include "ct_burst.h"
#include "ct_hooks.h"
#include "ct_table.h"
#include "nat_home.h"

#define ENTRIES 128
#define KEY 40

static uint8_t key[KEY], queue_of[ENTRIES];
static const struct port *port;
static struct err e;

static int
setup(void **state)
{
	if (eal_setup(state) != 0)
		return -1;
	lane_set_count(2);
	if (port_add("wan0", "net_null0", 2, &e) != 0 || ct_prepare(HOOK_IP4, &e) != 0 ||
	    ct_prepare(HOOK_IP6, &e) != 0 || nat_prepare(HOOK_IP4, &e) != 0 ||
	    nat_prepare(HOOK_IP6, &e) != 0)
		return -1;
	port = port_by_name(gen_current(), "wan0");
	return 0;
}

/* The device gets that key, and half of the table to either queue. */
static void
device(bool ours)
{
	struct rte_eth_rss_conf conf = { .rss_key = key,
					 .rss_key_len = KEY,
					 .rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_TCP |
						   RTE_ETH_RSS_NONFRAG_IPV4_UDP |
						   RTE_ETH_RSS_NONFRAG_IPV6_UDP };
	struct rte_eth_rss_reta_entry64 table[ENTRIES / RTE_ETH_RETA_GROUP_SIZE] = { 0 };

	for (unsigned i = 0; i < KEY; i++)
		key[i] = ours ? port_rss_key(i) : i;
	for (unsigned i = 0; i < ENTRIES; i++) {
		queue_of[i] = rte_rand() % 2;
		table[i / RTE_ETH_RETA_GROUP_SIZE].mask = UINT64_MAX;
		table[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] = queue_of[i];
	}
	assert_int_equal(rte_eth_dev_rss_hash_update(port->dpdk_id, &conf), 0);
	assert_int_equal(rte_eth_dev_rss_reta_update(port->dpdk_id, table, ENTRIES), 0);
	port_rss_learn(port, ENTRIES);
}

static struct ct_tuple
any_tuple(uint8_t family, uint8_t proto)
{
	struct ct_tuple t = { .family = family, .proto = proto };

	for (unsigned i = 0; i < (family == AF_INET ? 1u : 4u); i++) {
		t.src.w[i] = rte_rand();
		t.dst.w[i] = rte_rand();
	}
	t.sport = rte_cpu_to_be_16(1024 + rte_rand() % 60000);
	t.dport = rte_rand();
	return t;
}

/* The lane that a device with the key gives the packet to. */
static unsigned
lane_of(const struct ct_tuple *t)
{
	unsigned words = t->family == AF_INET ? 1 : 4, n = 0;
	uint32_t input[9];

	for (unsigned i = 0; i < words; i++)
		input[n++] = rte_be_to_cpu_32(t->src.w[i]);
	for (unsigned i = 0; i < words; i++)
		input[n++] = rte_be_to_cpu_32(t->dst.w[i]);
	input[n++] = (uint32_t)rte_be_to_cpu_16(t->sport) << 16 | rte_be_to_cpu_16(t->dport);
	return port->rx_lane[queue_of[rte_softrss(input, n, key) % ENTRIES]];
}

static struct ct_tuple
reply_to(const struct ct_tuple *t)
{
	struct ct_tuple r = *t;

	r.src = t->dst;
	r.dst = t->src;
	r.sport = t->dport;
	r.dport = t->sport;
	return r;
}

static struct hook_ctx
context(unsigned lane)
{
	nat_leaves_by(lane, port->index);
	return (struct hook_ctx){ .gen = gen_current(), .lane = lane, .point = HOOK_POSTROUTING };
}

static void
lanes_are_toeplitz(void **state)
{
	device(true);
	for (unsigned i = 0; i < 2000; i++) {
		struct ct_tuple t = any_tuple(i % 2 ? AF_INET : AF_INET6, IPPROTO_UDP), reply;
		struct hook_ctx ctx = context(i / 2 % 2);
		struct nat_home h;

		assert_true(nat_home_matters(&h, &ctx, &t));
		for (unsigned j = 0; j < 50; j++) {
			t.sport = rte_rand();
			reply = reply_to(&t);
			assert_int_equal(nat_home_is(&h, t.sport), lane_of(&reply) == ctx.lane);
		}
	}
}

static void
where_it_does_not_matter(void **state)
{
	struct ct_tuple t = any_tuple(AF_INET, IPPROTO_UDP);
	struct hook_ctx ctx = context(0);
	struct nat_home h;

	device(false);
	assert_false(nat_home_matters(&h, &ctx, &t));
	device(true);
	assert_true(nat_home_matters(&h, &ctx, &t));
	t.proto = IPPROTO_ICMP;
	assert_false(nat_home_matters(&h, &ctx, &t));
	t = any_tuple(AF_INET6, IPPROTO_TCP); /* its ports are not hashed */
	assert_false(nat_home_matters(&h, &ctx, &t));
	t = any_tuple(AF_INET, IPPROTO_UDP);
	ctx.point = HOOK_INPUT;
	assert_false(nat_home_matters(&h, &ctx, &t));
	ctx = context(0);
	ctx.gen = NULL; /* an expected connection begins */
	assert_false(nat_home_matters(&h, &ctx, &t));
	ctx = context(0);
	nat_leaves_by(0, 0);
	assert_false(nat_home_matters(&h, &ctx, &t));
}

/* One connection to a random port of 1024-65535. Gives back its reply. */
static struct ct_tuple
translate(const struct hook_ctx *ctx, const struct ct_tuple *t)
{
	struct nat_range r = { .flags = NAT_MAP_IPS | NAT_PROTO_RANDOM };
	struct ct *ct = ct_alloc(ctx->lane, t->family);
	struct ct_tuple reply = reply_to(t);

	assert_non_null(ct);
	ct->proto = t->proto;
	ct_tuple_set(ct, CT_ORIGINAL, t);
	ct_tuple_set(ct, CT_REPLY, &reply);
	r.min_addr.v4 = r.max_addr.v4 = RTE_BE32(0xcb007101);
	nat_setup(ctx, ct, &r, NAT_SRC);
	reply = ct_tuple(ct, CT_REPLY);
	assert_int_equal(reply.dst.v4, r.min_addr.v4);
	ct_free(ctx->lane, ct);
	return reply;
}

static void
chosen_ports_come_home(void **state)
{
	device(true);
	for (unsigned i = 0; i < 1000; i++) {
		struct ct_tuple t = any_tuple(AF_INET, i % 2 ? IPPROTO_TCP : IPPROTO_UDP), reply;
		struct hook_ctx ctx = context(i / 2 % 2);

		reply = translate(&ctx, &t);
		assert_int_equal(lane_of(&reply), ctx.lane);
		assert_true(rte_be_to_cpu_16(reply.dport) >= 1024);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_are_toeplitz),
		cmocka_unit_test(where_it_does_not_matter),
		cmocka_unit_test(chosen_ports_come_home),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
