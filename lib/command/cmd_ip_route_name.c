/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names in routes: types, protocols, tables. Pure; control lcore.
 */
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "cmd_ip_route.h"

struct name {
	const char *name;
	uint8_t value;
};

static const struct name types[] = {
	{ "unicast", RTN_UNICAST },
	{ "local", RTN_LOCAL },
	{ "broadcast", RTN_BROADCAST },
	{ "brd", RTN_BROADCAST },
	{ "anycast", RTN_ANYCAST },
	{ "multicast", RTN_MULTICAST },
	{ "blackhole", RTN_BLACKHOLE },
	{ "unreachable", RTN_UNREACHABLE },
	{ "prohibit", RTN_PROHIBIT },
	{ "throw", RTN_THROW },
	{ NULL, 0 },
};

/* /etc/iproute2/rt_protos of Debian 12 */
static const struct name protos[] = {
	{ "unspec", 0 },
	{ "redirect", 1 },
	{ "kernel", RTPROT_KERNEL },
	{ "boot", RTPROT_BOOT },
	{ "static", RTPROT_STATIC },
	{ "gated", 8 },
	{ "ra", 9 },
	{ "mrt", 10 },
	{ "zebra", 11 },
	{ "bird", 12 },
	{ "dnrouted", 13 },
	{ "xorp", 14 },
	{ "ntk", 15 },
	{ "dhcp", 16 },
	{ "keepalived", 18 },
	{ "babel", 42 },
	{ "bgp", 186 },
	{ "isis", 187 },
	{ "ospf", 188 },
	{ "rip", 189 },
	{ "eigrp", 192 },
	{ NULL, 0 },
};

static bool
value_of(const struct name *n, const char *word, uint8_t *v)
{
	for (; n->name != NULL; n++)
		if (strcmp(n->name, word) == 0) {
			*v = n->value;
			return true;
		}
	return false;
}

static const char *
name_of(const struct name *n, uint8_t v, char buf[8])
{
	for (; n->name != NULL; n++)
		if (n->value == v)
			return n->name;
	snprintf(buf, 8, "%u", v);
	return buf;
}

bool
ip_route_type(const char *word, uint8_t *type)
{
	return value_of(types, word, type);
}

bool
ip_route_proto(const char *word, uint8_t *proto)
{
	uint32_t v;

	if (value_of(protos, word, proto))
		return true;
	if (!ip_get_u32(word, 255, &v))
		return false;
	*proto = v;
	return true;
}

const char *
ip_route_type_name(uint8_t type, char buf[8])
{
	return name_of(types, type, buf);
}

const char *
ip_route_proto_name(uint8_t proto, char buf[8])
{
	return name_of(protos, proto, buf);
}
