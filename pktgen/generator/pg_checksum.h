/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Internet checksums kept right while words of a packet change (RFC 1624), and made and tested in full. Any thread.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_ip.h>

/* sum: the field as it stands in the packet; nb 16-bit words change from was to now. */
static inline uint16_t
pg_checksum_change(uint16_t sum, const void *was, const void *now, unsigned nb)
{
	uint32_t s = (uint16_t)~sum;
	uint16_t a, b;

	for (unsigned i = 0; i < nb; i++) {
		memcpy(&a, (const char *)was + 2 * i, 2);
		memcpy(&b, (const char *)now + 2 * i, 2);
		s += (uint16_t)~a + b;
	}
	s = (s & 0xffff) + (s >> 16);
	s = (s & 0xffff) + (s >> 16);
	return ~s;
}

/* UDP writes the sum 0 as 0xffff: 0 says that there is none. For all others it is the same number. */
static inline uint16_t
pg_checksum_not_zero(uint16_t sum)
{
	return sum == 0 ? 0xffff : sum;
}

/*
 * The sum, not complemented, of the pseudo header and len bytes of L4: 0xffff when the checksum in it is right. addrs:
 * source and destination as they follow each other in the header; ICMP over IPv4 has no pseudo header.
 */
static inline uint16_t
pg_checksum_sum(const void *addrs, bool v6, uint8_t proto, const void *l4, uint32_t len)
{
	uint32_t sum = rte_raw_cksum(l4, len);

	if (proto != IPPROTO_ICMP) {
		sum += rte_raw_cksum(addrs, v6 ? 32 : 8);
		sum += rte_cpu_to_be_16(proto);
		sum += rte_cpu_to_be_16(len >> 16);
		sum += rte_cpu_to_be_16(len & 0xffff);
	}
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}
