/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/nat: other bytes in the data of a translated connection, as Linux's nf_nat_mangle_tcp_packet() and
 * nf_nat_mangle_udp_packet(). Workers.
 */
#pragma once

#include "ct_helper.h"

/*
 * nb bytes take the place of the len at off of the data (ct_help_data()); lengths and checksums become right, also one that
 * was wrong. What was read of the data by pointers is to be read again. false: too long, no room, no memory; the packet
 * is as it was.
 */
bool nat_mangle(const struct ct_help *h, uint32_t off, uint32_t len, const void *bytes,
		uint32_t nb);
/* The same; of TCP, the numbers behind are shifted from now on. */
bool nat_mangle_shift(const struct ct_help *h, uint32_t off, uint32_t len, const void *bytes,
		      uint32_t nb);
/* Of TCP: all that nat_mangle() did to the segment has made it diff bytes longer. */
void nat_shift(const struct ct_help *h, int32_t diff);
