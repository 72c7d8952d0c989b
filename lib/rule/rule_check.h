/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel does when a table is committed: checks every rule, refuses loops, and compiles the
 * chains into the steps that workers walk. Control lcore, on a table that is not published yet.
 */
#pragma once

#include "rule.h"

/*
 * 0; -ELOOP: a loop that packets can reach, or jumps nested deeper than RULE_DEPTH_MAX; -EINVAL: a
 * match, target or jump that is not allowed there.
 */
int rule_check(struct rule_table *t);
