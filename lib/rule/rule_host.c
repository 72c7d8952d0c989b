/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses with a prefix length. Called by the parsers and printers of matches; control lcore. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rule_host.h"
#include "rule_name.h"

union rule_addr
rule_host_mask(uint8_t len)
{
	union rule_addr m = { .w = { 0 } };

	for (unsigned i = 0; i < len; i++)
		m.v6[i / 8] |= 0x80 >> i % 8;
	return m;
}

/* As getaddrinfo() reads numbers: of IPv4 also "10.1", "0x0a010002". */
static bool
numeric(uint8_t family, const char *text, union rule_addr *out)
{
	struct in_addr in;

	memset(out, 0, sizeof(*out));
	if (family == HOOK_IP6)
		return inet_pton(AF_INET6, text, out->v6) == 1;
	if (text[0] == '\0' || strpbrk(text, " \t") != NULL || inet_aton(text, &in) == 0)
		return false;
	out->v4 = in.s_addr;
	return true;
}

int
rule_host_prefix(const struct rule_parse *p, const char *text, uint8_t *len)
{
	uint8_t bits = rule_host_bits(p->family);
	union rule_addr mask, prefix;
	unsigned long long n;

	if (rule_number(text, bits, &n)) {
		*len = n;
		return 0;
	}
	if (!numeric(p->family, text, &mask))
		return err_set(p->err, -EINVAL,
			       "%s: bad value for option \"--%s\", neither a valid network mask "
			       "nor valid CIDR (0-%u).\n",
			       p->type->name, p->opt, bits);
	for (*len = 0; *len < bits; (*len)++) {
		prefix = rule_host_mask(*len);
		if (memcmp(&prefix, &mask, sizeof(mask)) == 0)
			break;
	}
	return 0;
}

int
rule_host_addr(const struct rule_parse *p, const char *text, union rule_addr *out)
{
	union rule_addr other;

	if (numeric(p->family, text, out))
		return 0;
	/* Names are not looked up. */
	return err_set(p->err, -EINVAL, "getaddrinfo: %s\n",
		       numeric(p->family == HOOK_IP4 ? HOOK_IP6 : HOOK_IP4, text, &other)
			       ? "Address family for hostname not supported"
			       : "Name or service not known");
}

int
rule_host_parse(const struct rule_parse *p, const char *text, struct rule_host *out)
{
	const char *slash = strchr(text, '/');
	char host[64];
	int rc;

	snprintf(host, sizeof(host), "%.*s", slash != NULL ? (int)(slash - text) : 63, text);
	rc = rule_host_addr(p, host, &out->addr);
	if (rc != 0)
		return rc;
	out->len = rule_host_bits(p->family);
	return slash != NULL ? rule_host_prefix(p, slash + 1, &out->len) : 0;
}

void
rule_host_print(struct str *out, uint8_t family, const struct rule_host *h)
{
	char text[INET6_ADDRSTRLEN];

	str_add(out,
		inet_ntop(family == HOOK_IP4 ? AF_INET : AF_INET6, &h->addr, text, sizeof(text)));
	if (h->len != rule_host_bits(family))
		str_printf(out, "/%u", h->len);
}
