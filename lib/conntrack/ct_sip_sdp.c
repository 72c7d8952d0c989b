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

bool
ct_sip_sdp_addr(const struct ct_sip_msg *m, uint32_t off, const char *begin, struct ct_sip_at *at,
		union ct_addr *a)
{
	const char *word = m->family == AF_INET ? "IN IP4 " : "IN IP6 ", *behind;
	const char *p = line(m, m->text + off, begin, "m=");
	size_t len = strlen(word);

	if (p == NULL)
		return false;
	for (; m->end - p > (ptrdiff_t)len && *p != '\r' && *p != '\n'; p++) {
		if (strncmp(p, word, len) != 0)
			continue;
		p += len;
		if (m->family == AF_INET6 && *p == '[')
			p++;
		behind = ct_text_addr(p, m->end, m->family, a);
		*at = (struct ct_sip_at){ p - m->text, behind != NULL ? behind - p : 0 };
		return behind != NULL;
	}
	return false;
}

bool
ct_sip_sdp_start(const struct ct_sip_msg *m, uint32_t *off)
{
	const char *p = line(m, m->text, "v=", NULL);

	if (p == NULL || p >= m->end || !ct_text_digit(*p))
		return false;
	*off = p - m->text;
	return true;
}

/* Is a medium line's content a word and a number? */
static bool
is_medium(const struct ct_sip_msg *m, const char *p)
{
	while (p < m->end && isalpha((unsigned char)*p))
		p++;
	return p < m->end && *p == ' ';
}

/*
 * The same medium by another connection of SIP: both ends of a call that passes twice. Where both are translated the ends
 * reach each other directly: e and the text then name where the other connection's medium really is (*direct).
 */
static bool
announced(struct ct_help *h, struct ct_expect *e, bool *direct)
{
	struct ct_expect other;

	for (;;) {
		struct ct_tuple t = e->tuple;

		t.sport = 0;
		t.zone = ct_expect_zone(h->ct);
		if (!ct_expect_find(&t, h->now, &other) || other.master == h->ct ||
		    other.master->ext->helper != h->ct->ext->helper || other.class != e->class)
			return false;
		if (*direct || !ct_help_translated(h) ||
		    (memcmp(&other.saved_addr, &other.tuple.dst, sizeof(t.dst)) == 0 &&
		     other.saved_port == other.tuple.dport))
			return true;
		e->tuple.dst = other.saved_addr;
		e->tuple.dport = other.saved_port;
		*direct = true;
	}
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
add_pair(struct ct_help *h, const struct ct_expect pair[2])
{
	bool fresh, any;

	if (!add_once(h, &pair[0], &fresh))
		return ct_help_drop();
	if (add_once(h, &pair[1], &any))
		return VERDICT_ACCEPT;
	if (fresh)
		ct_expect_cancel(h->ctx->lane, &pair[0].tuple, h->now);
	return ct_help_drop();
}

/* A medium to *to, which becomes where it seems to go. at: its port in the text. */
static verdict_t
announce(struct ct_sip_msg *m, union ct_addr *to, uint16_t port, unsigned class,
	 struct ct_sip_at at)
{
	struct ct_help *h = m->h;
	struct ct_tuple mine = ct_tuple(h->ct, h->dir), other = ct_tuple(h->ct, !h->dir);
	bool only_direct = param_get(&direct_media), direct = false, known;
	struct ct_expect pair[2];

	if (only_direct && memcmp(to, &mine.src, sizeof(*to)) != 0)
		return VERDICT_ACCEPT;
	ct_expect_init(&pair[0], h->ct, class, only_direct ? &other.src : NULL, to, IPPROTO_UDP,
		       NULL, rte_cpu_to_be_16(port));
	known = announced(h, &pair[0], &direct);
	*to = pair[0].tuple.dst;
	pair[0].tuple.dport &= RTE_BE16(0xfffe);
	pair[1] = pair[0];
	pair[1].tuple.dport |= RTE_BE16(1);
	if (direct && !ct_nat_ops->sip->port(m, at, rte_be_to_cpu_16(pair[0].tuple.dport)))
		return ct_help_drop();
	if (known)
		return VERDICT_ACCEPT;
	return ct_help_translated(h) && !direct ? ct_nat_ops->sip->media(m, pair, at, to)
						: add_pair(h, pair);
}

/* off: behind a medium's type, its port. *to: the session's address; becomes the medium's. */
static verdict_t
medium(struct ct_sip_msg *m, uint32_t off, unsigned class, bool has_session, union ct_addr *to)
{
	const char *p = m->text + off, *behind;
	uint64_t port = ct_text_number(p, m->end, &behind);
	struct ct_sip_at at = { off, behind - p }, own_at;
	union ct_addr own;
	verdict_t v;

	if (port < 1024 || port > UINT16_MAX)
		return ct_help_drop();
	if (!ct_sip_sdp_addr(m, off, "c=", &own_at, &own))
		return has_session ? announce(m, to, port, class, at) : ct_help_drop();
	*to = own;
	v = announce(m, to, port, class, at);
	if (v != VERDICT_ACCEPT || !ct_help_translated(m->h))
		return v;
	return ct_nat_ops->sip->addr(m, off, to) ? v : ct_help_drop();
}

/* Behind the type of a medium that is used (its port is not 0): its class. -1: there is none. */
static int
used_medium(const struct ct_sip_msg *m, const char *p, uint32_t *off)
{
	for (unsigned i = 0; i < RTE_DIM(types); i++) {
		uint32_t n, port = p + strlen(types[i].word) - m->text;

		if (!ct_text_is_exactly(p, m->end, types[i].word) || !ct_sip_number(m, port, &n) ||
		    n == 0)
			continue;
		*off = port;
		return types[i].class;
	}
	return -1;
}

verdict_t
ct_sip_sdp(struct ct_sip_msg *m)
{
	union ct_addr session = { .q = { 0, 0 } }, to = session;
	struct ct_sip_at at;
	bool has_session;
	uint32_t start, off;
	unsigned done = 0;
	const char *p;

	if (!ct_sip_sdp_start(m, &start))
		return VERDICT_ACCEPT;
	has_session = ct_sip_sdp_addr(m, start, "c=", &at, &session);
	for (off = start; done < MEDIA_MAX;) {
		int class;
		verdict_t v;

		p = line(m, m->text + off, "m=", NULL);
		if (p == NULL || !is_medium(m, p))
			break;
		off = p - m->text;
		class = used_medium(m, p, &off);
		if (class < 0)
			continue;
		to = session;
		v = medium(m, off, class, has_session, &to);
		if (v != VERDICT_ACCEPT)
			return v;
		done++;
	}
	if (done == 0 || !ct_help_translated(m->h) || ct_nat_ops->sip->session(m, start, &to))
		return VERDICT_ACCEPT;
	return ct_help_drop();
}
