/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The byte of traffic class in both families, for the matches tos and dscp. Workers.
 */
#pragma once

#include "rule_ext.h"

/* IPv4's type of service, IPv6's traffic class. */
static inline uint8_t
rule_dsfield(const struct rule_packet *rp)
{
	if (rp->p->family == AF_INET)
		return pkt_ip4(rp->m)->type_of_service;
	return rte_be_to_cpu_32(pkt_ip6(rp->m)->ip6_flow) >> 20;
}
