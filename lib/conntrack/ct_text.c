/* SPDX-License-Identifier: BSD-3-Clause */
#include <arpa/inet.h>
#include <ctype.h>
#include <strings.h>

#include "ct_text.h"

bool
ct_text_is(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return end - p >= (ptrdiff_t)len && strncasecmp(p, word, len) == 0;
}

bool
ct_text_is_exactly(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return end - p >= (ptrdiff_t)len && memcmp(p, word, len) == 0;
}

uint64_t
ct_text_number(const char *p, const char *end, const char **behind)
{
	uint64_t n = 0;

	for (; p < end && ct_text_digit(*p); p++)
		n = n * 10 + (*p - '0');
	*behind = p;
	return n;
}

static const char *
addr4(const char *p, const char *end, union ct_addr *a)
{
	uint8_t bytes[4];

	for (unsigned i = 0; i < 4; i++) {
		const char *start = p;
		unsigned n = 0;

		for (; p < end && ct_text_digit(*p); p++) {
			n = n * 10 + *p - '0';
			if (n > 255)
				return NULL;
		}
		if (p == start || (i < 3 && (p == end || *p++ != '.')))
			return NULL;
		bytes[i] = n;
	}
	/* A letter that would be a digit of IPv6 is no end. */
	if (p < end && (*p == '.' || isxdigit((unsigned char)*p)))
		return NULL;
	memcpy(&a->v4, bytes, sizeof(bytes));
	return p;
}

const char *
ct_text_addr(const char *p, const char *end, uint8_t family, union ct_addr *a)
{
	char text[INET6_ADDRSTRLEN] = "";
	unsigned len = 0;

	memset(a, 0, sizeof(*a));
	if (family == AF_INET)
		return addr4(p, end, a);
	while (p + len < end && len < sizeof(text) - 1 &&
	       (isxdigit((unsigned char)p[len]) || p[len] == ':' || p[len] == '.')) {
		text[len] = p[len];
		len++;
	}
	return inet_pton(AF_INET6, text, a->v6) == 1 ? p + len : NULL;
}
