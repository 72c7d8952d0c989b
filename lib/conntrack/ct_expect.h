/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Expectations: connections that helpers (or the control lcore) announce. The first packet of a new flow that
 * matches one makes it RELATED. Few and short-lived: one table under one spinlock, asked only for new flows and
 * only while there are some.
 */
#pragma once

#include "base_err.h"
#include "ct.h"
#include "ct_ext.h"
#include "hook.h"

#define CT_EXPECT_PERMANENT 0x1 /* stays after it was met */
#define CT_EXPECT_INACTIVE 0x2
#define CT_EXPECT_USERSPACE 0x4

struct ct_expect {
	struct ct_expect *next, *master_next; /* hash chain; those of one master */
	struct ct_tuple tuple, mask;          /* mask: ones where bits count */
	struct ct *master;
	const struct ct_helper *helper; /* for the expected connection; NULL: none */
	uint32_t expires;               /* ct_time */
	uint32_t id;
	uint16_t class;
	uint16_t flags; /* CT_EXPECT_* */
	uint8_t dir;    /* of the master, that it came by */
	/* Translation, filled by NAT: what the master's helper saved. */
	union ct_addr saved_addr;
	uint16_t saved_port;
	void (*expected)(struct ct *ct, struct ct_expect *e); /* called for the new entry; NULL */
};

extern uint32_t ct_nb_expects; /* all of them; relaxed read before asking */

/*
 * Worker: the new flow's tuple. When one is met: makes ct its (CT_EXPECTED, master, mark and secmark of the
 * master, helper), takes the expectation out unless permanent. true: it was expected.
 */
bool ct_expect_meet(unsigned lane, struct ct *ct, const struct ct_tuple *t, uint32_t now);
/*
 * Worker (helpers) or control: puts a copy in, for seconds. Replaces an equal one of the same master. Limits of the
 * helper's class: the oldest goes. 0; -EBUSY: another master expects the same; -EMFILE: too many.
 */
int ct_expect_add(unsigned lane, const struct ct_expect *e, uint32_t seconds, uint32_t now);
/* The master is gone: so are its expectations. */
void ct_expect_forget(struct ct *master);
/* Control: calls fn under the lock; stops when it returns false. */
void ct_expect_each(bool (*fn)(struct ct_expect *e, void *arg), void *arg);
/* Control: removes those for which fn returns true (all: NULL); how many. */
unsigned ct_expect_remove(bool (*fn)(const struct ct_expect *e, void *arg), void *arg);
/* Worker, from the sweep. */
void ct_expect_sweep(uint32_t now);
