/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Single addresses with a prefix length as some matches take them, read as libxtables reads them. Called
 * from parse() only. Control lcore. Each returns 0, or -EINVAL and a text.
 */
#pragma once

#include "rule.h"

struct rule_host {
	union rule_addr addr; /* with all its bits */
	uint8_t len;          /* of the prefix that counts */
};

static inline uint8_t
rule_host_bits(uint8_t family)
{
	return family == HOOK_IP4 ? 32 : 128;
}

/* "10.1.0.2", "fd01::1"; as getaddrinfo() reads numbers, so that "10.1" is 10.0.0.1. */
int rule_host_addr(const struct rule_parse *p, const char *text, union rule_addr *out);
/* "10.1.0.2/24", "10.1.0.2/255.255.255.0", "fd01::1". A mask that is no prefix counts as all ones, as in iptables. */
int rule_host_parse(const struct rule_parse *p, const char *text, struct rule_host *out);
/* What stands behind the slash. */
int rule_host_prefix(const struct rule_parse *p, const char *text, uint8_t *len);
/* "10.1.0.2/24"; a whole address without its length. */
void rule_host_print(struct str *out, uint8_t family, const struct rule_host *h);
/* The mask of a prefix, in network byte order. */
union rule_addr rule_host_mask(uint8_t len);
