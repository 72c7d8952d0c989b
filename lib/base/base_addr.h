/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP addresses and prefixes of either family, and their text. Pure functions, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

struct ip_addr {
	uint8_t family; /* AF_INET, AF_INET6, or AF_UNSPEC (0): no address */
	union {
		uint32_t v4; /* network byte order */
		uint8_t v6[16];
		uint32_t w[4];
		uint64_t q[2];
	};
};

struct ip_prefix {
	struct ip_addr addr; /* may have host bits */
	uint8_t len;
};

#define IP_ADDR_TEXT 46 /* bytes for ip_addr_text(), NUL included */

static inline uint8_t
ip_addr_bits(uint8_t family)
{
	return family == AF_INET ? 32 : 128;
}

static inline bool
ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return false;
	return a->family == AF_INET ? a->v4 == b->v4 : a->q[0] == b->q[0] && a->q[1] == b->q[1];
}

static inline struct ip_addr
ip_addr_v4(uint32_t be)
{
	return (struct ip_addr){ .family = AF_INET, .v4 = be };
}

static inline struct ip_addr
ip_addr_v6(const void *bytes)
{
	struct ip_addr a = { .family = AF_INET6 };

	memcpy(a.v6, bytes, sizeof(a.v6));
	return a;
}

/* Numeric text only, as inet_pton reads it. family AF_UNSPEC: either. 0 or -EINVAL. */
int ip_addr_parse(const char *text, uint8_t family, struct ip_addr *out);
/* "ADDR" or "ADDR/LEN"; without a length the full one. 0 or -EINVAL. */
int ip_prefix_parse(const char *text, uint8_t family, struct ip_prefix *out);
const char *ip_addr_text(const struct ip_addr *a, char buf[IP_ADDR_TEXT]);
/* Clears the bits beyond len. */
void ip_addr_mask(struct ip_addr *a, uint8_t len);
bool ip_prefix_contains(const struct ip_prefix *p, const struct ip_addr *a);
bool ip_addr_is_multicast(const struct ip_addr *a);
/* fe80::/10 */
bool ip_addr_is_link_local(const struct ip_addr *a);
bool ip_addr_is_zero(const struct ip_addr *a);
