/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text that grows: the output of commands. Owned by whoever declared it; str_free() when done.
 * Control lcore only. Out of memory is fatal (the control lcore cannot answer without memory).
 */
#pragma once

#include <stddef.h>

struct str {
	char *text; /* NUL-terminated once anything was added; NULL while empty */
	size_t len;
	size_t cap;
};

void str_printf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const void *bytes, size_t len);
void str_clear(struct str *s);
void str_free(struct str *s);
/* Never NULL. */
const char *str_text(const struct str *s);
