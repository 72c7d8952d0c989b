/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading the text of protocols: pieces of a packet that nobody has ended with a NUL. Every function stays
 * before end. Any thread.
 */
#pragma once

#include "ct.h"

/* Like strncasecmp() == 0 for the whole word, which may not fit. */
bool ct_text_is(const char *p, const char *end, const char *word);
/* The same, where upper and lower case differ. */
bool ct_text_is_exactly(const char *p, const char *end, const char *word);

/*
 * The decimal number at p, too long ones wrapped to 64 bits; *behind is where it ends, p when there is none.
 */
uint64_t ct_text_number(const char *p, const char *end, const char **behind);

/* The address of that family at p; what cannot belong to it ends it. NULL: none, else where it ends. */
const char *ct_text_addr(const char *p, const char *end, uint8_t family, union ct_addr *a);

static inline bool
ct_text_digit(char c)
{
	return c >= '0' && c <= '9';
}
