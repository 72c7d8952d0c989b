/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters that an edit zeroes when it is committed. Between rule_edit.c and rule_commit.c; control
 * lcore.
 */
#pragma once

#include "rule_edit.h"

/* Of the rule, or where that is NULL of the chain's policy. Holds a reference until it is done. */
void rule_zero_later(struct rule_edit *e, struct rule *r, struct rule_chain *ch);
/* Zeroes them if apply; forgets them. */
void rule_zero_done(struct rule_edit *e, bool apply);
