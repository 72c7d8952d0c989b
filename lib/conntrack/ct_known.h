/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/conntrack: the protocols that most packets are of, called by name: valid() and packet() of
 * their struct ct_proto in one.
 */
#pragma once

#include "ct_proto.h"

enum ct_result ct_udp_known(struct ct_pkt *p, bool check_sum);
enum ct_result ct_tcp_known(struct ct_pkt *p, bool check_sum);
