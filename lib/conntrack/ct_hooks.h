/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tracking enters the packet's walk by hooks: defrag -400, track -200, helper 300, confirm last. They are
 * there while a rule needs them (net.pollux.conntrack=auto), per family, as in Linux.
 */
#pragma once

#include "base_err.h"
#include "hook.h"

/*
 * Control, while a draft is made: whether rules of the family in that draft need tracking. Puts the hooks in or
 * takes them out as net.pollux.conntrack says. Makes the table when it is needed the first time. 0; -ENOMEM
 * when there is no memory for the table, with the text.
 */
int ct_need(struct gen *draft, enum hook_family family, bool needed, struct err *e);
/* Control: makes what tracking of the family writes to, where it is not there. 0; -ENOMEM with the text. */
int ct_prepare(enum hook_family family, struct err *e);
/* Is tracking in the published generation? */
bool ct_active(const struct gen *gen, enum hook_family family);
/*
 * Control, while a draft is made: rules read or write what other packets of the same flow write (connmark,
 * connbytes, labels): packets of one flow then go through the walk one after another.
 */
void ct_need_order(struct gen *draft, bool needed);
bool ct_order(const struct gen *gen);

struct param;
/* Control: nf_conntrack_acct or _timestamp was written. */
void ct_ext_wanted(struct param *p);
