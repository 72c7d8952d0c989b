/* SPDX-License-Identifier: BSD-3-Clause */
/* Match conntrack, between its text (match_conntrack.c) and what it does (match_conntrack_eval.c). */
#pragma once

#include "rule_host.h"
#include "rule_value.h"

/* Options; bits of given and invert. */
enum rule_conntrack_opt {
	RULE_CT_STATE,
	RULE_CT_PROTO,
	RULE_CT_ORIGSRC,
	RULE_CT_ORIGDST,
	RULE_CT_REPLSRC,
	RULE_CT_REPLDST,
	RULE_CT_ORIGSRCPORT,
	RULE_CT_ORIGDSTPORT,
	RULE_CT_REPLSRCPORT,
	RULE_CT_REPLDSTPORT,
	RULE_CT_STATUS,
	RULE_CT_EXPIRE,
	RULE_CT_DIR,
};

/* The four ends of a connection, from RULE_CT_ORIGSRC and RULE_CT_ORIGSRCPORT on. */
#define RULE_CT_ENDS 4

struct rule_conntrack {
	uint16_t given, invert; /* bit per option */
	uint8_t states;         /* RULE_CTSTATE_* */
	uint8_t status;         /* CT_EXPECTED .. CT_CONFIRMED */
	uint8_t proto;
	uint8_t dir;              /* enum ct_dir */
	struct rule_range expire; /* seconds */
	struct {
		uint16_t lo, hi;
	} port[RULE_CT_ENDS];
	struct rule_host host[RULE_CT_ENDS];
	union rule_addr mask[RULE_CT_ENDS]; /* of host[].len */
};

/* Workers. */
bool rule_conntrack_match(struct rule_packet *rp, const void *data);
