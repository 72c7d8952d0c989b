/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * net.ipv6.icmp.ratemask: which ICMPv6 types the limits are for, as a list of numbers and ranges in
 * the text of Linux's bit maps. Control writes, any lane reads.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base_param.h"
#include "walk.h"

#define TYPES 256
#define DEFAULT_MASK "0-1,3-127" /* all errors but "packet too big" */

struct mask {
	uint64_t bits[TYPES / 64];
};

static struct mask in_force = { { ~(1ull << 2), ~0ull, 0, 0 } };

static bool
has(const struct mask *m, unsigned type)
{
	return m->bits[type / 64] >> (type % 64) & 1;
}

/* One number up to TYPES - 1 at *at; false: there is none. */
static bool
take_number(const char **at, unsigned *v)
{
	char *end;
	unsigned long n;

	if (!isdigit((unsigned char)**at))
		return false;
	n = strtoul(*at, &end, 10);
	*at = end;
	*v = n;
	return n < TYPES;
}

static bool
parse(const char *text, struct mask *m)
{
	*m = (struct mask){ { 0 } };
	for (;;) {
		unsigned from, to;

		text += strspn(text, " \t,");
		if (*text == '\0')
			return true;
		if (!take_number(&text, &from))
			return false;
		to = from;
		if (*text == '-' && (text++, !take_number(&text, &to) || to < from))
			return false;
		if (*text != '\0' && strchr(" \t,", *text) == NULL)
			return false;
		for (unsigned i = from; i <= to; i++)
			m->bits[i / 64] |= 1ull << (i % 64);
	}
}

static void
print(const struct mask *m, struct str *out)
{
	const char *comma = "";

	for (unsigned i = 0; i < TYPES; i++) {
		unsigned from = i;

		if (!has(m, i))
			continue;
		while (i + 1 < TYPES && has(m, i + 1))
			i++;
		str_printf(out, "%s%u", comma, from);
		if (i > from)
			str_printf(out, "-%u", i);
		comma = ",";
	}
}

/* The list in its shortest form; NULL: it is none. */
static char *
normal(const char *text)
{
	struct str out = { 0 };
	struct mask m;
	char *copy;

	if (!parse(text, &m))
		return NULL;
	print(&m, &out);
	copy = strdup(str_text(&out));
	str_free(&out);
	return copy;
}

static void
written(struct param *p)
{
	struct mask m;

	if (!parse(p->text, &m))
		return;
	for (unsigned i = 0; i < RTE_DIM(m.bits); i++)
		__atomic_store_n(&in_force.bits[i], m.bits[i], __ATOMIC_RELAXED);
}

PARAM_DEFINE(ratemask6, .name = "net.ipv6.icmp.ratemask", .text_def = DEFAULT_MASK,
	     .normal = normal, .changed = written,
	     .help = "ICMPv6 types that are limited: numbers and ranges up to 255")

bool
icmp_limited6(uint8_t type)
{
	return __atomic_load_n(&in_force.bits[type / 64], __ATOMIC_RELAXED) >> (type % 64) & 1;
}
