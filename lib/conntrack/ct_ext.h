/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What few connections have besides their entry: counters, labels, a helper, expectations, a master,
 * time stamps, shifted sequence numbers. One extension at most for an entry; it lives as long.
 */
#pragma once

#include "base_counter.h"
#include "ct.h"
#include "ct_seqadj.h"

struct ct_helper;
struct ct_timeouts;
struct ct_expect;

#define CT_LABEL_BITS 128
#define CT_HELPER_DATA 64 /* bytes a helper may keep for a connection */

/* What an extension holds, ct_ext.has */
#define CT_HAS_ACCT 0x01
#define CT_HAS_LABELS 0x02
#define CT_HAS_TIMESTAMP 0x04
#define CT_HAS_EVENTS 0x08   /* event_mask says which events it sends */
#define CT_HAS_SYNPROXY 0x10 /* target SYNPROXY has begun it */

/* Of a connection that target SYNPROXY has begun. Host byte order. */
struct ct_synproxy {
	uint32_t isn;      /* the first number that the client knows */
	uint32_t time;     /* the time stamp that it knows */
	uint32_t time_off; /* the server's time stamps are so much later; 0: they are not shifted */
};

struct ct_ext {
	struct count acct[CT_DIRS];
	uint64_t labels[CT_LABEL_BITS / 64];
	uint64_t start, stop; /* nanoseconds since 1970, as Linux's delta-time; 0: not set */
	const struct ct_helper *helper;
	const struct ct_helper *master_helper; /* the master's when it expected this one; stays */
	const struct ct_timeouts *timeouts;    /* policy of CT --timeout; NULL: the sysctls */
	struct ct *master;          /* the connection that expected it; NULL: none, or gone */
	struct ct_tuple master_key; /* its original tuple, to see whether master is still it */
	struct ct_expect *expects;  /* those it made; under the expectations' lock */
	uint16_t nb_expects[4];     /* by class */
	uint16_t nb_children;       /* connections that live and have it as master */
	uint16_t event_mask;
	uint16_t secmark;
	uint8_t has; /* CT_HAS_* */
	uint8_t spare;
	uint8_t helper_data[CT_HELPER_DATA];
	struct ct_seqadj seqadj[CT_DIRS]; /* under ct_lock() */
	struct ct_synproxy synproxy;
};

/*
 * Worker of that lane (or control with lane LANE_MAX): the entry's extension, made if there is none.
 * NULL: no memory for it, counted; the connection goes on without. For fresh entries, or under ct_lock().
 */
struct ct_ext *ct_ext_get(struct ct *ct, unsigned lane);
void ct_ext_free(struct ct *ct, unsigned lane); /* when the entry is freed */
/* The entry left the table: its helper and its expectations learn it. */
void ct_ext_dying(unsigned lane, struct ct *ct);
/* Control: room for that many in all. 0 or -ENOMEM. */
int ct_ext_reserve(uint32_t nb);

/* Do all new connections have an extension (nf_conntrack_acct, nf_conntrack_timestamp, labels)? */
bool ct_ext_for_all(void);
/* A new entry's: gives it what they want. */
void ct_ext_begin(struct ct *ct, unsigned lane);
/* Control: turns nf_conntrack_acct on, as match connbytes does. */
void ct_acct_enable(void);

/*
 * Control: a rule looks at labels: connections made from now on have them. 0 or -ENOMEM. And: it is gone.
 */
int ct_labels_hold(void);
void ct_labels_drop(void);

/* Counts; only where has & CT_HAS_ACCT. */
void ct_acct(struct ct *ct, enum ct_dir dir, uint64_t packets, uint64_t bytes);
