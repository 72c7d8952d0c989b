/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values of options that several extensions read in the same way, with iptables' own errors. Each
 * returns 0, or -EINVAL and a text. Called from parse() only: the texts name p->type and p->opt.
 * Control lcore.
 */
#pragma once

#include "rule_ext.h"

/*
 * What strtoul() reads, but for signs, and where it ends; false: no number there, or above max. From anywhere, without a
 * text.
 */
bool rule_value_read(const char *text, const char **end, uint64_t max, uint64_t *out);

/* One number from lo to hi. */
int rule_value_number(const struct rule_parse *p, const char *text, uint32_t lo, uint32_t hi,
		      uint32_t *out);

struct rule_range {
	uint32_t lo, hi; /* inclusive; lo above hi contains nothing */
};

/* "5", "5:9", ":9", "5:"; a missing end is 0 or max. */
int rule_value_range(const struct rule_parse *p, const char *text, uint32_t max,
		     struct rule_range *out);

struct rule_range64 {
	uint64_t lo, hi;
};

/* The same with larger numbers. */
int rule_value_range64(const struct rule_parse *p, const char *text, uint64_t max,
		       struct rule_range64 *out);

static inline bool
rule_range_has(const struct rule_range *r, uint32_t n)
{
	return n >= r->lo && n <= r->hi;
}

/*
 * The columns and the option of a range that is everything by default: " spi:!5", " spis:1:9",
 * "length:5"; " ! --ahspi 1:9". The option leaves out a whole range even when it is inverted.
 */
void rule_range_print(struct str *out, const char *what, const struct rule_range *r, bool invert);
void rule_range_save(struct str *out, const char *opt, const struct rule_range *r, bool invert);

struct rule_masked {
	uint32_t value, mask;
};

/* "VALUE[/MASK]" of 32 bits; without a mask all bits. */
int rule_value_masked(const struct rule_parse *p, const char *text, struct rule_masked *out);

/* "x" and then what an inverted option has before its dashes: " ! --x", " --x". */
static inline void
rule_save_opt(struct str *out, bool invert, const char *opt)
{
	str_printf(out, "%s %s", invert ? " !" : "", opt);
}
