/* SPDX-License-Identifier: BSD-3-Clause */
/* What routes take. Control lcore. */
#include "rib_table.h"
#include "base_mem.h"
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

static struct mem_use
used(size_t bytes)
{
	return (struct mem_use){ .used = bytes, .reserved = bytes };
}

static struct mem_use
rib_use(void)
{
	struct route_memory m;

	route_memory(&m);
	return used(m.rib);
}

static struct mem_use
fib_use(void)
{
	struct route_memory m;

	route_memory(&m);
	return used(m.fib);
}

static struct mem_use
nexthop_use(void)
{
	struct route_memory m;

	route_memory(&m);
	return used(m.nexthops);
}

MEM_USER(rib, "routes", "every route, as the control lcore keeps it", rib_use)
MEM_USER(fib, "forwarding-tables", "what workers look routes up in, each table twice", fib_use)
MEM_USER(nexthops, "next-hops", "next hops and groups of them", nexthop_use)
