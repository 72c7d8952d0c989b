/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A range of IP addresses: one, first to last, or a prefix. Set by the main thread; read by any.
 */
#pragma once

#include "base_addr.h"
#include "base_err.h"

#define PG_RANGE_MAX \
	(1u << 30) /* addresses of a range that are used; the rest of a larger one are not */

struct pg_range {
	struct ip_addr first;
	uint32_t nb; /* addresses, 1 to PG_RANGE_MAX */
};

/*
 * "ADDR", "ADDR-ADDR" or "ADDR/LEN". Of an IPv4 prefix of up to 30 bits the first and the last address are left out, of an
 * IPv6 one of up to 126 bits the first: routers do not forward to them. -EINVAL with a text that names the option.
 */
int pg_range_parse(struct pg_range *r, const char *option, const char *text, struct err *e);
/* The address that many behind the first; i < nb. */
struct ip_addr pg_range_at(const struct pg_range *r, uint32_t i);
bool pg_range_has(const struct pg_range *r, const struct ip_addr *a);
