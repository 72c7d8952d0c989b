/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SIP: a phone that registers expects calls by the registrar; a call expects its media, until it ends. By UDP a
 * packet is a message; by TCP a segment may hold several, what it holds a part of is not read.
 */
#include <ctype.h>
#include <strings.h>

#include "base_param.h"
#include "ct_nat_ops.h"
#include "ct_sip.h"
#include "ct_text.h"

PARAM_INT(sip_timeout, "net.pollux.sip_timeout", 3600, 1, CT_TIMEOUT_MAX,
	  "seconds that a SIP connection is kept without a message")
PARAM_INT(direct_signalling, "net.pollux.sip_direct_signalling", 1, 0, 1,
	  "SIP calls come from the registrar only")

#define VERSION "SIP/2.0 "

struct request {
	struct ct_help *h;
	struct ct_sip_msg *m;
	struct ct_sip *sip;
	uint32_t cseq, code; /* code: 0 in requests */
};

static enum ct_expect_visit
flush_media(struct ct_expect *e, void *arg)
{
	return e->class != CT_SIP_SIGNALLING ? CT_EXPECT_REMOVE : CT_EXPECT_KEEP;
}

static enum ct_expect_visit
flush_signalling(struct ct_expect *e, void *arg)
{
	return e->class == CT_SIP_SIGNALLING ? CT_EXPECT_REMOVE_STOP : CT_EXPECT_KEEP;
}

static bool
is_success(const struct request *r)
{
	return r->code >= 200 && r->code <= 299;
}

static bool
is_provisional(const struct request *r)
{
	return r->code >= 100 && r->code <= 199;
}

static verdict_t
with_media(const struct request *r)
{
	return ct_sip_sdp(r->m);
}

static verdict_t
invite(const struct request *r)
{
	verdict_t v;

	ct_expect_visit(r->h->ctx->lane, r->h->ct, flush_media, NULL);
	v = with_media(r);
	if (v == VERDICT_ACCEPT)
		__atomic_store_n(&r->sip->invite_cseq, r->cseq, __ATOMIC_RELAXED);
	return v;
}

static verdict_t
invite_answered(const struct request *r)
{
	if (is_provisional(r) || is_success(r))
		return with_media(r);
	if (__atomic_load_n(&r->sip->invite_cseq, __ATOMIC_RELAXED) == r->cseq)
		ct_expect_visit(r->h->ctx->lane, r->h->ct, flush_media, NULL);
	return VERDICT_ACCEPT;
}

static verdict_t
bye(const struct request *r)
{
	ct_expect_visit(r->h->ctx->lane, r->h->ct, flush_media, NULL);
	return VERDICT_ACCEPT;
}

static uint32_t
expires_header(const struct ct_sip_msg *m)
{
	struct ct_sip_at at;
	uint32_t n;

	return ct_sip_header(m, 0, CT_SIP_EXPIRES, &at) > 0 && ct_sip_number(m, at.off, &n) ? n : 0;
}

/* Inactive until the registrar agrees. */
static verdict_t
expect_calls(const struct request *r, const struct ct_sip_contact *c, uint8_t proto)
{
	struct ct_help *h = r->h;
	struct ct_tuple other = ct_tuple(h->ct, !h->dir);
	struct ct_expect e;

	ct_expect_init(&e, h->ct, CT_SIP_SIGNALLING,
		       param_get(&direct_signalling) ? &other.src : NULL, &c->uri.addr, proto, NULL,
		       c->uri.port);
	e.helper = h->ct->ext->helper;
	e.flags = CT_EXPECT_PERMANENT | CT_EXPECT_INACTIVE;
	if (ct_help_translated(h))
		return ct_nat_ops->sip->contact(r->m, &e, c->uri.at);
	return ct_help_announce(h, CT_SAID_NOTHING, 0, 0, &e);
}

static verdict_t
registers(const struct request *r)
{
	struct ct_tuple mine = ct_tuple(r->h->ct, r->h->dir);
	struct ct_sip_contact c = { .next = 0 };
	uint32_t expires = expires_header(r->m), behind;
	verdict_t v = VERDICT_ACCEPT;
	uint8_t proto;

	/* What was expected may not expect anybody. */
	if (ct_status(r->h->ct) & CT_EXPECTED || !ct_sip_contact(r->m, &c))
		return VERDICT_ACCEPT;
	behind = c.uri.at.off + c.uri.at.len;
	/* Nobody registers for others. */
	if (memcmp(&mine.src, &c.uri.addr, sizeof(c.uri.addr)) != 0 ||
	    !ct_sip_transport(r->m, behind, &proto))
		return VERDICT_ACCEPT;
	if (ct_sip_parameter(r->m, behind, "expires=", NULL, &expires) < 0)
		return ct_help_drop();
	if (expires != 0)
		v = expect_calls(r, &c, proto);
	if (v == VERDICT_ACCEPT)
		__atomic_store_n(&r->sip->register_cseq, r->cseq, __ATOMIC_RELAXED);
	return v;
}

struct refresh {
	union ct_addr addr;
	uint16_t port;
	uint8_t proto;
	uint32_t expires; /* ct_time */
	bool done;
};

static enum ct_expect_visit
refresh_signalling(struct ct_expect *e, void *arg)
{
	struct refresh *f = arg;

	if (e->class != CT_SIP_SIGNALLING || e->tuple.proto != f->proto ||
	    e->tuple.dport != f->port || memcmp(&e->tuple.dst, &f->addr, sizeof(f->addr)) != 0)
		return CT_EXPECT_KEEP;
	e->expires = f->expires;
	e->flags &= ~CT_EXPECT_INACTIVE;
	f->done = true;
	return CT_EXPECT_STOP;
}

enum binding { OF_OTHERS, GOOD, NONSENSE, OVER };

/* What the registrar says of that contact. */
static enum binding
binding(const struct request *r, const struct ct_sip_contact *c, uint32_t expires)
{
	struct ct_tuple mine = ct_tuple(r->h->ct, r->h->dir);
	struct refresh f = { .addr = c->uri.addr, .port = c->uri.port };
	uint32_t behind = c->uri.at.off + c->uri.at.len;

	if (memcmp(&mine.dst, &c->uri.addr, sizeof(f.addr)) != 0 ||
	    !ct_sip_transport(r->m, behind, &f.proto))
		return OF_OTHERS;
	if (ct_sip_parameter(r->m, behind, "expires=", NULL, &expires) < 0)
		return NONSENSE;
	if (expires == 0)
		return OVER;
	f.expires = r->h->now + ct_seconds(expires);
	ct_expect_visit(r->h->ctx->lane, r->h->ct, refresh_signalling, &f);
	return f.done ? GOOD : OF_OTHERS;
}

static verdict_t
register_answered(const struct request *r)
{
	struct ct_sip_contact c = { .next = 0 };
	uint32_t expires = expires_header(r->m);

	if (__atomic_load_n(&r->sip->register_cseq, __ATOMIC_RELAXED) != r->cseq ||
	    is_provisional(r))
		return VERDICT_ACCEPT;
	while (is_success(r) && ct_sip_contact(r->m, &c)) {
		switch (binding(r, &c, expires)) {
		case OF_OTHERS:
			continue;
		case GOOD:
			return VERDICT_ACCEPT;
		case NONSENSE:
			return ct_help_drop();
		case OVER:
			break;
		}
		break;
	}
	ct_expect_visit(r->h->ctx->lane, r->h->ct, flush_signalling, NULL);
	return VERDICT_ACCEPT;
}

static const struct {
	const char *method;
	verdict_t (*request)(const struct request *r);
	verdict_t (*answer)(const struct request *r);
} methods[] = {
	{ "INVITE", invite, invite_answered },
	{ "UPDATE", with_media, invite_answered },
	{ "ACK", with_media, NULL },
	{ "PRACK", with_media, invite_answered },
	{ "BYE", bye, NULL },
	{ "REGISTER", registers, register_answered },
};

/* The sequence number. false: there is none. */
static bool
read_cseq(struct request *r, struct ct_sip_at *at)
{
	return ct_sip_header(r->m, 0, CT_SIP_CSEQ, at) > 0 &&
	       ct_sip_number(r->m, at->off, &r->cseq);
}

/* Some phones send from one port and listen on another, which their Via names. */
static void
note_port(const struct request *r)
{
	struct ct_tuple mine = ct_tuple(r->h->ct, r->h->dir);
	struct ct_sip_uri via;

	if (ct_sip_uri(r->m, CT_SIP_VIA_UDP, &via) && via.port != mine.sport &&
	    memcmp(&via.addr, &mine.src, sizeof(via.addr)) == 0)
		__atomic_store_n(&r->sip->answers_to, via.port, __ATOMIC_RELAXED);
}

static verdict_t
read_request(struct request *r)
{
	const char *text = r->m->text, *end = r->m->end;

	note_port(r);
	for (unsigned i = 0; i < RTE_DIM(methods); i++) {
		size_t len = strlen(methods[i].method);
		struct ct_sip_at at;

		if (end - text < (ptrdiff_t)len + 2 || !ct_text_is(text, end, methods[i].method) ||
		    text[len] != ' ' || !isalpha((unsigned char)text[len + 1]))
			continue;
		return read_cseq(r, &at) ? methods[i].request(r) : ct_help_drop();
	}
	return VERDICT_ACCEPT;
}

static verdict_t
read_answer(struct request *r)
{
	const char *method;
	struct ct_sip_at at;

	if (r->m->end - r->m->text < (ptrdiff_t)strlen(VERSION "200"))
		return VERDICT_ACCEPT;
	if (!ct_sip_number(r->m, strlen(VERSION), &r->code) || r->code == 0 || !read_cseq(r, &at))
		return ct_help_drop();
	method = r->m->text + at.off + at.len + 1;
	for (unsigned i = 0; i < RTE_DIM(methods); i++)
		if (methods[i].answer != NULL && method < r->m->end &&
		    ct_text_is(method, r->m->end, methods[i].method))
			return methods[i].answer(r);
	return VERDICT_ACCEPT;
}

/* The message of one bytes that begins at off of the data. *one: how long it is then. */
static verdict_t
read_message(struct ct_help *h, const char *text, uint32_t off, uint32_t *one)
{
	struct ct_sip_msg m = { .text = text + off,
				.end = text + off + *one,
				.family = h->ct->family,
				.proto = h->ct->proto,
				.h = h,
				.off = off };
	struct request r = { .h = h, .m = &m, .sip = (struct ct_sip *)h->ct->ext->helper_data };
	verdict_t v = ct_text_is(m.text, m.end, VERSION) ? read_answer(&r) : read_request(&r);

	if (v == VERDICT_ACCEPT && ct_help_translated(h))
		v = ct_nat_ops->sip->message(&m);
	*one = m.end - m.text;
	return v;
}

static verdict_t
sip_udp(struct ct_help *h)
{
	const char *text;
	uint32_t len;

	if (ct_help_data(h) == 0)
		return VERDICT_ACCEPT;
	ct_help_refresh(h, param_get(&sip_timeout));
	text = ct_help_text(h, &len);
	return text != NULL ? read_message(h, text, 0, &len) : ct_help_drop();
}

/* How long the message is that text begins with; 0: it is not whole. */
static uint32_t
message_length(struct ct_help *h, const char *text, uint32_t len)
{
	struct ct_sip_msg m = { .text = text, .end = text + len, .family = h->ct->family };
	const char *body, *behind;
	struct ct_sip_at at;
	uint64_t n;

	if (ct_sip_header(&m, 0, CT_SIP_CONTENT_LENGTH, &at) <= 0)
		return 0;
	n = ct_text_number(text + at.off, m.end, &behind);
	body = memmem(behind, m.end - behind, "\r\n\r\n", 4);
	if (body == NULL || n > (uint64_t)(m.end - body - 4))
		return 0;
	return body + 4 + n - text;
}

static verdict_t
read_messages(struct ct_help *h, const char *text, uint32_t len)
{
	verdict_t v = VERDICT_ACCEPT;
	uint32_t was = len, one;

	for (uint32_t off = 0; v == VERDICT_ACCEPT && off < len && text != NULL; off += one) {
		one = message_length(h, text + off, len - off);
		if (one == 0)
			break;
		v = read_message(h, text, off, &one);
		text = ct_help_text(h, &len);
	}
	if (v == VERDICT_ACCEPT && len != was)
		ct_nat_ops->sip->shift(h, len - was);
	return v;
}

static verdict_t
sip_tcp(struct ct_help *h)
{
	const char *text;
	uint32_t len;

	if ((h->info != CT_INFO_ESTABLISHED && h->info != CT_INFO_ESTABLISHED_REPLY) ||
	    ct_help_data(h) == 0)
		return VERDICT_ACCEPT;
	ct_help_refresh(h, param_get(&sip_timeout));
	text = ct_help_text(h, &len);
	return text != NULL ? read_messages(h, text, len) : ct_help_drop();
}

static const struct ct_expect_policy policy[] = {
	[CT_SIP_SIGNALLING] = { .name = "signalling", .max = 1, .timeout = 180 },
	[CT_SIP_AUDIO] = { .name = "audio", .max = 4, .timeout = 180 },
	[CT_SIP_VIDEO] = { .name = "video", .max = 4, .timeout = 180 },
	[CT_SIP_IMAGE] = { .name = "image", .max = 2, .timeout = 180 },
};

static struct ct_helper over_udp = {
	.name = "sip",
	.proto = IPPROTO_UDP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.policy = policy,
	.nb_classes = RTE_DIM(policy),
	.help = sip_udp,
};

static struct ct_helper over_tcp = {
	.name = "sip",
	.proto = IPPROTO_TCP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.policy = policy,
	.nb_classes = RTE_DIM(policy),
	.help = sip_tcp,
};

CT_HELPER_REGISTER(over_udp)
CT_HELPER_REGISTER(over_tcp)
