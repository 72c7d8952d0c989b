/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/conntrack: the protocols that most packets are of, called by name: valid() and packet() of
 * their struct ct_proto in one.
 */
#pragma once

#include "ct_proto.h"

enum ct_result ct_udp_known(struct ct_pkt *p, bool check_sum);
enum ct_result ct_tcp_known(struct ct_pkt *p, bool check_sum);

/* The same for what is ordinary of a settled connection. false: it is not; nothing was done. */
bool ct_udp_replay(struct ct_pkt *p, bool check_sum);
bool ct_tcp_replay(struct ct_pkt *p, bool check_sum);
