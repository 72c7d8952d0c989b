/* SPDX-License-Identifier: BSD-3-Clause */
/* A translated connection as a line. Pure. */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "ct_event.h"
#include "ct_event_read.h"
#include "ct_proto.h"
#include "queue_line.h"
#include "queue_nat.h"

/* The same words in both forms. */
struct forms {
	struct queue_text *text, *json;
};

static void
put_word(struct forms *f, const char *name, const char *value)
{
	queue_text_add(f->text, " %s=%s", name, value);
	queue_text_add(f->json, ",\"%s\":\"%s\"", name, value);
}

static void
put_number(struct forms *f, const char *name, uint64_t value)
{
	queue_text_add(f->text, " %s=%" PRIu64, name, value);
	queue_text_add(f->json, ",\"%s\":%" PRIu64, name, value);
}

static void
put_proto(struct forms *f, const struct ct_tuple *t)
{
	const char *name = ct_proto(t->family == AF_INET ? HOOK_IP4 : HOOK_IP6, t->proto)->name;
	const struct ct_proto *known = ct_proto_by_name(name);

	if (known != NULL && known->proto == t->proto)
		put_word(f, "proto", name);
	else
		put_number(f, "proto", t->proto);
}

static void
put_addr(struct forms *f, const char *name, const union ct_addr *a, uint8_t family)
{
	struct ip_addr addr = family == AF_INET ? ip_addr_v4(a->v4) : ip_addr_v6(a->v6);
	char text[IP_ADDR_TEXT];

	put_word(f, name, ip_addr_text(&addr, text));
}

/* One side: names of source, its port, destination, its port. */
struct names {
	const char *src, *sport, *dst, *dport, *id;
};

static void
put_side(struct forms *f, const struct names *n, const struct ct_tuple *t)
{
	bool icmp = t->proto == IPPROTO_ICMP || t->proto == IPPROTO_ICMPV6;
	bool ports = !icmp && (t->sport | t->dport) != 0;

	put_addr(f, n->src, &t->src, t->family);
	if (ports)
		put_number(f, n->sport, ntohs(t->sport));
	put_addr(f, n->dst, &t->dst, t->family);
	if (ports)
		put_number(f, n->dport, ntohs(t->dport));
	if (icmp)
		put_number(f, n->id, ntohs(t->sport));
}

static void
put_end(struct forms *f, const struct ct_snapshot *s)
{
	if (s->has & CT_HAS_ACCT) {
		put_number(f, "packets", s->acct[CT_ORIGINAL].packets);
		put_number(f, "bytes", s->acct[CT_ORIGINAL].bytes);
		put_number(f, "reply_packets", s->acct[CT_REPLY].packets);
		put_number(f, "reply_bytes", s->acct[CT_REPLY].bytes);
	}
	if (s->has & CT_HAS_TIMESTAMP && s->start != 0 && s->stop >= s->start)
		put_number(f, "seconds", (s->stop - s->start) / 1000000000);
}

void
queue_nat_line(struct queue_text *text, struct queue_text *json, const struct ct_event_record *r)
{
	static const struct names own = { "src", "sport", "dst", "dport", "icmp_id" };
	static const struct names nat = { "nat_src", "nat_sport", "nat_dst", "nat_dport",
					  "nat_icmp_id" };
	const struct ct_tuple *t = &r->flow.tuple[CT_ORIGINAL];
	struct forms f = { text, json };
	bool end = r->log & 1u << CT_EVENT_DESTROY;
	struct ct_tuple out = *t;

	text->len = json->len = 0;
	queue_text_add(text, "nat %s", end ? "end" : "begin");
	queue_text_add(json, "{\"date\":%" PRIu64 ".%06" PRIu64 ",\"event\":\"%s\"",
		       r->usec / 1000000, r->usec % 1000000, end ? "end" : "begin");
	put_number(&f, "id", r->flow.id);
	put_proto(&f, t);
	put_side(&f, &own, t);
	/* The packets as they leave: what the replies answer. */
	ct_invert(&out, &r->flow.tuple[CT_REPLY]);
	put_side(&f, &nat, &out);
	if (t->zone != 0)
		put_number(&f, "zone", t->zone);
	if (end)
		put_end(&f, &r->flow);
	queue_text_add(json, "}");
}
