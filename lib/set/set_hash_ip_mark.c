/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:ip,mark: addresses, each with the mark of the packets. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_ip_mark, .name = "hash:ip,mark", .revision = 3,
	 .part = { SET_PART_IP, SET_PART_MARK }, .hash = true, .families = true,
	 .help = "addresses, each with the mark of the packets")
