/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realms in `ip route`: "FROM/TO" or "TO", names or numbers. Control lcore.
 */
#include <stdio.h>

#include "cmd_ip_route.h"
#include "route_realm.h"

#define PART_MAX 255u /* of a realm that stands beside another */

static bool
read_part(const char *word, uint32_t *realm)
{
	return (names_find(route_realm_names(), word, realm) && *realm <= PART_MAX) ||
	       ip_get_u32(word, PART_MAX, realm);
}

/* As iproute2: the second half may be missing; a number alone is both halves. */
bool
ip_route_realm(const char *word, uint32_t *realm)
{
	const char *slash = strchr(word, '/');
	uint32_t from = 0, to = 0;
	char text[NAMES_TEXT];

	if (slash != NULL) {
		if (snprintf(text, sizeof(text), "%.*s", (int)(slash - word), word) >=
			    (int)sizeof(text) ||
		    !read_part(text, &from))
			return false;
		word = slash + 1;
	}
	if (*word != '\0' && !read_part(word, &to) &&
	    (slash != NULL || !ip_get_u32(word, UINT32_MAX, &to)))
		return false;
	*realm = from << 16 | to;
	return true;
}

uint32_t
ip_route_realm_mask(const char *word, uint32_t realm)
{
	size_t len = strlen(word);

	if (strchr(word, '/') == NULL && realm >> 16 == 0)
		return UINT16_MAX;
	if (len > 0 && word[len - 1] == '/')
		return (uint32_t)UINT16_MAX << 16;
	return UINT32_MAX;
}

static void
print_part(struct str *out, uint32_t realm)
{
	const char *name = realm <= PART_MAX ? names_of(route_realm_names(), realm) : NULL;

	if (name != NULL)
		str_add(out, name);
	else
		str_printf(out, "%u", realm);
}

void
ip_route_print_realm(struct str *out, uint32_t realm)
{
	if (realm == 0)
		return;
	str_add(out, realm >> 16 != 0 ? "realms " : "realm ");
	if (realm >> 16 != 0) {
		print_part(out, realm >> 16);
		str_add(out, "/");
	}
	print_part(out, realm & UINT16_MAX);
	str_add(out, " ");
}

void
ip_route_save_realm(struct str *out, uint32_t realm)
{
	/* Beside each other large halves would not be read back. */
	if (realm >> 16 > PART_MAX || (realm >> 16 != 0 && (realm & UINT16_MAX) > PART_MAX))
		str_printf(out, "realms %u ", realm);
	else
		ip_route_print_realm(out, realm);
}
