/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values in `ip` commands: addresses, prefixes, devices, MACs, scopes. Control lcore.
 */
#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd_ip.h"

static const char *
family_name(uint8_t family)
{
	return family == AF_INET ? "inet" : family == AF_INET6 ? "inet6" : "any valid";
}

/* "10", "10.1", "10.1.2": what is missing is zero. */
static bool
parse_short4(const char *word, struct ip_addr *a)
{
	uint8_t bytes[4] = { 0 };

	for (unsigned i = 0; i < 4; i++) {
		char *end;
		unsigned long v = strtoul(word, &end, 10);

		if (*word < '0' || *word > '9' || v > 255 || end - word > 3)
			return false;
		bytes[i] = v;
		if (*end == '\0') {
			*a = (struct ip_addr){ .family = AF_INET };
			memcpy(&a->v4, bytes, 4);
			return true;
		}
		if (*end != '.')
			return false;
		word = end + 1;
	}
	return false;
}

static bool
parse_addr(const char *word, uint8_t family, struct ip_addr *a)
{
	if (ip_addr_parse(word, family, a) == 0)
		return true;
	return family != AF_INET6 && parse_short4(word, a);
}

/* A length, or IPv4's mask. */
static bool
parse_len(const char *word, uint8_t family, uint8_t *len)
{
	struct in_addr mask;
	uint32_t v, host;

	if (ip_get_u32(word, ip_addr_bits(family), &v)) {
		*len = v;
		return true;
	}
	if (family != AF_INET || inet_pton(AF_INET, word, &mask) != 1)
		return false;
	host = ~ntohl(mask.s_addr);
	if ((host & (host + 1)) != 0)
		return false;
	*len = 32 - __builtin_popcount(host);
	return true;
}

bool
ip_parse_prefix(const char *word, uint8_t family, struct ip_prefix *p)
{
	const char *slash = strchr(word, '/');
	char text[IP_ADDR_TEXT];

	*p = (struct ip_prefix){ 0 };
	if (strcmp(word, "default") == 0 || strcmp(word, "any") == 0 || strcmp(word, "all") == 0) {
		p->addr.family = family != AF_UNSPEC ? family : AF_INET;
		return true;
	}
	if (snprintf(text, sizeof(text), "%.*s", slash ? (int)(slash - word) : IP_ADDR_TEXT,
		     word) >= (int)sizeof(text))
		return false;
	if (!parse_addr(text, family, &p->addr))
		return false;
	p->len = ip_addr_bits(p->addr.family);
	return slash == NULL || parse_len(slash + 1, p->addr.family, &p->len);
}

int
ip_get_prefix(struct ip_cmd *ip, const char *word, uint8_t family, struct ip_prefix *p)
{
	if (ip_parse_prefix(word, family, p))
		return 0;
	return ip_say(ip, IP_BAD, "Error: %s prefix is expected rather than \"%.80s\".",
		      family_name(family), word);
}

int
ip_get_addr(struct ip_cmd *ip, const char *word, uint8_t family, struct ip_addr *a)
{
	if (parse_addr(word, family, a))
		return 0;
	return ip_say(ip, IP_BAD, "Error: %s address is expected rather than \"%.80s\".",
		      family_name(family), word);
}

int
ip_get_port(struct ip_cmd *ip, const char *word, const struct port **p)
{
	*p = port_by_name(gen_current(), word);
	if (*p != NULL)
		return 0;
	return ip_say(ip, IP_BAD, "Cannot find device \"%.80s\"", word);
}

int
ip_get_mac(struct ip_cmd *ip, const char *word, struct rte_ether_addr *mac)
{
	const char *at = word;
	unsigned n = 0;

	for (;;) {
		char *end;
		unsigned long v = strtoul(at, &end, 16);

		if (end == at || end - at > 2 || v > 255 || *at == '+' || *at == '-' || *at == ' ')
			return ip_say(ip, IP_BAD, "\"%.80s\" is invalid lladdr.", word);
		if (n < 6)
			mac->addr_bytes[n] = v;
		n++;
		if (*end == '\0')
			break;
		if (*end != ':')
			return ip_say(ip, IP_BAD, "\"%.80s\" is invalid lladdr.", word);
		at = end + 1;
	}
	if (n == 6)
		return 0;
	return ip_say(ip, IP_BAD, "Invalid address length %u - must be 6 bytes", n);
}

bool
ip_get_u32(const char *word, uint32_t max, uint32_t *v)
{
	unsigned long n;
	char *end;

	if (*word < '0' || *word > '9')
		return false;
	n = strtoul(word, &end, 0);
	if (*end != '\0' || n > max)
		return false;
	*v = n;
	return true;
}

void
ip_print_prefix(struct str *out, const struct ip_prefix *p)
{
	char text[IP_ADDR_TEXT];

	if (p->len == 0)
		str_add(out, "default");
	else
		str_add(out, ip_addr_text(&p->addr, text));
	if (p->len != 0 && p->len != ip_addr_bits(p->addr.family))
		str_printf(out, "/%u", p->len);
}

static const struct {
	const char *name;
	uint8_t value;
} scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE }, { "universe", RT_SCOPE_UNIVERSE },
	{ "link", RT_SCOPE_LINK },       { "host", RT_SCOPE_HOST },
	{ "site", RT_SCOPE_SITE },       { "nowhere", RT_SCOPE_NOWHERE },
};

const char *
ip_scope_name(uint8_t scope, char buf[8])
{
	for (unsigned i = 0; i < RTE_DIM(scopes); i++)
		if (scopes[i].value == scope)
			return scopes[i].name;
	snprintf(buf, 8, "%u", scope);
	return buf;
}

bool
ip_scope_parse(const char *word, uint8_t *scope)
{
	uint32_t v;

	for (unsigned i = 0; i < RTE_DIM(scopes); i++)
		if (strcmp(scopes[i].name, word) == 0) {
			*scope = scopes[i].value;
			return true;
		}
	if (!ip_get_u32(word, 255, &v))
		return false;
	*scope = v;
	return true;
}

const char *
ip_port_name(uint16_t index)
{
	const struct port *p = port_get(gen_current(), index);

	return p != NULL ? p->name : "lo";
}
