/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What REJECT has in common for both families.
 */
#pragma once

#include "rule.h"

struct rule_reject_kind {
	const char *name, *alias;
	uint8_t type, code; /* of the ICMP error */
	bool reset;         /* a TCP reset instead */
};

struct rule_reject {
	uint8_t kind; /* index in the family's list */
};

/* --reject-with TEXT; abbreviations are understood, the first one in the list wins. */
int rule_reject_parse(const struct rule_parse *p, const char *text,
		      const struct rule_reject_kind *kinds, unsigned nb, struct rule_reject *out);
/* A reset needs -p tcp; only the filter table rejects. */
int rule_reject_check(const struct rule_where *w, const struct rule_reject_kind *kind);
/* Answers the packet. Workers. The verdict, with its drop reason. */
verdict_t rule_reject_send(struct rule_packet *rp, const struct rule_reject_kind *kind);
