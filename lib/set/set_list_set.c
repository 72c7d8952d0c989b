/* SPDX-License-Identifier: BSD-3-Clause */
/* list:set: other sets, in an order; the first one that knows the packet counts. See set_type.h. */
#include <rte_common.h>

#include "set_type.h"

SET_TYPE(list_set, .name = "list:set", .revision = 3, .part = { SET_PART_NAME },
	 .help = "other sets, in an order; the first one that knows the packet counts")
