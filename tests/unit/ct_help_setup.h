/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection with a helper, by hand: 10.1.0.2 (fd01::2) port 1024 asked 10.2.0.2 (fd02::2). Tests let either side
 * say something and look at who is expected then.
 */
#pragma once

#include "eal.h"

#include <arpa/inet.h>

#include <rte_tcp.h>

#include "ct_ext.h"
#include "ct_helper.h"
#include "ct_stat.h"
#include "pkt_guard.h"

#define CLIENT 1024

struct conn {
	struct ct6 ct;
	struct ct_ext ext;
};

static struct conn master, child;
static uint32_t now; /* tests move it on */
/* Set by tests that look at the packet, and what the helper said of it; its L4 bytes before. */
static void (*say_look)(const struct ct_help *h, verdict_t v);
static uint32_t said_l4_len;

static inline union ct_addr
addr_of(const char *text)
{
	union ct_addr a = { .q = { 0, 0 } };

	assert_int_equal(inet_pton(strchr(text, ':') != NULL ? AF_INET6 : AF_INET, text, &a), 1);
	return a;
}

static inline struct ct_tuple
tuple(const char *src, unsigned sport, const char *dst, unsigned dport, uint8_t proto)
{
	return (struct ct_tuple){ .src = addr_of(src),
				  .dst = addr_of(dst),
				  .sport = htons(sport),
				  .dport = htons(dport),
				  .proto = proto,
				  .family = strchr(src, ':') != NULL ? AF_INET6 : AF_INET };
}

static inline void
make_conn(struct conn *c, const struct ct_tuple *t)
{
	struct ct_tuple reply = *t;

	memset(c, 0, sizeof(*c));
	reply.src = t->dst;
	reply.dst = t->src;
	reply.sport = t->dport;
	reply.dport = t->sport;
	c->ct.ct.family = t->family;
	c->ct.ct.proto = t->proto;
	ct_tuple_set(&c->ct.ct, CT_ORIGINAL, t);
	ct_tuple_set(&c->ct.ct, CT_REPLY, &reply);
	c->ct.ct.ext = &c->ext;
}

/* The master, with that helper. */
static inline void
begin(uint8_t family, const char *name, uint8_t proto, unsigned port)
{
	bool six = family == AF_INET6;
	struct ct_tuple t = tuple(six ? "fd01::2" : "10.1.0.2", CLIENT,
				  six ? "fd02::2" : "10.2.0.2", port, proto);
	const struct ct_helper *h = ct_helper_find(name, six ? HOOK_IP6 : HOOK_IP4, proto);

	now = RTE_MAX(now, ct_time(clock_ms()));
	ct_expect_remove(NULL, NULL);
	make_conn(&master, &t);
	master.ct.ct.status = CT_CONFIRMED | CT_SEEN_REPLY;
	/* Refreshed, it would tell the sweep that it ends earlier. */
	master.ct.ct.expires = now;
	assert_non_null(h);
	assert_true(ct_helper_set(&master.ct.ct, h, 0));
	assert_int_equal(master.ct.ct.status & CT_HELPER, CT_HELPER);
}

/* What the helper says of len bytes by that side, in a chain of so many bytes a segment (0: one segment). */
static inline verdict_t
say_bytes(enum ct_dir dir, uint32_t seq, const void *bytes, unsigned len, unsigned segment)
{
	struct hook_ctx ctx = { .family = HOOK_IP4, .point = HOOK_POSTROUTING };
	struct rte_mbuf *m = pkt_alloc(0), *last = m;
	struct ct *ct = &master.ct.ct;
	struct ct_help h = { .ctx = &ctx,
			     .m = m,
			     .ct = ct,
			     .now = now,
			     .dir = dir,
			     .info = dir == CT_REPLY ? CT_INFO_ESTABLISHED_REPLY
						     : CT_INFO_ESTABLISHED };
	unsigned l3 = ct->family == AF_INET6 ? 40 : 20, l4 = ct->proto == IPPROTO_TCP ? 20 : 8;
	uint8_t *head = (uint8_t *)rte_pktmbuf_append(m, 14 + l3 + l4);
	verdict_t v;

	memset(head, 0, 14 + l3 + l4);
	if (ct->proto == IPPROTO_TCP) {
		struct rte_tcp_hdr *tcp = (void *)(head + 14 + l3);

		tcp->sent_seq = htonl(seq);
		tcp->data_off = 5 << 4;
	}
	*pkt(m) = (struct pkt){ .family = ct->family,
				.proto = ct->proto,
				.flags = PKT_L4,
				.l3 = 14,
				.l4 = 14 + l3,
				.len = l3 + l4 + len };
	for (unsigned done = 0, n; done < len; done += n) {
		n = segment == 0 ? len : RTE_MIN(segment, len - done);
		if (done != 0) {
			last->next = pkt_alloc(0);
			last = last->next;
			m->nb_segs++;
		}
		memcpy(rte_pktmbuf_mtod_offset(last, char *, last->data_len),
		       (const char *)bytes + done, n);
		last->data_len += n;
	}
	for (struct rte_mbuf *i = m; i != NULL; i = i->next)
		pkt_guard(i);
	m->pkt_len = 14 + l3 + l4 + len;
	said_l4_len = pkt_l4_len(m);
	v = master.ext.helper->help(&h);
	if (say_look != NULL)
		say_look(&h, v);
	rte_pktmbuf_free(m);
	return v;
}

static inline verdict_t
say_at(enum ct_dir dir, uint32_t seq, const char *text)
{
	return say_bytes(dir, seq, text, strlen(text), 0);
}

/* Is a new flow of that tuple expected? It stays in child. */
static inline bool
meets(const struct ct_tuple *t)
{
	make_conn(&child, t);
	return ct_expect_meet(0, &child.ct.ct, t, now);
}

static inline bool
expected(const char *src, unsigned sport, const char *dst, unsigned dport, uint8_t proto)
{
	struct ct_tuple t = tuple(src, sport, dst, dport, proto);

	return meets(&t);
}
