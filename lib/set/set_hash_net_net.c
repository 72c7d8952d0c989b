/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:net,net: pairs of networks; the first one's size counts before the second's. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_net_net, .name = "hash:net,net", .revision = 4,
	 .part = { SET_PART_NET, SET_PART_NET }, .hash = true, .families = true, .narrow = true,
	 .bits = true, .help = "pairs of networks; the first one's size counts before the second's")
