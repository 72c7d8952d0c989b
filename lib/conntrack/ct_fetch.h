/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fetches a line for later. As a load that nobody waits for: processors drop prefetches of pages that they have no
 * translation of, and tables of many connections are such (a prefetch alone: 150 cycles more for a new connection in
 * 1,000,000).
 */
#pragma once

#include <rte_prefetch.h>

static inline void
ct_fetch(const void *line)
{
#if defined(RTE_FORCE_INTRINSICS)
	rte_prefetch0(line); /* ThreadSanitizer would see a read without order, which it is */
#else
	(void)*(const volatile char *)line;
#endif
}
