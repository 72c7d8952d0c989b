/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that is there, or the program ends: for the control lcore, which cannot answer without memory (base_str.h), and
 * never for packets. free() gives it back.
 */
#pragma once

#include <stdlib.h>

/* Zeros. */
static inline void *
must_alloc(size_t bytes)
{
	void *p = calloc(1, bytes);

	if (p == NULL)
		abort();
	return p;
}
