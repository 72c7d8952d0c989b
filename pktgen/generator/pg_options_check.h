/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between reading options and using them: what excludes what, what is missing, what follows from the rest.
 */
#pragma once

#include "pg_options.h"

#define PG_OPTIONS_MAX 64

/* given: a bit for each option of pg_options.c that stands on the command line. */
bool pg_options_has(uint64_t given, const char *name);
/* Fills in what was not given. 0 or -EINVAL with a text. */
int pg_options_check(struct pg_options *o, uint64_t given, struct err *e);
