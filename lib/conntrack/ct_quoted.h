/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/conntrack: packets that pkt_parse() did not read, as an ICMP error quotes them. */
#pragma once

#include "ct.h"

/*
 * The tuple of the packet that begins at offset at of the data, of the outer packet's family; zone is not set. false:
 * what is there tells no flow. Its lengths and its version are not looked at, as Linux does not.
 */
bool ct_quoted(const struct rte_mbuf *m, uint32_t at, struct ct_tuple *t);
