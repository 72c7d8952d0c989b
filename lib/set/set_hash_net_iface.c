/* SPDX-License-Identifier: BSD-3-Clause */
/* hash:net,iface: networks, each with the interface of the packets; "wildcard": with the beginning of its name. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(hash_net_iface, .name = "hash:net,iface", .revision = 8,
	 .part = { SET_PART_NET, SET_PART_IFACE }, .hash = true, .families = true,
	 .help = "networks, each with the interface of the packets; \"wildcard\": with the "
		 "beginning of its name")
