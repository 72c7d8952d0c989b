/* SPDX-License-Identifier: BSD-3-Clause */
/* Questions about the subnets of a port's IPv4 addresses. Workers and control; read only. */
#pragma once

#include "addr.h"

/* Has the port an IPv4 address? */
bool addr_port_has4(const struct gen *gen, uint16_t port);
/*
 * Is local an address of the port (0: of any), of a scope not narrower than scope (RT_SCOPE_*), and peer
 * (NULL: do not ask) in its subnet?
 */
bool addr_confirm4(const struct gen *gen, uint16_t port, const struct ip_addr *local,
		   const struct ip_addr *peer, uint8_t scope);
/* Is a in the subnet of one of the port's addresses, and b (NULL: do not ask) in the same? */
bool addr_same_subnet4(const struct gen *gen, uint16_t port, const struct ip_addr *a,
		       const struct ip_addr *b);
/* The netmask (network byte order) of the port's primary address with that broadcast address; 0: it has none. */
uint32_t addr_broadcast_mask(const struct gen *gen, uint16_t port, uint32_t broadcast);
