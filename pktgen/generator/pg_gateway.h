/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The MAC address that packets are sent to, asked for by ARP or neighbour discovery. Main thread, before workers run.
 */
#pragma once

#include "pg_run.h"

/* 0 and the address; -EHOSTUNREACH with a text when nobody answers; -EINTR when it is to end. */
int pg_gateway_resolve(struct pg_run *r, const struct ip_addr *who, struct rte_ether_addr *mac,
		       struct err *e);
