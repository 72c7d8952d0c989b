/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Helpers of protocols that ask a whole network: each host there may answer, from the port that was asked. Only what
 * a program on the box itself asks counts, as in Linux: the box knows its own networks.
 */
#pragma once

#include "ct_helper.h"

/*
 * Set by who knows the box's addresses: the netmask (network byte order) of the address of that port whose
 * broadcast address is dst; 0: none. NULL: nobody knows. Workers call it.
 */
extern uint32_t (*ct_broadcast_mask)(const struct hook_ctx *ctx, uint16_t port, uint32_t dst);

/* The packet h asks at the port (network byte order); answers are awaited for seconds. */
verdict_t ct_broadcast_help(struct ct_help *h, uint16_t port, uint32_t seconds);
