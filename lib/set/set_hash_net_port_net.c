/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:net,port,net: a network, a port, a network. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_net_port_net, .name = "hash:net,port,net", .revision = 3,
	 .part = { SET_PART_NET, SET_PART_PORT, SET_PART_NET }, .hash = true, .families = true,
	 .help = "a network, a port, a network")
