/* SPDX-License-Identifier: BSD-3-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base_addr.h"

int
ip_addr_parse(const char *text, uint8_t family, struct ip_addr *out)
{
	struct ip_addr a = { 0 };

	if (family == AF_UNSPEC)
		family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	a.family = family;
	if (inet_pton(family, text, &a.v4) != 1)
		return -EINVAL;
	*out = a;
	return 0;
}

int
ip_prefix_parse(const char *text, uint8_t family, struct ip_prefix *out)
{
	const char *slash = strchr(text, '/');
	struct ip_prefix p = { 0 };
	char addr[IP_ADDR_TEXT];
	unsigned long len;
	char *end;

	if (slash == NULL) {
		if (ip_addr_parse(text, family, &p.addr) != 0)
			return -EINVAL;
		p.len = ip_addr_bits(p.addr.family);
		*out = p;
		return 0;
	}
	if ((size_t)(slash - text) >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, slash - text);
	addr[slash - text] = '\0';
	if (ip_addr_parse(addr, family, &p.addr) != 0)
		return -EINVAL;
	len = strtoul(slash + 1, &end, 10);
	if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || len > ip_addr_bits(p.addr.family))
		return -EINVAL;
	p.len = len;
	*out = p;
	return 0;
}

const char *
ip_addr_text(const struct ip_addr *a, char buf[IP_ADDR_TEXT])
{
	if (a->family == AF_UNSPEC || inet_ntop(a->family, &a->v4, buf, IP_ADDR_TEXT) == NULL)
		snprintf(buf, IP_ADDR_TEXT, "none");
	return buf;
}

void
ip_addr_mask(struct ip_addr *a, uint8_t len)
{
	unsigned words = a->family == AF_INET ? 1 : 4;

	for (unsigned i = 0; i < words; i++) {
		unsigned bits = len > 32 * i ? len - 32 * i : 0;

		if (bits < 32)
			a->w[i] &= bits == 0 ? 0 : htonl(~0u << (32 - bits));
	}
}

bool
ip_prefix_contains(const struct ip_prefix *p, const struct ip_addr *a)
{
	struct ip_addr x = *a, y = p->addr;

	if (x.family != y.family)
		return false;
	ip_addr_mask(&x, p->len);
	ip_addr_mask(&y, p->len);
	return ip_addr_equal(&x, &y);
}

bool
ip_addr_is_multicast(const struct ip_addr *a)
{
	return a->family == AF_INET ? (ntohl(a->v4) >> 28) == 14 : a->v6[0] == 0xff;
}

bool
ip_addr_is_link_local(const struct ip_addr *a)
{
	return a->family == AF_INET6 && a->v6[0] == 0xfe && (a->v6[1] & 0xc0) == 0x80;
}

bool
ip_addr_is_zero(const struct ip_addr *a)
{
	return a->family == AF_INET ? a->v4 == 0 : a->q[0] == 0 && a->q[1] == 0;
}
