/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The byte of traffic class in both families (TOS, DSCP and ECN), and the names of its values, for the
 * matches and targets that read and write it. rule_dsfield() runs on workers, the rest on the control lcore.
 */
#pragma once

#include "rule_ext.h"

#define RULE_DSCP_MAX 63
#define RULE_ECN_MASK 3 /* what DSCP leaves of the byte */

/* IPv4's type of service, IPv6's traffic class. */
static inline uint8_t
rule_dsfield(const struct rule_packet *rp)
{
	if (rp->p->family == AF_INET)
		return pkt_ip4(rp->m)->type_of_service;
	return rte_be_to_cpu_32(pkt_ip6(rp->m)->ip6_flow) >> 20;
}

struct rule_tos {
	uint8_t value, mask;
};

/* "VALUE[/MASK]", or a name. 0, or -EINVAL and iptables' text. */
int rule_tos_parse(const struct rule_parse *p, const char *text, struct rule_tos *out);
/* The name that stands for this value and mask, or NULL. */
const char *rule_tos_name(const struct rule_tos *tos);
/* A number up to RULE_DSCP_MAX, or a DiffServ class, e.g. "EF". 0, or -EINVAL and iptables' text. */
int rule_dscp_parse(const struct rule_parse *p, bool class, const char *text, uint8_t *dscp);
