/* SPDX-License-Identifier: BSD-3-Clause */
/* The calendar of -m time. Called by its match() on workers; no state. */
#include <time.h>

#include "rule_time.h"

bool
rule_time_has(const struct rule_time *t, int64_t at)
{
	uint32_t of_day;
	time_t day;
	struct tm tm;

	if (at < t->date_start || at > t->date_stop)
		return false;
	of_day = (uint64_t)at % RULE_TIME_DAY;
	day = at;
	if (t->day_start < t->day_stop) {
		if (of_day < t->day_start || of_day > t->day_stop)
			return false;
	} else {
		if (of_day < t->day_start && of_day > t->day_stop)
			return false;
		if (t->contiguous && of_day <= t->day_stop)
			day -= RULE_TIME_DAY;
	}
	if (t->weekdays == RULE_TIME_WEEKDAYS && t->monthdays == RULE_TIME_MONTHDAYS)
		return true;
	gmtime_r(&day, &tm);
	return t->weekdays & 1u << (tm.tm_wday == 0 ? 7 : tm.tm_wday) &&
	       t->monthdays & 1u << tm.tm_mday;
}
