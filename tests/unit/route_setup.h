/* SPDX-License-Identifier: BSD-3-Clause */
/* EAL, tables and two ports r0 and r1 of net_null, for tests of lib/route and of `ip`. */
#pragma once

#include "eal.h"

#include "neigh.h"
#include "base_param.h"
#include "port.h"
#include "route.h"

static inline int
route_setup(void **state)
{
	struct err e = { "" };

	if (eal_setup(state) != 0 || neigh_init(&e) != 0 || route_init(&e) != 0 ||
	    param_set_text(param_find("net.ipv6.conf.default.accept_dad"), "0", &e) != 0 ||
	    port_add("r0", "net_null0", 1, &e) != 0 || port_add("r1", "net_null1", 1, &e) != 0) {
		print_error("%s\n", e.text);
		return -1;
	}
	return 0;
}

static inline uint16_t
port_index(const char *name)
{
	return port_by_name(gen_current(), name)->index;
}

static inline struct ip_addr
ip(const char *text)
{
	struct ip_addr a;

	assert_int_equal(ip_addr_parse(text, AF_UNSPEC, &a), 0);
	return a;
}

static inline struct ip_prefix
prefix(const char *text)
{
	struct ip_prefix p;

	assert_int_equal(ip_prefix_parse(text, AF_UNSPEC, &p), 0);
	return p;
}

/* What a worker finds for dst. */
static inline const struct nexthop *
lookup(const char *dst)
{
	struct ip_addr a = ip(dst);
	uint64_t id = 99;

	if (a.family == AF_INET) {
		uint32_t host = rte_be_to_cpu_32(a.v4);

		route4_lookup(&host, &id, 1);
	} else {
		route6_lookup((uint8_t(*)[16]) & a.v6, &id, 1);
	}
	return nexthop_get(id);
}
