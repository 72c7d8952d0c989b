/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `conntrack -L`, -G, -D and -F. Lists are made piece by piece, so that a million connections hold up neither
 * the control lcore nor memory.
 */
#include <stdlib.h>

#include "base_clock.h"
#include "base_rcu.h"
#include "cmd_conntrack.h"
#include "ct_table.h"

#define PIECE 4096u /* places of the table looked at in one go */
#define PIECES 16u  /* of a part of the answer at most */
#define PART_BYTES 131072u

/* A list on its way. */
struct list {
	struct conntrack k;
	struct ct_place at;
	struct conntrack_print print;
	struct str *out;
	uint32_t now;
	unsigned nb;
	bool remove;
	bool quiet; /* nothing is printed */
	bool full;  /* what was removed has to be freed first */
};

static void
zero_counters(struct ct *ct)
{
	if (ct->ext == NULL || !(ct->ext->has & CT_HAS_ACCT))
		return;
	for (unsigned d = 0; d < CT_DIRS; d++) {
		__atomic_store_n(&ct->ext->acct[d].packets, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&ct->ext->acct[d].bytes, 0, __ATOMIC_RELAXED);
	}
}

/* false: not now, or somebody else has. */
static bool
remove_one(struct list *l, struct ct *ct)
{
	if (ct_remove(LANE_MAX, ct))
		return true;
	l->full = !(ct_status(ct) & CT_DYING);
	if (l->full)
		l->at.next--; /* the same one again */
	return false;
}

static bool
take(struct ct *ct, void *arg)
{
	struct list *l = arg;
	struct ct_snapshot s;

	ct_snapshot(&s, ct, l->now);
	if (!conntrack_match(&l->k, &s))
		return true;
	if (l->remove && !remove_one(l, ct))
		return !l->full;
	if (l->quiet)
		return true;
	if (l->nb++ == 0 && l->print.output & CONNTRACK_OUT_XML && !l->remove)
		str_add(l->out, CONNTRACK_XML_HEAD "<conntrack>\n");
	conntrack_put(l->out, &s, &l->print);
	if (conntrack_has(&l->k, CONNTRACK_ZERO))
		zero_counters(ct);
	return true;
}

/* Looks at a piece of the table. false: that was the last. */
static bool
look(struct list *l)
{
	bool more;

	l->full = false;
	more = ct_each_some(&l->at, PIECE, take, l);
	if (l->full)
		rcu_wait();
	if (l->remove)
		ct_event_round(); /* makes room for those to come */
	return more || l->full;
}

static bool
list_next(void *state, struct str *out)
{
	struct list *l = state;
	size_t before = out->len;
	bool more = l->k.table == CONNTRACK_TABLE_CONNTRACK;

	l->out = out;
	l->now = ct_time(clock_ms());
	for (unsigned i = 0; more && i < PIECES && out->len - before < PART_BYTES; i++)
		more = look(l);
	return more;
}

static int
list_finish(void *state, struct str *out, struct str *err)
{
	const struct list *l = state;

	if (l->nb != 0 && l->print.output & CONNTRACK_OUT_XML && !l->remove)
		str_add(out, "</conntrack>\n");
	conntrack_say(err, "%u flow entries have been %s.", l->nb, l->remove ? "deleted" : "shown");
	return l->remove && l->nb == 0 ? 1 : 0;
}

static const struct cmd_stream list_stream = { list_next, list_finish, free, false };

static int
start(struct cmd *c, const struct conntrack *k)
{
	struct list *l = calloc(1, sizeof(*l));

	if (l == NULL)
		abort();
	l->k = *k;
	l->remove = k->verb == CONNTRACK_DELETE;
	l->print = (struct conntrack_print){ .output = k->output,
					     .verb = l->remove ? 'D' : 'A',
					     .use = true,
					     .refs = 1,
					     .parts = CONNTRACK_PARTS };
	if (k->options & (1u << CONNTRACK_LABEL))
		l->print.output |= CONNTRACK_OUT_LABELS;
	if (l->remove)
		l->print.output &= ~CONNTRACK_OUT_KTIMESTAMP;
	return cmd_stream(c, &list_stream, l);
}

int
conntrack_list(struct cmd *c, const struct conntrack *k)
{
	if (conntrack_has(k, CONNTRACK_STATUS) && k->status == 0)
		return conntrack_failed(&c->err, "invalid parameters");
	return start(c, k);
}

int
conntrack_delete(struct cmd *c, const struct conntrack *k)
{
	struct cmd at_once = *c;
	int rc;

	/* What was deleted is deleted when the answer comes. */
	at_once.can_stream = false;
	rc = start(&at_once, k);
	c->out = at_once.out;
	c->err = at_once.err;
	return rc;
}

int
conntrack_flush(struct cmd *c, const struct conntrack *k)
{
	struct list l = { .k = *k, .remove = true, .quiet = true, .now = ct_time(clock_ms()) };

	l.k.family = AF_UNSPEC; /* Linux does not look at it */
	while (look(&l))
		;
	conntrack_say(&c->err, "connection tracking table has been emptied.");
	return 0;
}

int
conntrack_get(struct cmd *c, const struct conntrack *k)
{
	struct conntrack_print p = {
		.output = k->output, .verb = 'A', .use = true, .refs = 2, .parts = CONNTRACK_PARTS
	};
	uint32_t now = ct_time(clock_ms());
	struct ct_snapshot s;
	struct ct_tuple t;
	enum ct_dir dir;
	struct ct *ct;

	if (!conntrack_tuple(k, CT_ORIGINAL, &t))
		return conntrack_failed(&c->err, "invalid parameters");
	rcu_reader_begin();
	ct = ct_find(LANE_MAX, &t, &dir, now);
	if (ct != NULL)
		ct_snapshot(&s, ct, now);
	rcu_reader_end();
	if (ct == NULL)
		return conntrack_failed(&c->err, "such conntrack doesn't exist");
	if (!conntrack_match(k, &s)) {
		conntrack_say(&c->err, "0 flow entries have been shown.");
		return 1;
	}
	if (k->output & CONNTRACK_OUT_XML)
		str_add(&c->out, CONNTRACK_XML_HEAD "<conntrack>\n");
	conntrack_put(&c->out, &s, &p);
	conntrack_say(&c->err, "1 flow entries have been shown.");
	return 0;
}
