/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host twins (port_host.h) have the addresses of their ports, and Pollux's default routes. Control
 * lcore; private to lib/route.
 */
#pragma once

#include "addr_table.h"

/* The table is about to become next: what changes on ports with twins changes there too. */
void addr_host_follow(const struct addr_table *old, const struct addr_table *next);
/* Routes have changed: so may have the default ones. */
void addr_host_routes(void);
