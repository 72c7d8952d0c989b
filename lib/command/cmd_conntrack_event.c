/* SPDX-License-Identifier: BSD-3-Clause */
/* `conntrack -E`: events, until the client leaves. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_conntrack.h"
#include "ct_event.h"

#define EVENTS 1024 /* at a time */

/* A listener. */
struct follow {
	struct conntrack k;
	uint64_t next; /* number of the event */
	uint64_t nb;   /* shown */
};

static const char *
type_of(const struct ct_event_record *r)
{
	if (r->kind != CT_EVENT_FLOW)
		return r->kind == CT_EVENT_EXPECT_NEW ? "new" : "destroy";
	if (r->mask & 1u << CT_EVENT_DESTROY)
		return "destroy";
	return r->mask & (1u << CT_EVENT_NEW | 1u << CT_EVENT_RELATED) ? "new" : "update";
}

const char *
conntrack_event_name(const char *type)
{
	switch (type[0]) {
	case 'n':
		return "[NEW]";
	case 'u':
		return "[UPDATE]";
	default:
		return "[DESTROY]";
	}
}

/* What Linux says of a connection by the event. */
static unsigned
parts_of(const struct ct_event_record *r)
{
	unsigned parts = 0;

	if (r->mask & 1u << CT_EVENT_DESTROY) {
		parts |= CONNTRACK_PART_STATE | CONNTRACK_PART_COUNTERS | CONNTRACK_PART_TIMES;
		if (r->flow.timeout != 0)
			parts |= CONNTRACK_PART_TIMEOUT;
	} else {
		parts |= CONNTRACK_PART_TIMEOUT | CONNTRACK_PART_HELPER;
	}
	if (r->mask & (1u << CT_EVENT_NEW | 1u << CT_EVENT_RELATED | 1u << CT_EVENT_PROTOINFO))
		parts |= CONNTRACK_PART_STATE;
	if (r->mask & 1u << CT_EVENT_MARK || r->flow.mark != 0)
		parts |= CONNTRACK_PART_MARK;
	if (r->mask & 1u << CT_EVENT_LABEL)
		parts |= CONNTRACK_PART_LABELS;
	return parts;
}

static bool
wanted(const struct follow *f, const struct ct_event_record *r)
{
	unsigned kind;

	if ((f->k.table == CONNTRACK_TABLE_EXPECT) != (r->kind != CT_EVENT_FLOW))
		return false;
	if (r->kind != CT_EVENT_FLOW)
		return true;
	if (r->mask == 0)
		return false;
	kind = type_of(r)[0] == 'n'   ? CONNTRACK_EVENT_NEW
	       : type_of(r)[0] == 'u' ? CONNTRACK_EVENT_UPDATE
				      : CONNTRACK_EVENT_DESTROY;
	return (f->k.events == 0 || f->k.events & kind) && conntrack_match(&f->k, &r->flow);
}

static void
put(struct follow *f, struct str *out, const struct ct_event_record *r)
{
	bool xml = f->k.output & CONNTRACK_OUT_XML;
	struct conntrack_print p = {
		.output = f->k.output, .type = type_of(r), .usec = r->usec, .portid = r->portid
	};

	if (xml && f->nb == 0)
		str_printf(out, CONNTRACK_XML_HEAD "<%s>\n",
			   r->kind == CT_EVENT_FLOW ? "conntrack" : "expect");
	f->nb++;
	if (r->kind != CT_EVENT_FLOW) {
		conntrack_expect_put(out, &r->expect, &p);
		return;
	}
	if (!xml && p.output & CONNTRACK_OUT_TIMESTAMP)
		conntrack_when(out, r->usec);
	p.parts = parts_of(r);
	p.verb = p.type[0] == 'n' ? 'A' : p.type[0] == 'u' ? 'U' : 'D';
	conntrack_put(out, &r->flow, &p);
}

static bool
follow_next(void *state, struct str *out)
{
	struct follow *f = state;

	/* Slower than the events come: the oldest have gone. */
	if (f->next < ct_event_first()) {
		str_printf(out,
			   f->k.output & CONNTRACK_OUT_XML ? "<!-- %" PRIu64 " events lost -->\n"
							   : "WARNING: %" PRIu64 " events lost\n",
			   ct_event_first() - f->next);
		f->next = ct_event_first();
	}
	for (unsigned n = 0; n < EVENTS && f->next < ct_event_end(); n++, f->next++)
		if (wanted(f, ct_event_get(f->next)))
			put(f, out, ct_event_get(f->next));
	return true;
}

/* Last words, as those of the tool when it is interrupted. */
static int
follow_finish(void *state, struct str *out, struct str *err)
{
	const struct follow *f = state;
	bool expects = f->k.table == CONNTRACK_TABLE_EXPECT;

	if (f->nb != 0 && f->k.output & CONNTRACK_OUT_XML)
		str_printf(out, "</%s>\n", expects ? "expect" : "conntrack");
	conntrack_say(err, "%" PRIu64 " %s events have been shown.", f->nb,
		      expects ? "expectation" : "flow");
	return 0;
}

static void
follow_end(void *state)
{
	ct_event_ignore();
	free(state);
}

int
conntrack_event(struct cmd *c, const struct conntrack *k)
{
	static const struct cmd_stream stream = {
		.next = follow_next, .finish = follow_finish, .end = follow_end, .endless = true
	};
	struct follow *f;
	struct err e;

	if (!c->can_stream)
		return cmd_fail(c, 1, "-E: only as polluxctl conntrack -E, by a few at a time");
	if (ct_event_listen(&e) != 0)
		return cmd_fail(c, 1, "-E: %s", e.text);
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		abort();
	f->k = *k;
	if (conntrack_has(k, CONNTRACK_LABEL))
		f->k.output |= CONNTRACK_OUT_LABELS;
	ct_event_catch_up();
	f->next = ct_event_end();
	c->stream = &stream;
	c->stream_state = f;
	return 0;
}
