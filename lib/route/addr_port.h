/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/route: addresses, routes and neighbours of a port. Control lcore. */
#pragma once

#include "port.h"

/* disable_ipv6 may have been written: takes or gives the port its IPv6 addresses. */
void addr_port_ip6_changed(const struct port *p);
