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
	uint16_t mask;   /* bits of enum ct_event; 0 of a connection: only to be logged */
	uint16_t
		log; /* bits of CT_EVENTS_LOGGED, of translated connections while they are logged */
	uint8_t kind; /* enum ct_event_kind */
	union {
		struct ct_snapshot flow;
		struct ct_expect_snapshot expect;
	};
};

/* One more reader. 0; -ENOMEM with a text. */
int ct_event_listen(struct err *e);
void ct_event_ignore(void); /* one less */
/*
 * From now on fn gets what is to be logged, in order, out of ct_event_round(): begin and end of translated
 * connections, also of those that CT --ctevents keeps from readers. NULL: nobody logs any more. 0; -ENOMEM with a text.
 */
int ct_event_log(void (*fn)(const struct ct_event_record *r), struct err *e);
/* What was to be logged and found a full ring, since start. */
uint64_t ct_event_log_lost(void);
/* Who causes the events of the control lcore from now on; 0: nobody. */
void ct_event_by(uint32_t portid);

/* Moves a bounded number of events; true: there are more. */
bool ct_event_round(void);
/* Moves all that are there now, however fast others follow. */
void ct_event_catch_up(void);
/* Milliseconds until ct_event_round() wants to be called; -1: no hurry. */
int ct_event_patience(void);

/* Numbers of the oldest event that is kept, and of the next one to come. */
uint64_t ct_event_first(void);
uint64_t ct_event_end(void);
/* ct_event_first() <= n < ct_event_end(). */
const struct ct_event_record *ct_event_get(uint64_t n);
