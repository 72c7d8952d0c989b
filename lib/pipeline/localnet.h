/* SPDX-License-Identifier: BSD-3-Clause */
/* net.ipv4.conf.PORT.route_localnet: whether 127/8 is a network like others there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Any lane. */
bool localnet_routed(uint16_t port);
