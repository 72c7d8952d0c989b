/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:ip,mac: addresses, each with a MAC address. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_ip_mac, .name = "hash:ip,mac", .revision = 1, .part = { SET_PART_IP, SET_PART_MAC },
	 .hash = true, .families = true, .help = "addresses, each with a MAC address")
