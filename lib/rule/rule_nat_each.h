/* SPDX-License-Identifier: BSD-3-Clause */
/* What the rules of table nat may translate sources to. Control lcore. */
#pragma once

#include "hook.h"
#include "nat.h"

/* A rule that may: for which protocol (0: any), to what; without NAT_MAP_IPS to addresses of the box. */
typedef void rule_nat_range_fn(uint8_t proto, const struct nat_range *r, void *arg);

/* All rules in force, in all chains, whether reached or not. */
void rule_nat_each_source(enum hook_family family, rule_nat_range_fn *fn, void *arg);
