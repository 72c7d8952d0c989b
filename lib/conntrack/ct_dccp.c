/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DCCP (RFC 4340), as Linux tracked it until it gave DCCP up in 6.17: client and server have roles of their own, the
 * type of a packet and its sender's role move the state. Sequence numbers are not followed. Workers;
 * the entry is changed under ct_lock().
 */
#include "ct_event.h"
#include "ct_proto.h"
#include "pkt_checksum.h"

enum state { NONE, REQUESTED, RESPOND, PARTOPEN, OPEN, CLOSEREQ, CLOSING, TIMEWAIT, STATES };

/* What the table says beside states. */
#define IGNORE 0xfe
#define INVALID 0xff

enum role { CLIENT, SERVER, ROLES };

/* Packet types (5.1). */
enum {
	REQUEST,
	RESPONSE,
	DATA,
	ACK,
	DATAACK,
	CLOSE_REQUEST,
	CLOSE,
	RESET,
	SYNC,
	SYNCACK,
	TYPES,
};

struct header {
	uint16_t sport, dport;
	uint8_t data_off; /* words */
	uint8_t cover;
	uint16_t sum;
	uint8_t type_x; /* 3 bits reserved, type, X: sequence numbers have 48 bits */
	uint8_t seq[3]; /* X: one reserved byte, 6 bytes number */
} __rte_packed;

#define LONG_HEADER 16 /* with X, and without acknowledgement */

#define SYSCTL "net.netfilter.nf_conntrack_dccp_"

/* In times of the maximum segment lifetime of 2 minutes (RFC 793), but for OPEN and the ends. */
CT_TIMEOUT(request, SYSCTL "timeout_request", 240, "seconds after a DCCP-Request")
CT_TIMEOUT(respond, SYSCTL "timeout_respond", 480, "seconds after the Response")
CT_TIMEOUT(partopen, SYSCTL "timeout_partopen", 480, "seconds after the client's Ack")
CT_TIMEOUT(open, SYSCTL "timeout_open", 43200, "seconds that an open connection may be silent")
CT_TIMEOUT(closereq, SYSCTL "timeout_closereq", 64, "seconds after the server's CloseReq")
CT_TIMEOUT(closing, SYSCTL "timeout_closing", 64, "seconds after Close")
CT_TIMEOUT(timewait, SYSCTL "timeout_timewait", 240, "seconds after Reset")

PARAM_INT(loose, SYSCTL "loose", 1, 0, 1, "connections may be joined midway")

#define TIMEOUT(state) ((state)-REQUESTED)
#define NB_TIMEOUTS TIMEOUT(STATES)

static struct param *const timeouts[NB_TIMEOUTS] = {
	&request, &respond, &partopen, &open, &closereq, &closing, &timewait,
};

/* The states' names too. */
static const char *const timeout_names[NB_TIMEOUTS] = {
	"REQUEST", "RESPOND", "PARTOPEN", "OPEN", "CLOSEREQ", "CLOSING", "TIMEWAIT",
};

static struct ct_proto dccp;

enum {
	xx = INVALID,
	ig = IGNORE, /* we may have missed something: it passes */
	RQ = REQUESTED,
	RS = RESPOND,
	PO = PARTOPEN,
	OP = OPEN,
	CR = CLOSEREQ,
	CG = CLOSING,
	TW = TIMEWAIT,
};

/* clang-format off */
static const uint8_t follows[ROLES][TYPES][STATES] = {
	[CLIENT] = {		/* none RQ  RS  PO  OP  CR  CG  TW */
		[REQUEST] =	{ RQ, RQ, RS, ig, ig, ig, ig, RQ },
		[RESPONSE] =	{ xx, ig, ig, ig, ig, ig, ig, xx },
		[DATA] =	{ xx, xx, xx, xx, OP, CR, CG, xx }, /* 8.1.5: PARTOPEN wants DataAck */
		[ACK] =		{ xx, xx, PO, PO, OP, CR, CG, xx },
		[DATAACK] =	{ xx, xx, PO, PO, OP, CR, CG, xx },
		[CLOSE_REQUEST] = { xx, xx, xx, xx, xx, xx, xx, xx },
		[CLOSE] =	{ xx, xx, xx, CG, CG, CG, CG, xx },
		[RESET] =	{ xx, TW, TW, TW, TW, TW, TW, ig },
		[SYNC] =	{ xx, xx, xx, PO, OP, CR, CG, xx },
		[SYNCACK] =	{ xx, xx, xx, PO, OP, CR, CG, xx },
	},
	[SERVER] = {
		[REQUEST] =	{ xx, xx, ig, ig, ig, ig, ig, RQ },
		[RESPONSE] =	{ xx, RS, RS, ig, ig, ig, ig, xx },
		[DATA] =	{ xx, xx, xx, OP, OP, CR, CG, xx },
		[ACK] =		{ xx, xx, xx, OP, OP, CR, CG, xx },
		[DATAACK] =	{ xx, xx, xx, OP, OP, CR, CG, xx },
		[CLOSE_REQUEST] = { xx, xx, xx, CR, CR, CR, CR, xx },
		[CLOSE] =	{ xx, xx, xx, CG, CG, xx, CG, xx },
		[RESET] =	{ xx, TW, TW, TW, TW, TW, TW, ig },
		[SYNC] =	{ xx, xx, xx, PO, OP, CR, CG, xx },
		[SYNCACK] =	{ xx, xx, xx, PO, OP, CR, CG, xx },
	},
};
/* clang-format on */

static uint8_t
type_of(const struct header *h)
{
	return h->type_x >> 1 & 0xf;
}

/* The number of n bytes there. */
static uint64_t
number(const uint8_t *b, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *b++;
	return v;
}

static bool
is_long(const struct header *h)
{
	return h->type_x & 1;
}

static bool
has_ack(const struct header *h)
{
	return type_of(h) != REQUEST && type_of(h) != DATA;
}

/* Bytes that its kind of header has at least. */
static unsigned
header_min(const struct header *h)
{
	unsigned len = is_long(h) ? LONG_HEADER : sizeof(*h);

	return has_ack(h) ? len + (is_long(h) ? 8 : 4) : len;
}

static uint64_t
seq_of(const struct header *h)
{
	return is_long(h) ? number(h->seq + 1, 6) : number(h->seq, 3);
}

static uint64_t
ack_of(const struct header *h)
{
	const uint8_t *b = (const uint8_t *)h;

	return is_long(h) ? number(b + LONG_HEADER + 2, 6) : number(b + sizeof(*h) + 1, 3);
}

static bool
begin(struct ct_dccp *t, uint8_t type)
{
	uint8_t state = follows[CLIENT][type][NONE];

	if (state == INVALID || (state != REQUESTED && !param_get(&loose)))
		return false;
	*t = (struct ct_dccp){ .role = { CLIENT, SERVER }, .last_packet = REQUEST };
	return true;
}

/* Under ct_lock(): the state that follows, IGNORE or INVALID. */
static uint8_t
judge(struct ct_pkt *p, const struct header *h, uint8_t type)
{
	struct ct_dccp *t = &p->ct->dccp;
	uint8_t role = t->role[p->dir], old = p->ct->state, state = follows[role][type][old];

	switch (state) {
	case REQUESTED:
		if (old == TIMEWAIT && role == SERVER) { /* the other way round this time */
			t->role[p->dir] = CLIENT;
			t->role[!p->dir] = SERVER;
		}
		break;
	case RESPOND:
		if (old == REQUESTED)
			t->handshake_seq = seq_of(h);
		break;
	case PARTOPEN:
		if (old == RESPOND && type == ACK && ack_of(h) == t->handshake_seq)
			ct_status_set(p->ct, CT_ASSURED);
		break;
	case IGNORE:
		/* The answer to a Request that we only let pass: we begin anew. */
		if (t->last_dir != p->dir && t->last_packet == REQUEST && type == RESPONSE) {
			t->role[p->dir] = SERVER;
			t->role[!p->dir] = CLIENT;
			t->handshake_seq = seq_of(h);
			state = RESPOND;
		}
		break;
	}
	if (state == INVALID)
		return state;
	t->last_dir = p->dir;
	t->last_packet = type;
	if (state != IGNORE)
		p->ct->state = state;
	return state;
}

static enum ct_result
dccp_packet(struct ct_pkt *p)
{
	const struct header *h = pkt_l4(p->m);
	uint8_t type = type_of(h), old, state;

	if (p->fresh && !begin(&p->ct->dccp, type))
		return CT_INVALID;
	if (type == RESET && !(ct_status(p->ct) & CT_SEEN_REPLY)) {
		ct_account(p);
		ct_kill(p); /* nobody has ever answered but by this */
		return CT_OK;
	}
	ct_lock(p->ct);
	old = p->ct->state;
	state = judge(p, h, type);
	ct_unlock(p->ct);
	if (state == INVALID)
		return CT_INVALID;
	if (state == IGNORE)
		return CT_OK;
	if (state != old && !p->fresh)
		ct_event(p->ctx->lane, p->ct, 1u << CT_EVENT_PROTOINFO);
	ct_refresh(p, ct_timeout(p->ct, &dccp, TIMEOUT(state)));
	return CT_OK;
}

static bool
dccp_valid(const struct rte_mbuf *m, bool check_sum)
{
	const struct header *h = pkt_l4(m);
	uint32_t len = pkt_l4_len(m), header, cover;

	len = RTE_MIN(len, pkt_l4_here(m));
	if (len < sizeof(*h))
		return false;
	header = h->data_off * 4u;
	cover = (h->cover & 0xf) == 0 ? 0 : ((h->cover & 0xf) - 1) * 4u + header;
	return type_of(h) < TYPES && header >= header_min(h) && header <= len &&
	       cover <= pkt_l4_len(m) && (!check_sum || pkt_l4_checksum_ok(m));
}

static bool
dccp_can_drop_early(const struct ct *ct)
{
	return ct->state >= CLOSEREQ && ct->state <= TIMEWAIT;
}

static const char *
dccp_state_name(const struct ct *ct)
{
	return ct->state == NONE || ct->state >= STATES ? "NONE"
							: timeout_names[TIMEOUT(ct->state)];
}

static int
dccp_state_find(const char *name)
{
	for (int s = REQUESTED; s < STATES; s++)
		if (strcmp(name, timeout_names[TIMEOUT(s)]) == 0)
			return s;
	return strcmp(name, "NONE") == 0 ? NONE : -1;
}

static struct ct_proto dccp = {
	.name = "dccp",
	.proto = IPPROTO_DCCP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.valid = dccp_valid,
	.packet = dccp_packet,
	.can_drop_early = dccp_can_drop_early,
	.state_name = dccp_state_name,
	.state_find = dccp_state_find,
	.timeouts = timeouts,
	.timeout_names = timeout_names,
	.nb_timeouts = NB_TIMEOUTS,
};

CT_PROTO_REGISTER(dccp)
