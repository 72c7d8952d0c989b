/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:net: networks of any size; the most specific one of an address counts. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_net, .name = "hash:net", .revision = 7, .part = { SET_PART_NET }, .hash = true,
	 .families = true,
	 .help = "networks of any size; the most specific one of an address counts")
