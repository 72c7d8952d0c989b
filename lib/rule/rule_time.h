/* SPDX-License-Identifier: BSD-3-Clause */
/* What -m time asks of a moment. Any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RULE_TIME_DAY (24u * 60 * 60)
#define RULE_TIME_WEEKDAYS 0xfeu        /* a bit for each day, from 1: Monday */
#define RULE_TIME_MONTHDAYS 0xfffffffeu /* from 1 */

struct rule_time {
	uint32_t date_start, date_stop; /* seconds since 1970, inclusive */
	uint32_t day_start,
		day_stop; /* seconds since midnight, inclusive; over midnight when start is later */
	uint32_t monthdays;
	uint8_t weekdays;
	bool contiguous; /* the hours after midnight are of the day before */
	bool kernel_tz;  /* by the kernel's time zone, not UTC */
};

/* Is the moment (seconds since 1970, in the zone that counts) one of those? */
bool rule_time_has(const struct rule_time *t, int64_t at);
