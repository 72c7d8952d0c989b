/* SPDX-License-Identifier: BSD-3-Clause */
/* The generation's address object. Private to lib/route. */
#pragma once

#include "addr.h"
#include "port.h"

struct addr_table {
	struct addr_filter filter; /* first: addr_maybe_own4() reads it */
	uint16_t n;
	uint16_t
		first[PORT_MAX + 1]; /* addresses of port p: of[first[p]] .. of[first[p + 1]] - 1 */
	uint16_t nb_buckets;         /* a power of two */
	uint16_t *bucket;            /* open addressing: index + 1, 0 is free; every own address */
	struct addr of[];            /* by port, then in the order `ip addr` prints */
};

/* Never NULL. */
const struct addr_table *addr_table_get(const struct gen *gen);
/*
 * A copy with a inserted at position at (NULL: none), and without the addresses for which gone[i] is
 * set (NULL: none). NULL: no memory. addr_table_free() or into the generation.
 */
struct addr_table *addr_table_make(const struct addr_table *from, const struct addr *a, unsigned at,
				   const bool *gone);
/* A copy in which address i has that state of duplicate address detection. NULL: no memory. */
struct addr_table *addr_table_set_dad(const struct addr_table *from, unsigned i, uint8_t dad);
void addr_table_free(void *t);
