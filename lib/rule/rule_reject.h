/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the text of REJECT and its sending.
 */
#pragma once

#include "rule.h"

struct rule_reject_kind {
	const char *name, *alias;
	uint8_t type, code; /* of the ICMP error */
	bool reset;         /* a TCP reset instead */
};

struct rule_reject {
	const struct rule_reject_kind *kind; /* in the family's list */
};

/* Answers the packet. Workers. The verdict, with its drop reason. */
verdict_t rule_reject_send(struct rule_packet *rp, const struct rule_reject_kind *kind);
