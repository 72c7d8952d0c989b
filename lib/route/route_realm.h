/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of realms: what /etc/iproute2/rt_realms says, read when first asked for, and "cosmos" for 0. Control lcore. */
#pragma once

#include "base_names.h"

const struct names *route_realm_names(void);
