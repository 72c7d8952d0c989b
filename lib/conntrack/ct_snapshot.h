/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a connection or an expectation is at one moment, in one piece: for those that print it, then or later.
 * Workers (events) and the control lcore (lists) take them.
 */
#pragma once

#include "base_counter.h"
#include "ct.h"
#include "ct_ext.h"

struct ct_helper;
struct ct_expect;

struct ct_snapshot {
	struct ct_tuple tuple[CT_DIRS];
	struct count acct[CT_DIRS]; /* where has & CT_HAS_ACCT */
	uint64_t labels[CT_LABEL_BITS / 64];
	uint64_t start, stop; /* ns since 1970; 0: not set */
	const char *helper;   /* its name; NULL: none */
	const char *state;    /* its name; NULL: the protocol has none */
	uint32_t status, mark;
	uint32_t id;            /* stays as long as the connection does */
	uint32_t timeout;       /* seconds that are left */
	uint32_t vtag[CT_DIRS]; /* SCTP: as on the wire */
	uint16_t secmark;
	uint16_t children; /* connections it has expected, and that live */
	uint8_t state_number;
	uint8_t role; /* DCCP: of the original direction's sender */
	uint8_t zone_dirs;
	uint8_t has; /* CT_HAS_* */
};

struct ct_expect_snapshot {
	struct ct_tuple tuple, mask, master;
	const char *helper;
	uint32_t timeout; /* seconds that are left */
	uint32_t id;
	uint16_t class;
	uint16_t flags; /* CT_EXPECT_* */
};

/* now: ct_time. The entry is one that the caller may look at. */
void ct_snapshot(struct ct_snapshot *s, const struct ct *ct, uint32_t now);
void ct_expect_snapshot(struct ct_expect_snapshot *s, const struct ct_expect *e, uint32_t now);
