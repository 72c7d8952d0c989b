/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptions of sessions: each medium goes to a port (RTP, RTCP is one above) of its own address or the session's:
 *	c=IN IP4 10.1.0.2
 *	m=audio 8000 RTP/AVP 0
 */
#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "base_param.h"
#include "ct_nat_ops.h"
#include "ct_sip.h"
#include "ct_text.h"

#define MEDIA_MAX 3 /* that are announced */

PARAM_INT(direct_media, "net.pollux.sip_direct_media", 1, 0, 1,
	  "SIP media come from the address that signals, and go to it")

static const struct {
	const char *word;
	uint8_t class;
} types[] = {
	{ "audio ", CT_SIP_AUDIO },
	{ "video ", CT_SIP_VIDEO },
	{ "image ", CT_SIP_IMAGE },
};

/* Behind the next line that begins with word; one with until ends the search. NULL: no such. */
static const char *
line(const struct ct_sip_msg *m, const char *p, const char *word, const char *until)
{
	for (; p < m->end; p++) {
		if (*p != '\r' && *p != '\n')
			continue;
		if (++p >= m->end || (p[-1] == '\r' && *p == '\n' && ++p >= m->end))
			return NULL;
		if (until != NULL && ct_text_is(p, m->end, until))
			return NULL;
		if (ct_text_is(p, m->end, word))
			return p + strlen(word);
	}
	return NULL;
}

/* The address of a connection line, before the next medium. */
static bool
connection(const struct ct_sip_msg *m, const char *p, union ct_addr *a)
{
	const char *word = m->family == AF_INET ? "IN IP4 " : "IN IP6 ";
	size_t len = strlen(word);

	p = line(m, p, "c=", "m=");
	if (p == NULL)
		return false;
	for (; m->end - p > (ptrdiff_t)len && *p != '\r' && *p != '\n'; p++) {
		if (strncmp(p, word, len) != 0)
			continue;
		p += len;
		if (m->family == AF_INET6 && *p == '[')
			p++;
		return ct_text_addr(p, m->end, m->family, a) != NULL;
	}
	return false;
}

/* Is a medium line's content a word and a number? */
static bool
is_medium(const struct ct_sip_msg *m, const char *p)
{
	while (p < m->end && isalpha((unsigned char)*p))
		p++;
	return p < m->end && *p == ' ';
}

/* The same medium by another connection of SIP: both ends of a call that passes twice. */
static bool
announced(const struct ct_help *h, const struct ct_expect *e)
{
	struct ct_tuple t = e->tuple;
	struct ct_expect other;

	t.sport = 0;
	t.zone = ct_expect_zone(h->ct);
	return ct_expect_find(&t, h->now, &other) && other.master != h->ct &&
	       other.master->ext->helper == h->ct->ext->helper && other.class == e->class;
}

static bool
add_once(struct ct_help *h, const struct ct_expect *e, bool *fresh)
{
	uint32_t seconds = h->ct->ext->helper->policy[e->class].timeout;
	int rc = ct_expect_add_once(h->ctx->lane, e, seconds, h->now);

	*fresh = rc == 0;
	return rc == 0 || rc == -EALREADY;
}

static verdict_t
add_pair(struct ct_help *h, struct ct_expect *rtp)
{
	struct ct_expect rtcp;
	bool fresh, any;

	rtp->tuple.dport &= RTE_BE16(0xfffe);
	rtcp = *rtp;
	rtcp.tuple.dport |= RTE_BE16(1);
	if (!add_once(h, rtp, &fresh))
		return ct_help_drop();
	if (add_once(h, &rtcp, &any))
		return VERDICT_ACCEPT;
	if (fresh)
		ct_expect_cancel(h->ctx->lane, &rtp->tuple, h->now);
	return ct_help_drop();
}

static verdict_t
announce(struct ct_help *h, const union ct_addr *to, uint16_t port, unsigned class,
	 struct ct_sip_at at)
{
	struct ct_tuple mine = ct_tuple(h->ct, h->dir), other = ct_tuple(h->ct, !h->dir);
	bool direct = param_get(&direct_media);
	struct ct_expect e;

	if (direct && memcmp(to, &mine.src, sizeof(*to)) != 0)
		return VERDICT_ACCEPT;
	ct_expect_init(&e, h->ct, class, direct ? &other.src : NULL, to, IPPROTO_UDP, NULL,
		       rte_cpu_to_be_16(port));
	if (announced(h, &e))
		return VERDICT_ACCEPT;
	if (ct_help_translated(h))
		return ct_nat_ops->announce(h, CT_SAID_SIP_MEDIA, at.off, at.len, &e);
	return add_pair(h, &e);
}

/* p: behind a medium's type, its port. */
static verdict_t
medium(struct ct_help *h, const struct ct_sip_msg *m, const char *p, unsigned class,
       const union ct_addr *session)
{
	const char *behind;
	uint64_t port = ct_text_number(p, m->end, &behind);
	struct ct_sip_at at = { p - m->text, behind - p };
	union ct_addr own;

	if (port < 1024 || port > UINT16_MAX)
		return ct_help_drop();
	if (connection(m, p, &own))
		return announce(h, &own, port, class, at);
	return session != NULL ? announce(h, session, port, class, at) : ct_help_drop();
}

verdict_t
ct_sip_sdp(struct ct_help *h, const struct ct_sip_msg *m)
{
	const char *start = line(m, m->text, "v=", NULL), *p;
	union ct_addr session;
	bool has_session;
	unsigned done = 0;
	verdict_t v = VERDICT_ACCEPT;

	if (start == NULL || start >= m->end || !ct_text_digit(*start))
		return VERDICT_ACCEPT;
	has_session = connection(m, start, &session);
	for (p = line(m, start, "m=", NULL); p != NULL && is_medium(m, p) && done < MEDIA_MAX;
	     p = line(m, p, "m=", NULL)) {
		for (unsigned i = 0; i < RTE_DIM(types) && v == VERDICT_ACCEPT; i++) {
			const char *port = p + strlen(types[i].word);
			uint32_t n;

			/* Port 0 is a medium that is not used. */
			if (!ct_text_is_exactly(p, m->end, types[i].word) ||
			    !ct_sip_number(m, port - m->text, &n) || n == 0)
				continue;
			v = medium(h, m, port, types[i].class, has_session ? &session : NULL);
			done++;
		}
		if (v != VERDICT_ACCEPT)
			break;
	}
	return v;
}
