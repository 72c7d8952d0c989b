/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection as the element <flow> of `conntrack -o xml`. */
#include <inttypes.h>
#include <netinet/in.h>
#include <time.h>

#include "cmd_conntrack_proto.h"

/* The tool names the states of all protocols as if they were TCP's. */
static const char *
state_name(const struct ct_snapshot *s)
{
	static const char *const tcp[] = { "NONE",     "SYN_SENT",   "SYN_RECV", "ESTABLISHED",
					   "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT",
					   "CLOSE",    "SYN_SENT2" };

	return s->tuple[CT_ORIGINAL].proto == IPPROTO_SCTP && s->state_number < RTE_DIM(tcp)
		       ? tcp[s->state_number]
		       : s->state;
}

void
conntrack_xml_layer3(struct str *out, const struct ct_tuple *t, bool close)
{
	char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
	struct ip_addr a = conntrack_addr(t, false), b = conntrack_addr(t, true);

	str_printf(out, "<layer3 protonum=\"%u\" protoname=\"%s\">", t->family,
		   t->family == AF_INET ? "ipv4" : "ipv6");
	if (close)
		str_printf(out, "<src>%s</src><dst>%s</dst></layer3>", ip_addr_text(&a, src),
			   ip_addr_text(&b, dst));
}

static void
put_layer4(struct str *out, const struct ct_tuple *t)
{
	str_printf(out, "<layer4 protonum=\"%u\" protoname=\"%s\">", t->proto,
		   conntrack_proto_name(t->proto));
	if (t->proto == IPPROTO_GRE)
		str_printf(out, "<srckey>0x%x</srckey><dstkey>0x%x</dstkey>", ntohs(t->sport),
			   ntohs(t->dport));
	else if (conntrack_proto(t->proto) != NULL && t->proto != IPPROTO_ICMP &&
		 t->proto != IPPROTO_ICMPV6)
		str_printf(out, "<sport>%u</sport><dport>%u</dport>", ntohs(t->sport),
			   ntohs(t->dport));
	str_add(out, "</layer4>");
}

static void
put_direction(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p,
	      enum ct_dir dir)
{
	const struct ct_tuple *t = &s->tuple[dir];

	str_printf(out, "<meta direction=\"%s\">", dir == CT_ORIGINAL ? "original" : "reply");
	conntrack_xml_layer3(out, t, true);
	put_layer4(out, t);
	if (t->zone != 0 && conntrack_zone_dirs(s) == 1u << dir)
		str_printf(out, "<zone>%u</zone>", t->zone);
	if (p->parts & CONNTRACK_PART_COUNTERS && s->has & CT_HAS_ACCT)
		str_printf(out,
			   "<counters><packets>%" PRIu64 "</packets><bytes>%" PRIu64
			   "</bytes></counters>",
			   s->acct[dir].packets, s->acct[dir].bytes);
	str_add(out, "</meta>");
}

static void
put_labels(struct str *out, const struct ct_snapshot *s)
{
	bool any = false;

	for (unsigned bit = 0; bit < CT_LABEL_BITS; bit++) {
		const char *name =
			s->labels[bit / 64] & 1ull << bit % 64 ? conntrack_label_name(bit) : NULL;

		if (name == NULL)
			continue;
		str_printf(out, "%s<label>%s</label>", any ? "" : "<labels>", name);
		any = true;
	}
	if (any)
		str_add(out, "</labels>");
}

static void
put_times(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	if (!(p->parts & CONNTRACK_PART_TIMES) || !(s->has & CT_HAS_TIMESTAMP))
		return;
	if (p->output & CONNTRACK_OUT_KTIMESTAMP) {
		str_printf(out, "<timestamp><start>%" PRIu64 "</start>", s->start);
		if (s->stop != 0)
			str_printf(out, "<stop>%" PRIu64 "</stop>", s->stop);
		str_add(out, "</timestamp>");
	}
	str_printf(out, "<deltatime>%" PRIu64 "</deltatime>", conntrack_delta(s));
}

static void
put_independent(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	str_add(out, "<meta direction=\"independent\">");
	if (p->parts & CONNTRACK_PART_STATE && s->state != NULL)
		str_printf(out, "<state>%s</state>", state_name(s));
	if (p->parts & CONNTRACK_PART_TIMEOUT)
		str_printf(out, "<timeout>%u</timeout>", s->timeout);
	if (p->parts & CONNTRACK_PART_MARK)
		str_printf(out, "<mark>%u</mark>", s->mark);
	if (p->output & CONNTRACK_OUT_LABELS && p->parts & CONNTRACK_PART_LABELS)
		put_labels(out, s);
	if (conntrack_zone_dirs(s) == (CT_ZONE_ORIG | CT_ZONE_REPLY) &&
	    s->tuple[CT_ORIGINAL].zone != 0)
		str_printf(out, "<zone>%u</zone>", s->tuple[CT_ORIGINAL].zone);
	if (p->use)
		str_printf(out, "<use>%u</use>", p->refs + s->children);
	str_printf(out, "<id>%u</id>%s%s", s->id, s->status & CT_ASSURED ? "<assured/>" : "",
		   s->status & CT_SEEN_REPLY ? "" : "<unreplied/>");
	put_times(out, s, p);
	str_add(out, "</meta>");
}

static void
put_when(struct str *out, uint64_t usec)
{
	time_t t = usec / 1000000;
	struct tm tm;

	localtime_r(&t, &tm);
	str_printf(out,
		   "<when><hour>%02d</hour><min>%02d</min><sec>%02d</sec><wday>%d</wday>"
		   "<day>%d</day><month>%d</month><year>%d</year></when>",
		   tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday + 1, tm.tm_mday, tm.tm_mon + 1,
		   tm.tm_year + 1900);
}

void
conntrack_xml(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	if (p->type != NULL)
		str_printf(out, "<flow type=\"%s\">", p->type);
	else
		str_add(out, "<flow>");
	put_direction(out, s, p, CT_ORIGINAL);
	put_direction(out, s, p, CT_REPLY);
	put_independent(out, s, p);
	if (p->parts & CONNTRACK_PART_HELPER && s->helper != NULL)
		str_printf(out, "<helper>%s</helper>", s->helper);
	if (p->type != NULL && p->output & CONNTRACK_OUT_TIMESTAMP)
		put_when(out, p->usec);
	str_add(out, "</flow>");
}
