/* SPDX-License-Identifier: BSD-3-Clause */
/* Moments that -m time knows, at their boundaries. 2026-11-22 was a Sunday. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rule_time.h"

#define SUNDAY 1795305600 /* 2026-11-22 00:00:00 UTC */
#define HOUR 3600

static const struct rule_time any = {
	.date_stop = INT32_MAX,
	.day_stop = RULE_TIME_DAY - 1,
	.weekdays = RULE_TIME_WEEKDAYS,
	.monthdays = RULE_TIME_MONTHDAYS,
};

static void
dates(void **state)
{
	struct rule_time t = any;

	t.date_start = SUNDAY;
	t.date_stop = SUNDAY + 5;
	assert_false(rule_time_has(&t, SUNDAY - 1));
	assert_true(rule_time_has(&t, SUNDAY));
	assert_true(rule_time_has(&t, SUNDAY + 5));
	assert_false(rule_time_has(&t, SUNDAY + 6));
	assert_true(rule_time_has(&any, 0));
	assert_true(rule_time_has(&any, INT32_MAX));
	assert_false(rule_time_has(&any, INT32_MAX + 1LL));
	assert_false(rule_time_has(&any, -1)); /* midnight of 1970, west of Greenwich */
}

static void
hours(void **state)
{
	struct rule_time t = any;

	t.day_start = 9 * HOUR;
	t.day_stop = 17 * HOUR;
	assert_false(rule_time_has(&t, SUNDAY + 9 * HOUR - 1));
	assert_true(rule_time_has(&t, SUNDAY + 9 * HOUR));
	assert_true(rule_time_has(&t, SUNDAY + 17 * HOUR));
	assert_false(rule_time_has(&t, SUNDAY + 17 * HOUR + 1));
	t.day_start = 22 * HOUR;
	t.day_stop = 6 * HOUR;
	assert_false(rule_time_has(&t, SUNDAY + 22 * HOUR - 1));
	assert_true(rule_time_has(&t, SUNDAY + 22 * HOUR));
	assert_true(rule_time_has(&t, SUNDAY + 24 * HOUR));
	assert_true(rule_time_has(&t, SUNDAY + 6 * HOUR));
	assert_false(rule_time_has(&t, SUNDAY + 6 * HOUR + 1));
}

static void
days(void **state)
{
	struct rule_time t = any;

	t.weekdays = 1u << 7;
	assert_false(rule_time_has(&t, SUNDAY - 1));
	assert_true(rule_time_has(&t, SUNDAY));
	assert_true(rule_time_has(&t, SUNDAY + 24 * HOUR - 1));
	assert_false(rule_time_has(&t, SUNDAY + 24 * HOUR));
	t.monthdays = 1u << 21;
	assert_false(rule_time_has(&t, SUNDAY));
	t.monthdays = 1u << 22;
	assert_true(rule_time_has(&t, SUNDAY));
	t.weekdays = RULE_TIME_WEEKDAYS;
	assert_false(rule_time_has(&t, SUNDAY + 24 * HOUR));
}

/* The hours after midnight are of that day, or of the one before. */
static void
over_midnight(void **state)
{
	struct rule_time t = any;

	t.day_start = 22 * HOUR;
	t.day_stop = 6 * HOUR;
	t.weekdays = 1u << 7;
	assert_true(rule_time_has(&t, SUNDAY + HOUR));
	assert_true(rule_time_has(&t, SUNDAY + 23 * HOUR));
	assert_false(rule_time_has(&t, SUNDAY + 25 * HOUR));
	t.contiguous = true;
	assert_false(rule_time_has(&t, SUNDAY + HOUR));
	assert_true(rule_time_has(&t, SUNDAY + 23 * HOUR));
	assert_true(rule_time_has(&t, SUNDAY + 30 * HOUR));
	assert_false(rule_time_has(&t, SUNDAY + 30 * HOUR + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates),
		cmocka_unit_test(hours),
		cmocka_unit_test(days),
		cmocka_unit_test(over_midnight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
