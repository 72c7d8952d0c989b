/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names for numbers, as iproute2 keeps them in files (/etc/iproute2): lines of a number and a name. Control lcore.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NAMES_TEXT 64 /* bytes of a name, NUL included; longer ones are cut */

struct names {
	struct name {
		uint32_t id;
		char name[NAMES_TEXT];
	} * of;
	unsigned nb;
};

/* Behind those that are there; of two names of a number the first one is shown. */
void names_add(struct names *n, uint32_t id, const char *name);
/* A file that cannot be read has none. */
void names_read(struct names *n, const char *path);
/* The same when n has none yet, and then zero for 0: n. */
const struct names *names_once(struct names *n, const char *path, const char *zero);
bool names_find(const struct names *n, const char *name, uint32_t *id);
/* NULL: it has none. */
const char *names_of(const struct names *n, uint32_t id);
