/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GRE's calls, for PPTP's helper: a packet names the call id of its receiver only; the sender's is what the control
 * connection agreed on.
 */
#pragma once

#include "ct.h"

#define CT_GRE_CALLS 4096 /* at most, of all masters; two for each */

/*
 * Any lane: packets with t's addresses and dport have t's sport. A master has one for each direction of its own.
 * 0, also when it is there already; -EEXIST: the master has another one; -ENOSPC.
 */
int ct_gre_call_add(const struct ct *master, enum ct_dir dir, const struct ct_tuple *t);
/* The master goes away, or its call has ended: so do its calls. */
void ct_gre_calls_forget(const struct ct *master);
/* Worker: the sender's call id of a packet with t's addresses and dport; 0: nobody agreed on one. */
uint16_t ct_gre_call_find(const struct ct_tuple *t);
