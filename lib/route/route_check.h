/* SPDX-License-Identifier: BSD-3-Clause */
/* The checks of a new route, in Linux's order and with its words. Private to lib/route. */
#pragma once

#include "route_rib.h"

/*
 * Fills in the port of the gateway, IPv6's default metric and mask. 0 or a negative errno; e's text
 * as Linux's extended acknowledgement, empty where it has none.
 */
int route_check(struct route *r, struct err *e);
