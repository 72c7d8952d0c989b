/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:mac: MAC addresses. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_mac, .name = "hash:mac", .revision = 1, .part = { SET_PART_MAC }, .hash = true,
	 .help = "MAC addresses")
