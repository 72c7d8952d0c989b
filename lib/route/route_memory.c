/* SPDX-License-Identifier: BSD-3-Clause */
/* What routes take. Control lcore. */
#include "rib_table.h"
#include "route_nexthop.h"

void
route_memory(struct route_memory *m)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	*m = (struct route_memory){ .rib = rib_memory(), .nexthops = nexthop_memory() };
	for (unsigned f = 0; f < 2; f++) {
		m->fib += fib_memory(fib_fast(families[f]));
		for (struct rib *t = NULL; (t = rib_next(families[f], t)) != NULL;)
			m->fib += t->fib != NULL ? fib_memory(t->fib) : 0;
	}
}
