/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading events. The control lcore moves them out of the lanes' rings into one history, oldest first; every
 * reader has a place of its own in it, and who is too slow loses the oldest. Control lcore only.
 */
#pragma once

#include "base_err.h"
#include "ct_snapshot.h"

enum ct_event_kind { CT_EVENT_FLOW, CT_EVENT_EXPECT_NEW, CT_EVENT_EXPECT_GONE };

struct ct_event_record {
	uint64_t tsc;    /* when, to put those of several lanes in order */
	uint64_t usec;   /* since 1970 */
	uint32_t portid; /* of the command that caused it; 0: packets, or time */
	uint16_t mask;   /* bits of enum ct_event */
	uint8_t kind;    /* enum ct_event_kind */
	union {
		struct ct_snapshot flow;
		struct ct_expect_snapshot expect;
	};
};

/* One more reader. 0; -ENOMEM with a text. */
int ct_event_listen(struct err *e);
void ct_event_ignore(void); /* one less */
/* Who causes the events of the control lcore from now on; 0: nobody. */
void ct_event_by(uint32_t portid);

/* Moves a bounded number of events; true: there are more. */
bool ct_event_round(void);
/* Milliseconds until ct_event_round() wants to be called; -1: no hurry. */
int ct_event_patience(void);

/* Numbers of the oldest event that is kept, and of the next one to come. */
uint64_t ct_event_first(void);
uint64_t ct_event_end(void);
/* ct_event_first() <= n < ct_event_end(). */
const struct ct_event_record *ct_event_get(uint64_t n);
