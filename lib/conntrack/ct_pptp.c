/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PPTP (RFC 2637): the control connection agrees on a call, of which each side names its own id; the call itself is
 * GRE. The client (PNS) asks the server (PAC): calls go out or come in.
 */
#include "ct_gre.h"
#include "ct_nat_ops.h"
#include "ct_pptp.h"
#include "ct_table.h"

#define CONTROL 1
#define MAGIC 0x1a2b3c4d
#define OK 1

/* What they have behind the header, at least. */
static const uint8_t sizes[CT_PPTP_KINDS] = {
	[CT_PPTP_START_REQUEST] = 144,     [CT_PPTP_START_REPLY] = 144,
	[CT_PPTP_STOP_REQUEST] = 4,        [CT_PPTP_STOP_REPLY] = 4,
	[CT_PPTP_OUT_CALL_REQUEST] = 156,  [CT_PPTP_OUT_CALL_REPLY] = 20,
	[CT_PPTP_IN_CALL_REQUEST] = 208,   [CT_PPTP_IN_CALL_REPLY] = 12,
	[CT_PPTP_IN_CALL_CONNECT] = 16,    [CT_PPTP_CLEAR_REQUEST] = 4,
	[CT_PPTP_DISCONNECT_NOTIFY] = 136, [CT_PPTP_WAN_ERROR] = 28,
	[CT_PPTP_SET_LINK] = 12,
};

struct message {
	rte_be16_t length, type;
	rte_be32_t magic;
	rte_be16_t kind, reserved;
	uint8_t body[208];
};

_Static_assert(offsetof(struct message, body) == CT_PPTP_BODY, "as on the wire");

/* In this order: a reply does not bring back a session that is further. */
enum { SESSION_NONE, SESSION_ERROR, SESSION_STOPPING, SESSION_ASKED, SESSION_UP };
enum {
	CALL_NONE,
	CALL_OUT_ASKED,
	CALL_OUT_UP,
	CALL_IN_ASKED,
	CALL_IN_ANSWERED,
	CALL_IN_UP,
	CALL_CLEARING
};

enum todo { NOTHING, EXPECT_CALL, END_CALL, LEAVE_ALONE };

static uint16_t
id_at(const uint8_t *p)
{
	uint16_t id;

	memcpy(&id, p, sizeof(id));
	return id;
}

/* The server's, under the entry's lock. */
static enum todo
server_says(struct ct_pptp *s, unsigned kind, const uint8_t *body)
{
	bool up = s->session == SESSION_UP;

	switch (kind) {
	case CT_PPTP_START_REPLY:
		if (s->session >= SESSION_ASKED)
			s->session = body[2] == OK ? SESSION_UP : SESSION_ERROR;
		break;
	case CT_PPTP_STOP_REPLY:
		if (s->session <= SESSION_STOPPING)
			s->session = body[0] == OK ? SESSION_NONE : SESSION_ERROR;
		break;
	case CT_PPTP_OUT_CALL_REPLY:
		if (!up || (s->call != CALL_OUT_ASKED && s->call != CALL_OUT_UP) ||
		    id_at(body + 2) != s->client_id)
			return LEAVE_ALONE;
		s->call = body[4] == OK ? CALL_OUT_UP : CALL_NONE;
		if (s->call == CALL_NONE)
			break;
		s->server_id = id_at(body);
		return EXPECT_CALL;
	case CT_PPTP_IN_CALL_REQUEST:
		if (up) {
			s->call = CALL_IN_ASKED;
			s->server_id = id_at(body);
		}
		break;
	case CT_PPTP_IN_CALL_CONNECT:
		if (!up || (s->call != CALL_IN_ANSWERED && s->call != CALL_IN_UP) ||
		    id_at(body) != s->client_id)
			return LEAVE_ALONE;
		s->call = CALL_IN_UP;
		return EXPECT_CALL;
	case CT_PPTP_DISCONNECT_NOTIFY:
		s->call = CALL_NONE;
		return END_CALL;
	}
	return NOTHING;
}

/* The client's, likewise. */
static enum todo
client_says(struct ct_pptp *s, unsigned kind, const uint8_t *body)
{
	bool up = s->session == SESSION_UP;

	switch (kind) {
	case CT_PPTP_START_REQUEST:
		if (s->session == SESSION_NONE)
			s->session = SESSION_ASKED;
		break;
	case CT_PPTP_STOP_REQUEST:
		s->session = SESSION_STOPPING;
		break;
	case CT_PPTP_OUT_CALL_REQUEST:
		if (!up)
			return LEAVE_ALONE;
		s->call = CALL_OUT_ASKED;
		s->client_id = id_at(body);
		break;
	case CT_PPTP_IN_CALL_REPLY:
		if ((s->call != CALL_IN_ASKED && s->call != CALL_IN_ANSWERED) ||
		    id_at(body + 2) != s->server_id)
			return LEAVE_ALONE;
		s->call = body[4] == OK ? CALL_IN_ANSWERED : CALL_NONE;
		if (s->call == CALL_IN_ANSWERED)
			s->client_id = id_at(body);
		break;
	case CT_PPTP_CLEAR_REQUEST:
		if (!up)
			return LEAVE_ALONE;
		s->call = CALL_CLEARING;
		break;
	}
	return NOTHING;
}

/* GRE of the call, in that direction of the control connection. */
static struct ct_tuple
call_tuple(const struct ct *ct, enum ct_dir dir, const struct ct_pptp *s)
{
	struct ct_tuple t = ct_tuple(ct, dir);

	t.proto = IPPROTO_GRE;
	t.sport = dir == CT_ORIGINAL ? s->client_id : s->server_id;
	t.dport = dir == CT_ORIGINAL ? s->server_id : s->client_id;
	return t;
}

/* One direction has begun: the other is its reply. */
static void
call_begins(unsigned lane, struct ct *ct, const struct ct_expect *e, uint32_t now)
{
	struct ct_tuple other = e->tuple;

	other.src = e->tuple.dst;
	other.dst = e->tuple.src;
	other.sport = e->tuple.dport;
	other.dport = e->tuple.sport;
	ct_expect_cancel(lane, &other, now);
}

static bool
expect_way(struct ct_help *h, const struct ct_expect *e)
{
	uint32_t seconds = h->ct->ext->helper->policy[0].timeout;

	return ct_expect_add(h->ctx->lane, e, seconds, h->now) == 0;
}

static void
init_way(struct ct_help *h, struct ct_expect *e, enum ct_dir dir, const struct ct_pptp *s)
{
	struct ct_tuple t = call_tuple(h->ct, dir, s);

	ct_expect_init(e, h->ct, 0, &t.src, &t.dst, IPPROTO_GRE, &t.sport, t.dport);
	e->expected = call_begins;
}

static void
cancel_way(struct ct_help *h, const struct ct_expect *e)
{
	struct ct_tuple t = e->tuple;

	t.zone = ct_expect_zone(h->ct);
	ct_expect_cancel(h->ctx->lane, &t, h->now);
}

/* Both ways and both ids, or nothing. */
static void
expect_call(struct ct_help *h, const struct ct_pptp *s)
{
	struct ct_expect way[CT_DIRS];

	for (unsigned d = 0; d < CT_DIRS; d++)
		init_way(h, &way[d], d, s);
	if (ct_help_translated(h))
		ct_nat_ops->pptp_call(h, way);
	if (!expect_way(h, &way[CT_ORIGINAL]))
		return;
	if (expect_way(h, &way[CT_REPLY])) {
		if (ct_gre_call_add(h->ct, CT_ORIGINAL, &way[CT_ORIGINAL].tuple) == 0) {
			if (ct_gre_call_add(h->ct, CT_REPLY, &way[CT_REPLY].tuple) == 0)
				return;
			ct_gre_calls_forget(h->ct);
		}
		cancel_way(h, &way[CT_REPLY]);
	}
	cancel_way(h, &way[CT_ORIGINAL]);
}

/* The call, or what was expected of it, ends. */
static void
end_call(unsigned lane, struct ct *ct, const struct ct_pptp *s, uint32_t now)
{
	ct_gre_calls_forget(ct);
	for (unsigned d = 0; d < CT_DIRS; d++) {
		struct ct_tuple t = call_tuple(ct, d, s);
		enum ct_dir dir;
		struct ct *call = ct_find(lane, &t, &dir, now);

		if (call != NULL)
			ct_remove(lane, call);
		else
			ct_expect_cancel(lane, &t, now);
	}
}

static verdict_t
read_message(struct ct_help *h, unsigned kind, const uint8_t *body)
{
	struct ct_pptp *s = ct_pptp_of(h->ct), after;
	enum todo todo;

	ct_lock(h->ct);
	todo = (h->dir == CT_ORIGINAL ? client_says : server_says)(s, kind, body);
	after = *s;
	ct_unlock(h->ct);
	if (todo == EXPECT_CALL)
		expect_call(h, &after);
	else if (todo == END_CALL)
		end_call(h->ctx->lane, h->ct, &after, h->now);
	if (todo != LEAVE_ALONE && ct_help_translated(h))
		return ct_nat_ops->pptp_message(h, kind);
	return VERDICT_ACCEPT;
}

static verdict_t
pptp_help(struct ct_help *h)
{
	struct message m;
	unsigned kind, len;

	if (h->info != CT_INFO_ESTABLISHED && h->info != CT_INFO_ESTABLISHED_REPLY)
		return VERDICT_ACCEPT;
	len = ct_help_payload(h, 0, &m, sizeof(m));
	if (len < offsetof(struct message, body) || m.type != RTE_BE16(CONTROL) ||
	    m.magic != RTE_BE32(MAGIC))
		return VERDICT_ACCEPT;
	kind = rte_be_to_cpu_16(m.kind);
	if (kind == 0 || kind >= CT_PPTP_KINDS ||
	    len - offsetof(struct message, body) < sizes[kind])
		return VERDICT_ACCEPT;
	return read_message(h, kind, m.body);
}

static void
pptp_destroy(unsigned lane, struct ct *ct)
{
	const struct ct_pptp *s = ct_pptp_of(ct);

	end_call(lane, ct, s, ct_time(clock_ms()));
}

static const struct ct_expect_policy policy = { .name = "pptp", .max = 2, .timeout = 300 };

static struct ct_helper pptp = {
	.name = "pptp",
	.proto = IPPROTO_TCP,
	.families = 1u << HOOK_IP4,
	.policy = &policy,
	.nb_classes = 1,
	.help = pptp_help,
	.destroy = pptp_destroy,
};

CT_HELPER_REGISTER(pptp)
