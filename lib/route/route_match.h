/* SPDX-License-Identifier: BSD-3-Clause */
/* Comparing routes. Pure; private to lib/route. */
#pragma once

#include <rte_common.h>

#include "route_rib.h"

/* The same gateway by the same port. */
bool route_same_hop(const struct route_hop *a, const struct route_hop *b);
/* Alike but for their destination and age. */
bool route_same(const struct route *a, const struct route *b);
bool route_uses_port(const struct route *r, uint16_t port);
