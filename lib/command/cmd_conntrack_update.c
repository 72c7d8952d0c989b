/* SPDX-License-Identifier: BSD-3-Clause */
/* `conntrack -U`. */
#include "base_clock.h"
#include "cmd_conntrack_proto.h"
#include "ct_event.h"
#include "ct_proto.h"
#include "ct_table.h"
#include "rule_path.h"

struct update {
	const struct conntrack *k;
	struct cmd *c;
	struct conntrack_print print;
	uint32_t now;
	unsigned nb;
};

static uint32_t
new_mark(const struct conntrack *k, uint32_t old)
{
	return (old & ~k->mark_mask) ^ k->mark;
}

static uint64_t
new_labels(const struct conntrack *k, unsigned i, uint64_t old)
{
	return (old & ~k->label_del[i]) | k->label_add[i];
}

/* Would the entry be another one? The tool sends nothing otherwise. */
static bool
changes(const struct conntrack *k, const struct ct_snapshot *s)
{
	if (conntrack_has(k, CONNTRACK_TIMEOUT) && k->timeout != s->timeout)
		return true;
	if (conntrack_has(k, CONNTRACK_MARK) && new_mark(k, s->mark) != s->mark)
		return true;
	if (conntrack_has_field(k, CONNTRACK_STATE) && k->field[CONNTRACK_STATE] != s->state_number)
		return true;
	if (conntrack_has(k, CONNTRACK_LABEL_ADD) ||
	    (conntrack_has(k, CONNTRACK_LABEL_DEL) && (s->labels[0] | s->labels[1]) != 0))
		return true;
	return k->status & ~s->status;
}

static void
set_timeout(struct ct *ct, uint32_t expires)
{
	if ((int32_t)(expires - ct->expires) < 0)
		ct_sweep_sooner(ct, expires);
	__atomic_store_n(&ct->expires, expires, __ATOMIC_RELAXED);
}

static unsigned
set_labels(const struct conntrack *k, struct ct *ct)
{
	struct ct_ext *x = ct_ext_get(ct, LANE_MAX);

	if (x == NULL)
		return 0;
	for (unsigned i = 0; i < RTE_DIM(x->labels); i++)
		x->labels[i] = new_labels(k, i, x->labels[i]);
	x->has |= CT_HAS_LABELS;
	return 1u << CT_EVENT_LABEL;
}

/*
 * NULL, or why not: the translation of a connection cannot be changed, nor its status to EXPECTED; what comes before
 * that is.
 */
static const char *
apply(const struct conntrack *k, struct ct *ct, uint32_t now)
{
	unsigned events = 1u << CT_EVENT_REPLY | 1u << CT_EVENT_ASSURED | 1u << CT_EVENT_PROTOINFO |
			  1u << CT_EVENT_HELPER | 1u << CT_EVENT_MARK;

	if (k->src_nat.addr.family != AF_UNSPEC || k->dst_nat.addr.family != AF_UNSPEC)
		return "Operation not supported";
	if (conntrack_has(k, CONNTRACK_TIMEOUT))
		set_timeout(ct, now + ct_seconds(conntrack_timeout(k)));
	if (k->status & ~ct_status(ct) & CT_EXPECTED)
		return "Device or resource busy";
	ct_status_set(ct, k->status);
	ct_lock(ct);
	if (conntrack_has_field(k, CONNTRACK_STATE))
		ct->state = k->field[CONNTRACK_STATE];
	if (conntrack_has(k, CONNTRACK_LABEL_ADD) || conntrack_has(k, CONNTRACK_LABEL_DEL))
		events |= set_labels(k, ct);
	ct_unlock(ct);
	if (conntrack_has(k, CONNTRACK_MARK))
		__atomic_store_n(&ct->mark, new_mark(k, ct->mark), __ATOMIC_RELAXED);
	ct_event(LANE_MAX, ct, events);
	return NULL;
}

static bool
take(struct ct *ct, void *arg)
{
	struct update *u = arg;
	struct ct_snapshot s;
	const char *why;

	ct_snapshot(&s, ct, u->now);
	if (!conntrack_match(u->k, &s) || !changes(u->k, &s))
		return true;
	why = apply(u->k, ct, u->now);
	if (why != NULL)
		str_printf(&u->c->err, "Operation failed: %s\n", why);
	if (ct_expired(ct, u->now))
		return true; /* that was its end */
	ct_snapshot(&s, ct, u->now);
	conntrack_put(&u->c->out, &s, &u->print);
	u->nb++;
	return true;
}

int
conntrack_update(struct cmd *c, const struct conntrack *k)
{
	struct update u = { .k = k,
			    .c = c,
			    .print = { .output = k->output & ~CONNTRACK_OUT_KTIMESTAMP,
				       .verb = 'A',
				       .use = true,
				       .refs = 2,
				       .parts = CONNTRACK_PARTS },
			    .now = ct_time(clock_ms()) };
	uint32_t labels =
		1u << CONNTRACK_LABEL | 1u << CONNTRACK_LABEL_ADD | 1u << CONNTRACK_LABEL_DEL;

	if (k->options & labels)
		u.print.output |= CONNTRACK_OUT_LABELS;
	ct_each(take, &u);
	rule_path_forget(); /* rules may look at what was changed */
	conntrack_say(&c->err, "%u flow entries have been updated.", u.nb);
	return u.nb != 0 ? 0 : 1;
}
