/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_str.h"

static void
reserve(struct str *s, size_t more)
{
	size_t need = s->len + more + 1;
	size_t cap = s->cap ? s->cap : 256;
	char *text;

	if (need <= s->cap)
		return;
	while (cap < need)
		cap *= 2;
	text = realloc(s->text, cap);
	if (text == NULL)
		abort();
	s->text = text;
	s->cap = cap;
}

void
str_add_bytes(struct str *s, const void *bytes, size_t len)
{
	reserve(s, len);
	memcpy(s->text + s->len, bytes, len);
	s->len += len;
	s->text[s->len] = '\0';
}

void
str_add(struct str *s, const char *text)
{
	str_add_bytes(s, text, strlen(text));
}

void
str_printf(struct str *s, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0) {
		reserve(s, n);
		vsnprintf(s->text + s->len, n + 1, fmt, again);
		s->len += n;
	}
	va_end(again);
}

void
str_clear(struct str *s)
{
	s->len = 0;
	if (s->text != NULL)
		s->text[0] = '\0';
}

void
str_free(struct str *s)
{
	free(s->text);
	*s = (struct str){ 0 };
}

const char *
str_text(const struct str *s)
{
	return s->text != NULL ? s->text : "";
}
