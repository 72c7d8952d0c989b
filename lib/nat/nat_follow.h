/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/nat: announced connections are translated as the one that announced them. Workers. */
#pragma once

#include "ct_helper.h"
#include "nat.h"

/*
 * ct_expect.expected, Linux's nf_nat_follow_master(): from where the master's packets of e->dir seem to come, to where
 * they really go, there to saved_port.
 */
void nat_follow(unsigned lane, struct ct *ct, const struct ct_expect *e, uint32_t now);
/* One end of an announced connection: that address and port (network byte order; NULL: any). */
void nat_follow_end(unsigned lane, struct ct *ct, const union ct_addr *addr, const uint16_t *port,
		    uint32_t now, enum nat_manip manip);

/*
 * Adds the expectation, to that port or another one above it that nobody expects something at (host byte order). The
 * port; 0: it cannot be.
 */
uint16_t nat_expect_port(const struct ct_help *h, struct ct_expect *e, uint16_t port);
/* Adds it as it is: 0 or as ct_expect_add(). */
int nat_expect(const struct ct_help *h, const struct ct_expect *e);
/* What was added goes again. */
void nat_unexpect(const struct ct_help *h, const struct ct_expect *e);

/* Where packets of that direction seem to come from, on the other side. */
static inline union ct_addr
nat_seen_from(const struct ct *ct, enum ct_dir dir)
{
	return ct_tuple(ct, !dir).dst;
}
