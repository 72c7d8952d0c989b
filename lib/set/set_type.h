/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Types of sets: what their elements consist of. One lives in one file, set_TYPE.c, which registers it; all else follows
 * from its parts.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SET_PARTS 3 /* parts of an element */

/* What an element may consist of. */
enum set_part {
	SET_PART_NONE,
	SET_PART_IP,
	SET_PART_NET,
	SET_PART_PORT, /* with its protocol; bitmap:port without */
	SET_PART_MAC,
	SET_PART_MARK,
	SET_PART_IFACE,
	SET_PART_NAME, /* of another set */
};

struct set_type {
	struct set_type *next;
	const char *name;
	uint8_t revision;
	uint8_t part[SET_PARTS]; /* enum set_part */
	bool hash;               /* else a bitmap or a list */
	bool families;           /* has inet and inet6; else none, or (bitmaps of addresses) inet */
	bool narrow;             /* netmask may be given */
	bool bits;               /* bitmask too */
	const char *help;        /* one line */
};

void set_type_register(struct set_type *type); /* constructor time */
const struct set_type *set_type_find(const char *name);
/* Sorted by name; first with NULL. */
const struct set_type *set_type_next(const struct set_type *type);

#define SET_TYPE(id, ...)                                       \
	static struct set_type set_type_##id = { __VA_ARGS__ }; \
	RTE_INIT(set_type_init_##id)                            \
	{                                                       \
		set_type_register(&set_type_##id);              \
	}
