/* SPDX-License-Identifier: BSD-3-Clause */
/* See set_text.h. */
#include "set_text.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>

struct icmp_name {
	const char *name;
	uint16_t code; /* type << 8 | code */
};

#define CODE(type, code) ((type) << 8 | (code))

/* The first name of a code is the one that is printed. */
static const struct icmp_name names4[] = {
	{ "echo-reply", CODE(0, 0) },
	{ "pong", CODE(0, 0) },
	{ "network-unreachable", CODE(3, 0) },
	{ "host-unreachable", CODE(3, 1) },
	{ "protocol-unreachable", CODE(3, 2) },
	{ "port-unreachable", CODE(3, 3) },
	{ "fragmentation-needed", CODE(3, 4) },
	{ "source-route-failed", CODE(3, 5) },
	{ "network-unknown", CODE(3, 6) },
	{ "host-unknown", CODE(3, 7) },
	{ "network-prohibited", CODE(3, 9) },
	{ "host-prohibited", CODE(3, 10) },
	{ "TOS-network-unreachable", CODE(3, 11) },
	{ "TOS-host-unreachable", CODE(3, 12) },
	{ "communication-prohibited", CODE(3, 13) },
	{ "host-precedence-violation", CODE(3, 14) },
	{ "precedence-cutoff", CODE(3, 15) },
	{ "source-quench", CODE(4, 0) },
	{ "network-redirect", CODE(5, 0) },
	{ "host-redirect", CODE(5, 1) },
	{ "TOS-network-redirect", CODE(5, 2) },
	{ "TOS-host-redirect", CODE(5, 3) },
	{ "echo-request", CODE(8, 0) },
	{ "ping", CODE(8, 0) },
	{ "router-advertisement", CODE(9, 0) },
	{ "router-solicitation", CODE(10, 0) },
	{ "ttl-zero-during-transit", CODE(11, 0) },
	{ "ttl-zero-during-reassembly", CODE(11, 1) },
	{ "ip-header-bad", CODE(12, 0) },
	{ "required-option-missing", CODE(12, 1) },
	{ "timestamp-request", CODE(13, 0) },
	{ "timestamp-reply", CODE(14, 0) },
	{ "address-mask-request", CODE(17, 0) },
	{ "address-mask-reply", CODE(18, 0) },
};

static const struct icmp_name names6[] = {
	{ "no-route", CODE(1, 0) },
	{ "communication-prohibited", CODE(1, 1) },
	{ "address-unreachable", CODE(1, 3) },
	{ "port-unreachable", CODE(1, 4) },
	{ "packet-too-big", CODE(2, 0) },
	{ "ttl-zero-during-transit", CODE(3, 0) },
	{ "ttl-zero-during-reassembly", CODE(3, 1) },
	{ "bad-header", CODE(4, 0) },
	{ "unknown-header-type", CODE(4, 1) },
	{ "unknown-option", CODE(4, 2) },
	{ "echo-request", CODE(128, 0) },
	{ "ping", CODE(128, 0) },
	{ "echo-reply", CODE(129, 0) },
	{ "pong", CODE(129, 0) },
	{ "router-solicitation", CODE(133, 0) },
	{ "router-advertisement", CODE(134, 0) },
	{ "neighbour-solicitation", CODE(135, 0) },
	{ "neigbour-solicitation", CODE(135, 0) },
	{ "neighbour-advertisement", CODE(136, 0) },
	{ "neigbour-advertisement", CODE(136, 0) },
	{ "redirect", CODE(137, 0) },
};

int
set_icmp_code(bool six, const char *name)
{
	const struct icmp_name *n = six ? names6 : names4;
	unsigned nb = six ? RTE_DIM(names6) : RTE_DIM(names4);

	for (unsigned i = 0; i < nb; i++)
		if (strcasecmp(n[i].name, name) == 0)
			return n[i].code;
	return -1;
}

const char *
set_icmp_name(bool six, uint16_t code)
{
	const struct icmp_name *n = six ? names6 : names4;
	unsigned nb = six ? RTE_DIM(names6) : RTE_DIM(names4);

	for (unsigned i = 0; i < nb; i++)
		if (n[i].code == code)
			return n[i].name;
	return NULL;
}

static void
addr_text(struct str *out, const struct set *s, const struct set_key *k, unsigned i, bool net)
{
	char text[INET6_ADDRSTRLEN];

	str_add(out,
		inet_ntop(s->addr_words == 1 ? AF_INET : AF_INET6, k->ip[i].w, text, sizeof(text)));
	if (net && k->len[i] != s->addr_words * 32)
		str_printf(out, "/%u", k->len[i]);
}

/* Those that sets are full of; others are looked up in the host's file, which takes its time. */
static const struct {
	const char *name;
	uint8_t number;
} protos[] = {
	{ "tcp", IPPROTO_TCP },       { "udp", IPPROTO_UDP },   { "udplite", IPPROTO_UDPLITE },
	{ "sctp", IPPROTO_SCTP },     { "icmp", IPPROTO_ICMP }, { "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "icmpv6", IPPROTO_ICMPV6 },
};

const char *
set_proto_name(uint8_t proto)
{
	const struct protoent *p;

	for (unsigned i = 0; i < RTE_DIM(protos); i++)
		if (protos[i].number == proto)
			return protos[i].name;
	p = getprotobynumber(proto);
	return p != NULL ? p->p_name : NULL;
}

int
set_proto_number(const char *name)
{
	const struct protoent *p;

	for (unsigned i = 0; i < RTE_DIM(protos); i++)
		if (strcmp(protos[i].name, name) == 0)
			return protos[i].number;
	p = getprotobyname(name);
	return p != NULL ? p->p_proto : -1;
}

static void
proto_text(struct str *out, uint8_t proto)
{
	const char *name = set_proto_name(proto);

	if (name != NULL)
		str_add(out, name);
	else
		str_printf(out, "%u", proto);
}

static void
port_text(struct str *out, const struct set *s, const struct set_key *k)
{
	const char *name;

	if (!s->type->hash) {
		str_printf(out, "%u", k->port);
		return;
	}
	proto_text(out, k->proto);
	if (k->proto != IPPROTO_ICMP && k->proto != IPPROTO_ICMPV6) {
		str_printf(out, ":%u", k->port);
		return;
	}
	name = set_icmp_name(k->proto == IPPROTO_ICMPV6, k->port);
	if (name != NULL)
		str_printf(out, ":%s", name);
	else
		str_printf(out, ":%u/%u", k->port >> 8, k->port & UINT8_MAX);
}

static void
part_text(struct str *out, const struct set *s, const struct set_key *k, unsigned i)
{
	const uint8_t *m = k->mac;

	switch (s->type->part[i]) {
	case SET_PART_IP:
	case SET_PART_NET:
		addr_text(out, s, k, i != 0, s->type->part[i] == SET_PART_NET);
		break;
	case SET_PART_PORT:
		port_text(out, s, k);
		break;
	case SET_PART_MAC:
		str_printf(out, "%02X:%02X:%02X:%02X:%02X:%02X", m[0], m[1], m[2], m[3], m[4],
			   m[5]);
		break;
	case SET_PART_MARK:
		str_printf(out, "0x%08x", k->mark);
		break;
	case SET_PART_IFACE:
		str_printf(out, "%s%.16s", k->physdev ? "physdev:" : "", k->iface);
		break;
	}
}

void
set_key_text(struct str *out, const struct set *s, const struct set_key *k)
{
	for (unsigned i = 0; i < s->parts; i++) {
		if (i > 0 && s->type->part[i] == SET_PART_MAC && !k->has_mac)
			return;
		if (i > 0)
			str_add(out, ",");
		part_text(out, s, k, i);
	}
}
