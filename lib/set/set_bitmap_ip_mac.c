/* SPDX-License-Identifier: BSD-3-Clause */
/* bitmap:ip,mac: addresses of a range; each may have a MAC address, and gets that of the first packet otherwise. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(bitmap_ip_mac, .name = "bitmap:ip,mac", .revision = 3,
	 .part = { SET_PART_IP, SET_PART_MAC },
	 .help = "addresses of a range; each may have a MAC address, and gets that of the first "
		 "packet otherwise")
