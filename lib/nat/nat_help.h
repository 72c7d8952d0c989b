/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/nat: what helpers of translated connections announce, one file for each (ct_nat_ops.announce). off and
 * len: where in the data it stands. Workers. VERDICT_ACCEPT, or the drop.
 */
#pragma once

#include "ct_nat_ops.h"

verdict_t nat_announce(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len,
		       struct ct_expect *e);

typedef verdict_t nat_announce_fn(const struct ct_help *h, enum ct_said said, uint32_t off,
				  uint32_t len, struct ct_expect *e);
nat_announce_fn nat_amanda, nat_ftp, nat_irc, nat_tftp;

void nat_pptp_call(const struct ct_help *h, struct ct_expect way[CT_DIRS]);
verdict_t nat_pptp_message(const struct ct_help *h, unsigned kind);

/*
 * Adds the expectation (nat_expect_port()), which follows its master, and puts text, made for the port that was free, in
 * the place of what stands in the data. make: returns how many characters; room is enough for all.
 */
#define NAT_TEXT_MAX 64
verdict_t nat_announce_text(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len,
			    struct ct_expect *e,
			    unsigned (*make)(char text[NAT_TEXT_MAX], const struct ct *ct,
					     enum ct_said said, const struct ct_expect *e));
