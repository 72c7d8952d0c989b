/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Expectations: connections that helpers (or the control lcore) announce. The first packet of a new flow that
 * matches one makes it RELATED. Few and short-lived: one table under one spinlock, asked only for new flows and
 * only while there are some. No more than nf_conntrack_expect_max, and by the policy of the master's helper.
 */
#pragma once

#include "base_err.h"
#include "ct.h"
#include "ct_ext.h"
#include "hook.h"

#define CT_EXPECT_PERMANENT 0x1 /* stays after it was met */
#define CT_EXPECT_INACTIVE 0x2
#define CT_EXPECT_USERSPACE 0x4

#define CT_EXPECT_CLASSES 4

struct ct_expect {
	struct ct_expect *next, *master_next; /* hash chain; those of one master, newest first */
	struct ct_tuple tuple,
		mask; /* mask: ones where bits count; the destination's are all ones */
	struct ct *master;
	const struct ct_helper *helper; /* for the expected connection; NULL: none */
	uint32_t expires;               /* ct_time */
	uint32_t id;
	uint16_t class;
	uint16_t flags; /* CT_EXPECT_* */
	uint8_t dir; /* of the master, that the expected connection goes the way of (translation) */
	/* Translation, filled by NAT: what the master's helper saved. */
	union ct_addr saved_addr;
	uint16_t saved_port;
	/* Worker, no lock held: called for the new entry with a copy of what it met; NULL. */
	void (*expected)(unsigned lane, struct ct *ct, const struct ct_expect *e, uint32_t now);
};

extern uint32_t ct_nb_expects; /* all of them; relaxed read before asking */

/*
 * Somebody listens to what becomes of expectations: called under their lock for each that is made (gone: false) and
 * that goes. NULL: nobody. Set by control.
 */
extern void (*ct_expect_event)(unsigned lane, const struct ct_expect *e, bool gone);

/*
 * A new one of ct, without flags: from src (NULL: anybody) and sport (NULL: any) to dst and dport, network byte order.
 */
void ct_expect_init(struct ct_expect *e, struct ct *master, unsigned class,
		    const union ct_addr *src, const union ct_addr *dst, uint8_t proto,
		    const uint16_t *sport, uint16_t dport);
/* The entry's zone; one that counts for one direction only is 0 in the other's tuple. */
static inline uint16_t
ct_expect_zone(const struct ct *ct)
{
	return ct_tuple(ct, CT_ORIGINAL).zone | ct_tuple(ct, CT_REPLY).zone;
}

/*
 * Worker: the new flow's tuple. When one is met: makes ct its (CT_EXPECTED, master, mark and secmark of the
 * master, helper), takes the expectation out unless permanent. true: it was expected.
 */
bool ct_expect_meet(unsigned lane, struct ct *ct, const struct ct_tuple *t, uint32_t now);
/*
 * Worker (helpers) or control (lane LANE_MAX): puts a copy in, for seconds. Replaces an equal one of the same master.
 * Limits of the helper's class: the oldest goes. 0; -EALREADY: there is an equal one of another class (_once: or of
 * another master); -EBUSY: another one clashes; -EMFILE: too many; -ENOMEM; -ESHUTDOWN: the master ends, or has
 * no extension.
 */
int ct_expect_add(unsigned lane, const struct ct_expect *e, uint32_t seconds, uint32_t now);
int ct_expect_add_once(unsigned lane, const struct ct_expect *e, uint32_t seconds, uint32_t now);
/* What a flow of that tuple (its zone: a zone's number) would meet, inactive ones too, is copied. */
bool ct_expect_find(const struct ct_tuple *t, uint32_t now, struct ct_expect *copy);
/* Any lane: takes out what a flow of that tuple would meet. false: nothing. */
bool ct_expect_cancel(unsigned lane, const struct ct_tuple *t, uint32_t now);

/* What becomes of an expectation that ct_expect_visit() shows. */
enum ct_expect_visit { CT_EXPECT_KEEP, CT_EXPECT_REMOVE, CT_EXPECT_REMOVE_STOP, CT_EXPECT_STOP };
/* Any lane: shows those of the master, newest first, under the lock; fn may change expires and flags. */
void ct_expect_visit(unsigned lane, struct ct *master,
		     enum ct_expect_visit (*fn)(struct ct_expect *e, void *arg), void *arg);
/*
 * Any lane: the master leaves the table (CT_DYING is set already) or was never in it: so do its expectations.
 */
void ct_expect_forget(unsigned lane, struct ct *master);
/* Any lane: the expected connection leaves the table or was never in it: its master has one less. */
void ct_expect_leave(struct ct *child);
/* Control, as a reader: calls fn for a copy of each that is alive; stops when it returns false. -ENOMEM: no copies. */
int ct_expect_each(bool (*fn)(const struct ct_expect *e, void *arg), void *arg, uint32_t now);
/* Control: removes those for which fn returns true (all: NULL); how many. */
unsigned ct_expect_remove(bool (*fn)(const struct ct_expect *e, void *arg), void *arg);
/* Worker, from the sweep: removes what has expired. */
void ct_expect_sweep(unsigned lane, uint32_t now);
