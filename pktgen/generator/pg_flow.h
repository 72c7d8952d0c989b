/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flows: number f of the generator's is always the same addresses and ports, and no two are alike. Set by the main thread,
 * read by any.
 */
#pragma once

#include "pg_range.h"

#define PG_FLOWS_MAX 10000000u

struct pg_ports {
	uint16_t first;
	uint32_t nb; /* 1 to 65536 */
};

struct pg_flows {
	struct pg_range src, dst;
	struct pg_ports sport, dport; /* ICMP: the identifier is the source port, dport has nb 1 */
	uint32_t nb;                  /* flows in use, 1 to PG_FLOWS_MAX */
};

struct pg_tuple {
	struct ip_addr src, dst;
	uint16_t sport, dport; /* host byte order */
};

/* How many different ones the ranges allow; at least nb of pg_flows. */
uint64_t pg_flows_room(const struct pg_flows *f);
/* The tuple of flow i < nb. Neighbouring numbers differ in as many of the four as they can. */
void pg_flow_tuple(const struct pg_flows *f, uint32_t i, struct pg_tuple *t);
