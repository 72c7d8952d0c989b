/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:net,port: networks, each with a port and its protocol. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_net_port, .name = "hash:net,port", .revision = 8,
	 .part = { SET_PART_NET, SET_PART_PORT }, .hash = true, .families = true,
	 .help = "networks, each with a port and its protocol")
