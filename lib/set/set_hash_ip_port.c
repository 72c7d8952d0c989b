/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:ip,port: addresses, each with a port and its protocol. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_ip_port, .name = "hash:ip,port", .revision = 7,
	 .part = { SET_PART_IP, SET_PART_PORT }, .hash = true, .families = true, .narrow = true,
	 .bits = true, .help = "addresses, each with a port and its protocol")
