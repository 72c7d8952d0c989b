/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_broadcast.c, ct_netbios.c, ct_snmp.c: answers to what the box asks a whole network. */
#include "ct_help_setup.h"

#include "ct_broadcast.h"

static uint32_t
mask_of_port_2(const struct hook_ctx *ctx, uint16_t port, uint32_t dst)
{
	return port == 2 && dst == RTE_BE32(0x0a0200ff) ? RTE_BE32(0xffffff00) : 0;
}

/* 10.2.0.1 asks 10.2.0.255; from: the host's twin it came by. */
static verdict_t
ask(const char *name, unsigned port, unsigned twin, unsigned out)
{
	struct ct_tuple t = tuple("10.2.0.1", CLIENT, "10.2.0.255", port, IPPROTO_UDP);
	struct hook_ctx ctx = { .family = HOOK_IP4, .point = HOOK_POSTROUTING };
	const struct ct_helper *helper = ct_helper_find(name, HOOK_IP4, IPPROTO_UDP);
	struct ct_help h = { .ctx = &ctx, .m = pkt_alloc(0), .ct = &master.ct.ct, .now = now };
	struct rte_ipv4_hdr *ip = (void *)(rte_pktmbuf_append(h.m, 14 + 20 + 8 + 4) + 14);
	verdict_t v;

	ct_expect_remove(NULL, NULL);
	make_conn(&master, &t);
	assert_true(ct_helper_set(&master.ct.ct, helper, 0));
	ip->dst_addr = t.dst.v4;
	*pkt(h.m) = (struct pkt){ .family = AF_INET,
				  .proto = IPPROTO_UDP,
				  .flags = PKT_L4,
				  .l3 = 14,
				  .l4 = 34,
				  .len = 32,
				  .twin = twin,
				  .out = out };
	h.info = CT_INFO_NEW;
	v = helper->help(&h);
	rte_pktmbuf_free(h.m);
	master.ct.ct.status |= CT_CONFIRMED;
	return v;
}

static void
answers(const char *name, unsigned port, unsigned seconds)
{
	assert_int_equal(ask(name, port, 1, 2), VERDICT_ACCEPT);
	assert_int_equal(master.ct.ct.expires, ct_seconds(seconds));
	for (unsigned i = 0; i < 3; i++)
		assert_true(expected("10.2.0.77", port, "10.2.0.1", CLIENT, IPPROTO_UDP));
	assert_false(expected("10.2.0.77", port + 1, "10.2.0.1", CLIENT, IPPROTO_UDP));
	assert_false(expected("10.3.0.77", port, "10.2.0.1", CLIENT, IPPROTO_UDP));
	now += ct_seconds(seconds);
	assert_false(expected("10.2.0.77", port, "10.2.0.1", CLIENT, IPPROTO_UDP));
	/* Forwarded, by another port. */
	ask(name, port, 0, 2);
	assert_int_equal(ct_nb_expects, 0);
	ask(name, port, 1, 3);
	assert_int_equal(ct_nb_expects, 0);
}

static void
netbios(void **state)
{
	answers("netbios-ns", 137, 3);
}

static void
snmp(void **state)
{
	answers("snmp", 161, 30);
}

static int
setup(void **state)
{
	ct_broadcast_mask = mask_of_port_2;
	return eal_setup(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(netbios), cmocka_unit_test(snmp) };

	return cmocka_run_group_tests(tests, setup, NULL);
}
