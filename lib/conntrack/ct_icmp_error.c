/* SPDX-License-Identifier: BSD-3-Clause */
#include "ct_icmp_error.h"

enum ct_icmp
ct_icmp_error(struct rte_mbuf *m, const struct hook_ctx *ctx, uint16_t zone, uint8_t zone_dirs,
	      bool check_sum, struct ct_tuple *inner)
{
	return CT_ICMP_FLOW;
}
