/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SIP: what a message names of the connection's two ends becomes what the other side knows: the request's URI, Via with
 * its parameters, Contact, From and To. All else is left alone.
 */
#include <stdio.h>

#include <rte_udp.h>

#include "ct_text.h"
#include "nat_follow.h"
#include "nat_help.h"
#include "nat_mangle.h"
#include "nat_sip.h"

bool
nat_sip_replace(struct ct_sip_msg *m, struct ct_sip_at at, const char *text, unsigned len)
{
	uint32_t all, was = m->end - m->text;

	if (!nat_mangle(m->h, m->off + at.off, at.len, text, len))
		return false;
	m->text = ct_help_text(m->h, &all);
	if (m->text == NULL)
		return false;
	m->text += m->off;
	m->end = m->text + was + len - at.len;
	return true;
}

unsigned
nat_sip_text(char text[NAT_SIP_TEXT], uint8_t family, const union ct_addr *a, bool brackets,
	     uint16_t port)
{
	char addr[INET6_ADDRSTRLEN];
	bool six = family == AF_INET6 && brackets;
	unsigned len;

	inet_ntop(family, a, addr, sizeof(addr));
	len = snprintf(text, NAT_SIP_TEXT, six ? "[%s]" : "%s", addr);
	if (port != 0)
		len += snprintf(text + len, NAT_SIP_TEXT - len, ":%u", rte_be_to_cpu_16(port));
	return len;
}

static bool
same(const union ct_addr *a, const union ct_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

union ct_addr
nat_sip_seen(const struct ct_help *h, const union ct_addr *a)
{
	struct ct_tuple mine = ct_tuple(h->ct, h->dir);
	union ct_addr seen = nat_seen_from(h->ct, h->dir);

	return same(&mine.src, &seen) ? *a : seen;
}

static uint16_t
answers_to(const struct ct_help *h)
{
	const struct ct_sip *s = (const struct ct_sip *)h->ct->ext->helper_data;

	return __atomic_load_n(&s->answers_to, __ATOMIC_RELAXED);
}

/* One of the two ends becomes what the other side knows. false: it could not be put in. */
static bool
map(struct ct_sip_msg *m, const struct ct_sip_uri *u)
{
	struct ct_tuple mine = ct_tuple(m->h->ct, m->h->dir),
			other = ct_tuple(m->h->ct, !m->h->dir);
	char text[NAT_SIP_TEXT];
	union ct_addr addr;
	uint16_t port;

	if (same(&mine.src, &u->addr) && mine.sport == u->port) {
		addr = other.dst;
		port = other.dport;
	} else if (same(&mine.dst, &u->addr) && mine.dport == u->port) {
		addr = other.src;
		port = answers_to(m->h) != 0 ? answers_to(m->h) : other.sport;
	} else {
		return true;
	}
	if (same(&addr, &u->addr) && port == u->port)
		return true;
	return nat_sip_replace(m, u->at, text, nat_sip_text(text, m->family, &addr, true, port));
}

/* A parameter of Via that is from becomes to. */
static bool
map_parameter(struct ct_sip_msg *m, uint32_t off, const char *name, bool brackets,
	      const union ct_addr *from, const union ct_addr *to)
{
	char text[NAT_SIP_TEXT];
	union ct_addr addr;
	struct ct_sip_at at;

	if (!ct_sip_address_parameter(m, off, name, brackets, &at, &addr) || !same(&addr, from) ||
	    same(&addr, to))
		return true;
	return nat_sip_replace(m, at, text, nat_sip_text(text, m->family, to, brackets, 0));
}

static bool
map_rport(struct ct_sip_msg *m, uint32_t off, uint16_t from, uint16_t to)
{
	char text[sizeof("65535")];
	struct ct_sip_at at;
	uint32_t n;

	if (ct_sip_parameter(m, off, "rport=", &at, &n) <= 0 || rte_cpu_to_be_16(n) != from ||
	    from == to)
		return true;
	return nat_sip_replace(m, at, text,
			       snprintf(text, sizeof(text), "%u", rte_be_to_cpu_16(to)));
}

/* The topmost Via, if it names who sent the request. */
static bool
map_via(struct ct_sip_msg *m, bool request)
{
	struct ct_tuple mine = ct_tuple(m->h->ct, m->h->dir),
			other = ct_tuple(m->h->ct, !m->h->dir);
	uint32_t behind, was = m->end - m->text;
	struct ct_sip_uri via;

	if (!ct_sip_uri(m, m->proto == IPPROTO_TCP ? CT_SIP_VIA_TCP : CT_SIP_VIA_UDP, &via) ||
	    !same(&via.addr, request ? &mine.src : &mine.dst) ||
	    via.port != (request ? mine.sport : mine.dport))
		return true;
	if (!map(m, &via))
		return false;
	behind = via.at.off + via.at.len + (m->end - m->text) - was;
	return map_parameter(m, behind, "maddr=", true, &mine.src, &other.dst) &&
	       map_parameter(m, behind, "received=", false, &mine.dst, &other.src) &&
	       map_rport(m, behind, mine.dport, other.sport);
}

static bool
map_contacts(struct ct_sip_msg *m)
{
	struct ct_sip_contact c = { .next = 0 };

	while (ct_sip_contact(m, &c))
		if (!map(m, &c.uri))
			return false;
	return true;
}

static bool
map_header(struct ct_sip_msg *m, enum ct_sip_name name)
{
	struct ct_sip_uri u;

	return !ct_sip_uri(m, name, &u) || map(m, &u);
}

/* The phone listens elsewhere than it sends from. */
static bool
to_its_port(const struct ct_help *h)
{
	struct rte_udp_hdr *udp = pkt_l4(h->m);
	uint16_t port = answers_to(h);

	if (h->dir != CT_REPLY || port == 0 || h->ct->proto != IPPROTO_UDP)
		return true;
	udp->dst_port = pkt(h->m)->dport = port;
	return nat_mangle(h, 0, 0, "", 0);
}

static verdict_t
message(struct ct_sip_msg *m)
{
	bool request = !ct_text_is(m->text, m->end, "SIP/2.0");
	struct ct_sip_uri u;

	if (request && ct_sip_request_uri(m, &u) && !map(m, &u))
		return ct_help_drop();
	return map_via(m, request) && map_contacts(m) && map_header(m, CT_SIP_FROM) &&
			       map_header(m, CT_SIP_TO) && to_its_port(m->h)
		       ? VERDICT_ACCEPT
		       : ct_help_drop();
}

/* A medium of the same master's, by whose other end the connection comes. */
struct paired {
	struct ct_tuple from;
	union ct_addr addr;
	uint16_t port;
	bool found;
};

static enum ct_expect_visit
find_paired(struct ct_expect *e, void *arg)
{
	struct paired *p = arg;

	if (e->tuple.proto != p->from.proto || !same(&e->saved_addr, &p->from.src) ||
	    e->saved_port != p->from.sport)
		return CT_EXPECT_KEEP;
	p->addr = e->tuple.dst;
	p->port = e->tuple.dport;
	p->found = true;
	return CT_EXPECT_STOP;
}

void
nat_sip_expected(unsigned lane, struct ct *ct, const struct ct_expect *e, uint32_t now)
{
	struct ct_tuple master = ct_tuple(e->master, e->dir), other = ct_tuple(e->master, !e->dir);
	struct paired p = { .from = ct_tuple(ct, CT_ORIGINAL) };

	nat_follow_end(lane, ct, &e->saved_addr, &e->saved_port, now, NAT_DST);
	if (e->class != CT_SIP_SIGNALLING)
		ct_expect_visit(lane, e->master, find_paired, &p);
	if (p.found)
		nat_follow_end(lane, ct, &p.addr, &p.port, now, NAT_SRC);
	else if (same(&p.from.src, &master.src))
		nat_follow_end(lane, ct, &other.dst, NULL, now, NAT_SRC);
}

/* Where a phone expects calls: at the address and, if it is the connection's, the port that the registrar sees. */
static verdict_t
contact(struct ct_sip_msg *m, struct ct_expect *e, struct ct_sip_at at)
{
	const struct ct_help *h = m->h;
	struct ct_tuple mine = ct_tuple(h->ct, h->dir), other = ct_tuple(h->ct, !h->dir);
	uint16_t own = answers_to(h) != 0 ? answers_to(h) : mine.sport, port = e->tuple.dport;
	char text[NAT_SIP_TEXT];

	e->saved_addr = e->tuple.dst;
	e->saved_port = e->tuple.dport;
	e->tuple.dst = nat_sip_seen(h, &e->tuple.dst);
	e->dir = !h->dir;
	e->expected = nat_sip_expected;
	if (nat_expect_port(h, e, rte_be_to_cpu_16(port == own ? other.dport : port)) == 0)
		return ct_help_drop();
	if ((same(&e->tuple.dst, &e->saved_addr) && e->tuple.dport == e->saved_port) ||
	    nat_sip_replace(m, at, text,
			    nat_sip_text(text, m->family, &e->tuple.dst, true, e->tuple.dport)))
		return VERDICT_ACCEPT;
	nat_unexpect(h, e);
	return ct_help_drop();
}

const struct ct_nat_sip nat_sip = {
	.contact = contact,
	.media = nat_sip_media,
	.port = nat_sip_sdp_port,
	.addr = nat_sip_sdp_addr,
	.session = nat_sip_sdp_session,
	.message = message,
	.shift = nat_shift,
};
