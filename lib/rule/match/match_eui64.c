/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m eui64 (IPv6): the source's interface identifier is made from the frame's source address. See
 * rule_ext.h for who calls what.
 */
#include <string.h>

#include "rule_ext.h"

static bool
match(struct rule_packet *rp, const void *data)
{
	const uint8_t *mac = pkt_eth(rp->m)->src_addr.addr_bytes;
	const uint8_t want[8] = { mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5] };

	return memcmp(&pkt_ip6(rp->m)->ip6_src.s6_addr[8], want, sizeof(want)) == 0;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, "eui64 ");
}

static struct rule_ext_type type = {
	.name = "eui64",
	.families = 1u << HOOK_IP6,
	.points = 1u << HOOK_PREROUTING | 1u << HOOK_INPUT | 1u << HOOK_FORWARD,
	.match = match,
	.print = print,
	.deps = RULE_DEP_TUPLE | RULE_DEP_MAC,
};

RULE_EXT_REGISTER(type)
