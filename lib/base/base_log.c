/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include <rte_common.h>

#include "base_log.h"

int log_type;

RTE_INIT(log_init)
{
	log_type = rte_log_register("pollux");
	if (log_type < 0)
		abort();
	rte_log_set_level(log_type, RTE_LOG_INFO);
}
