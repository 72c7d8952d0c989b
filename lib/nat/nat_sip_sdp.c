/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptions of sessions: media come to where the other side sees the connection, at the same pair of ports if
 * nobody expects something there. Whatever changes, Content-Length follows; a message without is dropped.
 */
#include <errno.h>
#include <stdio.h>

#include "nat_follow.h"
#include "nat_sip.h"

static bool
set_length(struct ct_sip_msg *m)
{
	char text[sizeof("65536")];
	struct ct_sip_at at;
	uint32_t start;

	if (!ct_sip_sdp_start(m, &start) || ct_sip_header(m, 0, CT_SIP_CONTENT_LENGTH, &at) <= 0)
		return false;
	start -= strlen("v=");
	return nat_sip_replace(
		m, at, text,
		snprintf(text, sizeof(text), "%u", (unsigned)(m->end - m->text) - start));
}

bool
nat_sip_sdp_port(struct ct_sip_msg *m, struct ct_sip_at at, uint16_t port)
{
	char text[sizeof("65535")];

	return nat_sip_replace(m, at, text, snprintf(text, sizeof(text), "%u", port)) &&
	       set_length(m);
}

/* 0; -ENOENT: there is no such line. */
static int
set_addr(struct ct_sip_msg *m, uint32_t off, const char *word, const union ct_addr *addr)
{
	char text[NAT_SIP_TEXT];
	union ct_addr was;
	struct ct_sip_at at;

	if (!ct_sip_sdp_addr(m, off, word, &at, &was))
		return -ENOENT;
	return nat_sip_replace(m, at, text, nat_sip_text(text, m->family, addr, false, 0))
		       ? 0
		       : -ENOSPC;
}

bool
nat_sip_sdp_addr(struct ct_sip_msg *m, uint32_t off, const union ct_addr *addr)
{
	return set_addr(m, off, "c=", addr) == 0 && set_length(m);
}

/* Its owner must be there; its address need not, when each medium has one. */
bool
nat_sip_sdp_session(struct ct_sip_msg *m, uint32_t off, const union ct_addr *addr)
{
	int rc;

	if (set_addr(m, off, "o=", addr) != 0)
		return false;
	rc = set_addr(m, off, "c=", addr);
	return (rc == 0 || rc == -ENOENT) && set_length(m);
}

static int
add(const struct ct_help *h, const struct ct_expect *e)
{
	uint32_t seconds = h->ct->ext->helper->policy[e->class].timeout;

	return ct_expect_add_once(h->ctx->lane, e, seconds, h->now);
}

/* Both at that port and the next: 0, or what is wrong with one. */
static int
add_pair(const struct ct_help *h, struct ct_expect pair[2], unsigned port)
{
	int rc;

	pair[0].tuple.dport = rte_cpu_to_be_16(port);
	pair[1].tuple.dport = rte_cpu_to_be_16(port + 1);
	rc = add(h, &pair[0]);
	if (rc != 0)
		return rc;
	rc = add(h, &pair[1]);
	if (rc != 0)
		nat_unexpect(h, &pair[0]);
	return rc;
}

verdict_t
nat_sip_media(struct ct_sip_msg *m, struct ct_expect pair[2], struct ct_sip_at at,
	      union ct_addr *addr)
{
	const struct ct_help *h = m->h;
	unsigned port = rte_be_to_cpu_16(pair[0].tuple.dport);
	int rc = -EBUSY;

	*addr = nat_sip_seen(h, &pair[0].tuple.dst);
	for (unsigned i = 0; i < 2; i++) {
		pair[i].saved_addr = pair[i].tuple.dst;
		pair[i].saved_port = pair[i].tuple.dport;
		pair[i].tuple.dst = *addr;
		pair[i].dir = !h->dir;
		pair[i].expected = nat_sip_expected;
	}
	for (; port <= UINT16_MAX && rc == -EBUSY; port += 2)
		rc = add_pair(h, pair, port);
	if (rc != 0)
		return ct_help_drop();
	if (pair[0].tuple.dport == pair[0].saved_port ||
	    nat_sip_sdp_port(m, at, rte_be_to_cpu_16(pair[0].tuple.dport)))
		return VERDICT_ACCEPT;
	nat_unexpect(h, &pair[0]);
	nat_unexpect(h, &pair[1]);
	return ct_help_drop();
}
