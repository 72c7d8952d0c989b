/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds the indexes that chains in force lack, one trie and one of bit vectors at a time, each in a thread of its own,
 * since it takes time, and nothing can interrupt rte_acl_build(). Meanwhile, and where an index would take too much, the
 * rules are searched side by side. Control lcore.
 */
#pragma once

#include <stdbool.h>

/* Every 100 ms: takes what is built into use, begins with what is wanted next. */
void rule_build_tick(void);
/* The thread is at work: the heap of DPDK must stay. */
bool rule_build_busy(void);
/* Until nothing is wanted any more; for tests. */
void rule_build_wait(void);
