/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:ip,port,ip: an address, a port, an address. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_ip_port_ip, .name = "hash:ip,port,ip", .revision = 6,
	 .part = { SET_PART_IP, SET_PART_PORT, SET_PART_IP }, .hash = true, .families = true,
	 .help = "an address, a port, an address")
