/* SPDX-License-Identifier: BSD-3-Clause */
/* The size of the table, and what is done when it is full. */
#include "base_param.h"
#include "ct_max.h"

PARAM_INT(max, "net.netfilter.nf_conntrack_max", 262144, 1, 16000000,
	  "connections that are tracked at most")

uint32_t
ct_max(void)
{
	return param_get(&max);
}
