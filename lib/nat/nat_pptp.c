/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PPTP: clients behind one address choose the same ids for their calls; the server is told the port of the control
 * connection instead, which is one of a kind (and so one call at a time can be made by each, as in Linux).
 */
#include "ct_pptp.h"
#include "nat_follow.h"
#include "nat_help.h"
#include "nat_mangle.h"

/* The client's packets have begun: the server's are their answer, and no longer expected. */
static void
cancel_other(unsigned lane, const struct ct_expect *e, uint32_t now)
{
	struct ct_pptp *s = ct_pptp_of(e->master);
	struct ct_tuple t = ct_tuple(e->master, CT_REPLY);

	t.zone = e->tuple.zone;
	t.proto = IPPROTO_GRE;
	ct_lock(e->master);
	t.sport = s->server_id;
	t.dport = s->client_id;
	ct_unlock(e->master);
	ct_expect_cancel(lane, &t, now);
}

/* Linux's pptp_nat_expected(), which lets the client's be expected on when the server's come first. */
static void
call_begins(unsigned lane, struct ct *ct, const struct ct_expect *e, uint32_t now)
{
	struct ct_tuple other = ct_tuple(e->master, !e->dir);

	if (e->dir == CT_ORIGINAL)
		cancel_other(lane, e, now);
	nat_follow_end(lane, ct, &other.dst, e->dir == CT_ORIGINAL ? &e->saved_port : NULL, now,
		       NAT_SRC);
	nat_follow_end(lane, ct, &other.src, e->dir == CT_REPLY ? &e->saved_port : NULL, now,
		       NAT_DST);
}

void
nat_pptp_call(const struct ct_help *h, struct ct_expect way[CT_DIRS])
{
	struct ct_expect *out = &way[CT_ORIGINAL], *in = &way[CT_REPLY];
	struct ct_pptp *s = ct_pptp_of(h->ct);

	ct_lock(h->ct);
	s->server_said = s->server_id;
	out->saved_port = s->client_id;
	out->tuple.sport = s->client_said;
	out->tuple.dport = s->server_id;
	in->saved_port = s->client_said;
	in->tuple.sport = s->server_said;
	in->tuple.dport = s->client_id;
	ct_unlock(h->ct);
	out->dir = CT_ORIGINAL;
	in->dir = CT_REPLY;
	out->expected = in->expected = call_begins;
}

/* Where in its body a message names the client's call; -1: it does not. */
static int
client_id_at(enum ct_dir dir, unsigned kind)
{
	switch (kind) {
	case CT_PPTP_OUT_CALL_REQUEST:
	case CT_PPTP_IN_CALL_REPLY:
	case CT_PPTP_CLEAR_REQUEST:
		return dir == CT_ORIGINAL ? 0 : -1;
	case CT_PPTP_OUT_CALL_REPLY:
		return dir == CT_REPLY ? 2 : -1;
	case CT_PPTP_IN_CALL_CONNECT:
	case CT_PPTP_WAN_ERROR:
	case CT_PPTP_DISCONNECT_NOTIFY:
	case CT_PPTP_SET_LINK:
		return dir == CT_REPLY ? 0 : -1;
	default:
		return -1;
	}
}

verdict_t
nat_pptp_message(const struct ct_help *h, unsigned kind)
{
	struct ct_pptp *s = ct_pptp_of(h->ct);
	int at = client_id_at(h->dir, kind);
	uint16_t id;

	if (at < 0)
		return VERDICT_ACCEPT;
	ct_lock(h->ct);
	if (kind == CT_PPTP_OUT_CALL_REQUEST) {
		s->client_said = s->client_id;
		s->client_id = ct_tuple(h->ct, CT_REPLY).dport;
	}
	id = h->dir == CT_ORIGINAL ? s->client_id : s->client_said;
	ct_unlock(h->ct);
	return nat_mangle(h, CT_PPTP_BODY + at, sizeof(id), &id, sizeof(id)) ? VERDICT_ACCEPT
									     : ct_help_drop();
}
