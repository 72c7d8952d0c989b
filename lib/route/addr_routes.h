/* SPDX-License-Identifier: BSD-3-Clause */
/* The routes that belong to an address. Control lcore, inside a route batch; private to lib/route. */
#pragma once

#include "addr_table.h"

/* Those the port's state allows: all when it is up, else only IPv4's local one. */
int addr_routes_put(const struct addr *a, struct err *e);
/* Takes them unless an address of left (the table without a, as it was) still needs the same. */
void addr_routes_lose(const struct addr_table *left, const struct addr *a);
/* The same of an address that goes, with all the routes that have it as their source. */
void addr_routes_take(const struct addr_table *left, const struct addr *a);
/* addr_control.c: makes it the generation's table. */
void addr_publish(struct addr_table *t);
/* Deletes the marked addresses with their routes. base: the table with changes to those that stay. */
int addr_take(const bool *gone, struct addr_table *base);
/* The port became, or is no longer, a router: its subnets' anycast addresses come or go. */
void addr_routes_router_changed(const struct port *p);
