/* SPDX-License-Identifier: BSD-3-Clause */
/* bitmap:ip: addresses, or networks of one size (netmask), of a range of at most 65536. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(bitmap_ip, .name = "bitmap:ip", .revision = 3, .part = { SET_PART_IP }, .narrow = true,
	 .help = "addresses, or networks of one size (netmask), of a range of at most 65536")
