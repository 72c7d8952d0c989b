/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that pkt_parse() did not read, as an ICMP error quotes them. Any lane. For lib/conntrack and lib/nat. */
#pragma once

#include "ct.h"

/*
 * The tuple of the packet that begins at offset at of the data, of the outer packet's family; zone is not set. false:
 * what is there tells no flow. Its lengths and its version are not looked at, as Linux does not.
 */
bool ct_quoted(const struct rte_mbuf *m, uint32_t at, struct ct_tuple *t);

/*
 * The offset of the L4 header of the packet that begins at offset at; *proto: its protocol. false: it has none, or what
 * is there does not reach to it.
 */
bool ct_quoted_l4(const struct rte_mbuf *m, uint32_t at, uint32_t *l4, uint8_t *proto);
