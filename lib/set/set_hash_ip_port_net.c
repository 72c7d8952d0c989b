/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:ip,port,net: an address, a port, a network. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_ip_port_net, .name = "hash:ip,port,net", .revision = 8,
	 .part = { SET_PART_IP, SET_PART_PORT, SET_PART_NET }, .hash = true, .families = true,
	 .help = "an address, a port, a network")
