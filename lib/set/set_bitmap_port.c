/* SPDX-License-Identifier: BSD-3-Clause */
/* bitmap:port: ports of a range, whatever the protocol. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(bitmap_port, .name = "bitmap:port", .revision = 3, .part = { SET_PART_PORT },
	 .help = "ports of a range, whatever the protocol")
