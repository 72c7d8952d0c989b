/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timeout policies: a set of timeouts of one protocol under a name, as `nfct timeout` makes them and
 * `-j CT --timeout NAME` gives them to connections.
 */
#pragma once

#include <stdint.h>

#include "ct_proto.h"

#define CT_TIMEOUTS_NAME 32

struct ct_timeouts {
	struct ct_timeouts *next;
	char name[CT_TIMEOUTS_NAME];
	uint8_t family; /* enum hook_family */
	uint8_t proto;
	uint32_t
		uses; /* rules that name it; connections keep what they were given until they end */
	uint32_t seconds[CT_TIMEOUTS_MAX];
};
