/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:ip: addresses, or networks of one size (netmask, bitmask). See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_ip, .name = "hash:ip", .revision = 6, .part = { SET_PART_IP }, .hash = true,
	 .families = true, .narrow = true, .bits = true,
	 .help = "addresses, or networks of one size (netmask, bitmask)")
