/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m time: between dates, hours, on days of the week and the month, by UTC or by the kernel's time zone. See rule_ext.h
 * for who calls what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "rule_time.h"
#include "rule_value.h"

#define LAST_DATE INT32_MAX /* 2038-01-19T03:14:07, unless told otherwise */
#define YEAR_MAX 2038u

enum {
	OPT_CONTIGUOUS,
	OPT_DATE_START,
	OPT_DATE_STOP,
	OPT_KERNEL_TZ,
	OPT_LOCAL_TZ,
	OPT_MONTHDAYS,
	OPT_TIME_START,
	OPT_TIME_STOP,
	OPT_UTC,
	OPT_WEEKDAYS,
};

static const struct rule_opt opts[] = {
	{ "contiguous", OPT_CONTIGUOUS, RULE_OPT_ONCE, 0 },
	{ "datestart", OPT_DATE_START, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "datestop", OPT_DATE_STOP, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "kerneltz", OPT_KERNEL_TZ, RULE_OPT_ONCE, 0 },
	{ "localtz", OPT_LOCAL_TZ, RULE_OPT_ONCE, 1u << OPT_UTC },
	{ "monthdays", OPT_MONTHDAYS, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_INVERT, 0 },
	{ "timestart", OPT_TIME_START, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "timestop", OPT_TIME_STOP, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "utc", OPT_UTC, RULE_OPT_ONCE, 1u << OPT_KERNEL_TZ },
	{ "weekdays", OPT_WEEKDAYS, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_INVERT, 0 },
};

static const char *const day_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

static void
init(void *data)
{
	*(struct rule_time *)data = (struct rule_time){
		.date_stop = LAST_DATE,
		.day_stop = RULE_TIME_DAY - 1,
		.weekdays = RULE_TIME_WEEKDAYS,
		.monthdays = RULE_TIME_MONTHDAYS,
	};
}

/* A part of a date or a time, and the sign behind it: of those named, or the text's end. What is missing is 0. */
static bool
part(const char **text, unsigned max, const char *ends, unsigned *out)
{
	char *end;
	unsigned long n = strtoul(*text, &end, 10);

	if (n > max || strchr(ends, *end) == NULL)
		return false;
	*out = n;
	*text = end;
	return true;
}

/* "YYYY[-MM[-DD[Thh[:mm[:ss]]]]]". */
static bool
read_date(const char *text, struct tm *tm)
{
	static const struct {
		char before;
		const char *ends;
		uint8_t max;
	} parts[] = {
		{ '-', "-", 12 }, { '-', "T", 31 }, { 'T', ":", 23 },
		{ ':', ":", 59 }, { ':', "", 59 },
	};
	unsigned n[] = { 0, 1, 1, 0, 0, 0 };

	if (!part(&text, YEAR_MAX, "-", &n[0]) || n[0] < 1970)
		return false;
	for (unsigned i = 0; *text != '\0' && i < RTE_DIM(parts); i++)
		if (*text++ != parts[i].before ||
		    !part(&text, parts[i].max, parts[i].ends, &n[i + 1]))
			return false;
	*tm = (struct tm){ .tm_year = n[0] - 1900,
			   .tm_mon = n[1] - 1,
			   .tm_mday = n[2],
			   .tm_hour = n[3],
			   .tm_min = n[4],
			   .tm_sec = n[5] };
	return *text == '\0';
}

static int
parse_date(const struct rule_parse *p, const char *text, uint32_t *out)
{
	struct tm tm;
	time_t t = read_date(text, &tm) ? timegm(&tm) : -1;

	if (t < 0)
		return err_set(p->err, -EINVAL,
			       "Invalid date \"%s\" specified. Should be "
			       "YYYY[-MM[-DD[Thh[:mm[:ss]]]]]",
			       text);
	*out = t;
	return 0;
}

/* "hh:mm[:ss]". The error shows the text from the part that is wrong. */
static int
parse_clock(const struct rule_parse *p, const char *text, uint32_t *out)
{
	const char *from = text;
	unsigned h, m, s = 0;
	bool ok = part(&text, 23, ":", &h) && *text == ':';

	if (ok) {
		from = ++text;
		ok = part(&text, 59, ":", &m);
	}
	if (ok && *text == ':') {
		from = ++text;
		ok = part(&text, 59, "", &s);
	}
	if (!ok)
		return err_set(p->err, -EINVAL,
			       "invalid time \"%s\" specified, should be hh:mm[:ss] format and "
			       "within the boundaries",
			       from);
	*out = (h * 60 + m) * 60 + s;
	return 0;
}

/* The next of a list with commas, cut to the length of out; false: there is none. */
static bool
next_word(const char **text, char *out, size_t size)
{
	size_t len = strcspn(*text, ",");

	if (**text == '\0')
		return false;
	snprintf(out, RTE_MIN(size, len + 1), "%s", *text);
	*text += len + ((*text)[len] == ',');
	return true;
}

static int
parse_monthdays(const struct rule_parse *p, const char *text, uint32_t *out)
{
	char word[3], *end;

	*out = 0;
	while (next_word(&text, word, sizeof(word))) {
		unsigned long day = strtoul(word, &end, 0);

		if (*end != '\0' || day > 31)
			return err_set(p->err, -EINVAL, "%s is not a valid day for --monthdays",
				       word);
		*out |= 1u << day & RULE_TIME_MONTHDAYS;
	}
	return 0;
}

/* "Mo", "Mon", or a number from 1. Numbers that are no day are none. */
static int
parse_weekdays(const struct rule_parse *p, const char *text, uint8_t *out)
{
	char word[4], *end;

	*out = 0;
	while (next_word(&text, word, sizeof(word))) {
		unsigned long day = strtoul(word, &end, 0);

		if (*end != '\0') {
			for (day = 0; day < RTE_DIM(day_names); day++)
				if (strlen(word) > 1 &&
				    strncmp(word, day_names[day], strlen(word)) == 0)
					break;
			if (day++ == RTE_DIM(day_names))
				return err_set(p->err, -EINVAL, "%s is not a valid day specifier",
					       word);
		} else if (day == 0) {
			return err_set(p->err, -EINVAL, "No, the week does NOT begin with Sunday.");
		}
		*out |= 1u << day % 32 & RULE_TIME_WEEKDAYS;
	}
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rule_time *t = data;
	int rc = 0;

	switch (id) {
	case OPT_DATE_START:
		return parse_date(p, arg, &t->date_start);
	case OPT_DATE_STOP:
		return parse_date(p, arg, &t->date_stop);
	case OPT_TIME_START:
		return parse_clock(p, arg, &t->day_start);
	case OPT_TIME_STOP:
		return parse_clock(p, arg, &t->day_stop);
	case OPT_MONTHDAYS:
		rc = parse_monthdays(p, arg, &t->monthdays);
		t->monthdays ^= invert ? RULE_TIME_MONTHDAYS : 0;
		return rc;
	case OPT_WEEKDAYS:
		rc = parse_weekdays(p, arg, &t->weekdays);
		t->weekdays ^= invert ? RULE_TIME_WEEKDAYS : 0;
		return rc;
	case OPT_CONTIGUOUS:
		t->contiguous = true;
		return 0;
	case OPT_LOCAL_TZ:
		str_add(p->warn, "WARNING: --localtz is being replaced by --kerneltz, since "
				 "\"local\" is ambiguous. Note the kernel timezone has caveats - "
				 "see manpage for details.\n");
		/* fall through */
	case OPT_KERNEL_TZ:
		t->kernel_tz = true;
		return 0;
	default:
		return 0;
	}
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	const struct rule_time *t = data;

	if (t->contiguous && t->day_start < t->day_stop)
		return err_set(p->err, -EINVAL,
			       "time: --contiguous only makes sense when stoptime is smaller than "
			       "starttime");
	return 0;
}

/* The zone that hwclock gives the kernel: asked once a second, as every packet would be a system call. */
static int
kernel_seconds_west(time_t now)
{
	static __thread time_t asked;
	static __thread int west;
	struct timezone tz = { 0 };
	struct timeval tv;

	if (now != asked) {
		asked = now;
		/* glibc's gettimeofday() says 0. */
		if (syscall(SYS_gettimeofday, &tv, &tz) == 0)
			west = tz.tz_minuteswest * 60;
	}
	return west;
}

/* The clock that the kernel asks; reading it is no system call. */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct rule_time *t = data;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return rule_time_has(t, now.tv_sec - (t->kernel_tz ? kernel_seconds_west(now.tv_sec) : 0));
}

static void
put_clock(struct str *out, const char *before, uint32_t t)
{
	str_printf(out, "%s%02u:%02u:%02u", before, t / 3600, t / 60 % 60, t % 60);
}

static void
put_date(struct str *out, const char *before, uint32_t t, char between)
{
	time_t at = t;
	struct tm tm;

	gmtime_r(&at, &tm);
	str_printf(out, "%s%04d-%02d-%02d%c%02d:%02d:%02d", before, tm.tm_year + 1900,
		   tm.tm_mon + 1, tm.tm_mday, between, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void
put_weekdays(struct str *out, const char *before, uint8_t days)
{
	const char *comma = "";

	str_add(out, before);
	for (unsigned i = 0; i < RTE_DIM(day_names); i++)
		if (days & 1u << (i + 1)) {
			str_printf(out, "%s%s", comma, day_names[i]);
			comma = ",";
		}
}

/* As iptables has them: 11st, 12nd, 13rd. */
static const char *
ordinal(unsigned n)
{
	static const char *const ends[] = { "th", "st", "nd", "rd" };

	return n % 10 < RTE_DIM(ends) ? ends[n % 10] : ends[0];
}

static void
put_monthdays(struct str *out, const char *before, uint32_t days, bool ordinals)
{
	const char *comma = "";

	str_add(out, before);
	for (unsigned i = 1; i <= 31; i++)
		if (days & 1u << i) {
			str_printf(out, "%s%u%s", comma, i, ordinals ? ordinal(i) : "");
			comma = ",";
		}
}

static bool
some_of_day(const struct rule_time *t)
{
	return t->day_start != 0 || t->day_stop != RULE_TIME_DAY - 1;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_time *t = data;

	str_add(out, " TIME");
	if (some_of_day(t)) {
		put_clock(out, " from ", t->day_start);
		put_clock(out, " to ", t->day_stop);
	}
	if (t->weekdays != RULE_TIME_WEEKDAYS)
		put_weekdays(out, " on ", t->weekdays);
	if (t->monthdays != RULE_TIME_MONTHDAYS)
		put_monthdays(out, " on ", t->monthdays, true);
	if (t->date_start != 0)
		put_date(out, " starting from ", t->date_start, ' ');
	if (t->date_stop != LAST_DATE)
		put_date(out, " until date ", t->date_stop, ' ');
	if (!t->kernel_tz)
		str_add(out, " UTC");
	if (t->contiguous)
		str_add(out, " contiguous");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_time *t = data;

	if (some_of_day(t)) {
		put_clock(out, " --timestart ", t->day_start);
		put_clock(out, " --timestop ", t->day_stop);
	}
	/* No day at all: by a number that is none, as there has to be a word to read. */
	if (t->monthdays == 0)
		str_add(out, " --monthdays 0");
	else if (t->monthdays != RULE_TIME_MONTHDAYS)
		put_monthdays(out, " --monthdays ", t->monthdays, false);
	if (t->weekdays == 0)
		str_add(out, " --weekdays 8");
	else if (t->weekdays != RULE_TIME_WEEKDAYS)
		put_weekdays(out, " --weekdays ", t->weekdays);
	if (t->date_start != 0)
		put_date(out, " --datestart ", t->date_start, 'T');
	put_date(out, " --datestop ", t->date_stop, 'T');
	if (t->kernel_tz)
		str_add(out, " --kerneltz");
	if (t->contiguous)
		str_add(out, " --contiguous");
}

static struct rule_ext_type type = {
	.name = "time",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct rule_time),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.final = final,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TIME,
};

RULE_EXT_REGISTER(type)
