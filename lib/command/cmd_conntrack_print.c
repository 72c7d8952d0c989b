/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection as a line of `conntrack -L`, and what the other forms share with it. */
#include <inttypes.h>
#include <netinet/in.h>
#include <time.h>

#include "cmd_conntrack_proto.h"

static void
put_addrs(struct str *out, const struct ct_tuple *t)
{
	char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
	struct ip_addr a = conntrack_addr(t, false), b = conntrack_addr(t, true);

	str_printf(out, "src=%s dst=%s ", ip_addr_text(&a, src), ip_addr_text(&b, dst));
}

static void
put_ports(struct str *out, const struct ct_tuple *t)
{
	switch (t->proto) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		str_printf(out, "type=%u code=%u id=%u ", ntohs(t->dport) >> 8,
			   ntohs(t->dport) & 0xff, ntohs(t->sport));
		break;
	case IPPROTO_GRE:
		str_printf(out, "srckey=0x%x dstkey=0x%x ", ntohs(t->sport), ntohs(t->dport));
		break;
	default:
		if (conntrack_proto(t->proto) != NULL)
			str_printf(out, "sport=%u dport=%u ", ntohs(t->sport), ntohs(t->dport));
	}
}

static void
put_tuple(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p,
	  enum ct_dir dir)
{
	const struct ct_tuple *t = &s->tuple[dir];

	put_addrs(out, t);
	put_ports(out, t);
	if (t->zone != 0 && conntrack_zone_dirs(s) == 1u << dir)
		str_printf(out, "zone-%s=%u ", dir == CT_ORIGINAL ? "orig" : "reply", t->zone);
	if (p->parts & CONNTRACK_PART_COUNTERS && s->has & CT_HAS_ACCT)
		str_printf(out, "packets=%" PRIu64 " bytes=%" PRIu64 " ", s->acct[dir].packets,
			   s->acct[dir].bytes);
}

static void
put_date(struct str *out, const char *what, uint64_t ns)
{
	time_t t = ns / 1000000000;
	char text[64];
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &tm);
	str_printf(out, "[%s=%s] ", what, text);
}

uint64_t
conntrack_delta(const struct ct_snapshot *s)
{
	struct timespec now;
	uint64_t stop = s->stop;

	if (stop == 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		stop = now.tv_sec * 1000000000ull + now.tv_nsec;
	}
	/* Whole seconds of both, as the tool subtracts them. */
	return stop / 1000000000 - s->start / 1000000000;
}

static void
put_times(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	if (!(p->parts & CONNTRACK_PART_TIMES) || !(s->has & CT_HAS_TIMESTAMP))
		return;
	str_printf(out, "delta-time=%" PRIu64 " ", conntrack_delta(s));
	if (!(p->output & CONNTRACK_OUT_KTIMESTAMP))
		return;
	if (s->start != 0)
		put_date(out, "start", s->start);
	if (s->stop != 0)
		put_date(out, "stop", s->stop);
}

static void
put_labels(struct str *out, const struct ct_snapshot *s)
{
	const char *name, *comma = "labels=";

	for (unsigned bit = 0; bit < CT_LABEL_BITS; bit++) {
		if (!(s->labels[bit / 64] & 1ull << bit % 64))
			continue;
		name = conntrack_label_name(bit);
		if (name == NULL)
			continue;
		str_printf(out, "%s%s", comma, name);
		comma = ",";
	}
	if (comma[0] == ',')
		str_add(out, " ");
}

static void
put_rest(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	if (s->status & CT_ASSURED)
		str_add(out, "[ASSURED] ");
	if (p->parts & CONNTRACK_PART_MARK)
		str_printf(out, "mark=%u ", s->mark);
	if (conntrack_zone_dirs(s) == (CT_ZONE_ORIG | CT_ZONE_REPLY) &&
	    s->tuple[CT_ORIGINAL].zone != 0)
		str_printf(out, "zone=%u ", s->tuple[CT_ORIGINAL].zone);
	put_times(out, s, p);
	if (p->parts & CONNTRACK_PART_HELPER && s->helper != NULL)
		str_printf(out, "helper=%s ", s->helper);
	if (p->use)
		str_printf(out, "use=%u ", p->refs + s->children);
	if (p->output & CONNTRACK_OUT_ID)
		str_printf(out, "id=%u ", s->id);
	if (p->output & CONNTRACK_OUT_LABELS && p->parts & CONNTRACK_PART_LABELS)
		put_labels(out, s);
}

void
conntrack_line(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	uint8_t proto = s->tuple[CT_ORIGINAL].proto;

	if (p->type != NULL)
		str_printf(out, "%9s ", conntrack_event_name(p->type));
	if (p->output & CONNTRACK_OUT_EXTENDED)
		str_add(out,
			s->tuple[CT_ORIGINAL].family == AF_INET ? "ipv4     2 " : "ipv6     10 ");
	str_printf(out, "%-8s %u ", conntrack_proto_name(proto), proto);
	if (p->parts & CONNTRACK_PART_TIMEOUT)
		str_printf(out, "%u ", s->timeout);
	if (p->parts & CONNTRACK_PART_STATE && s->state != NULL)
		str_printf(out, "%s ", s->state);
	put_tuple(out, s, p, CT_ORIGINAL);
	if (!(s->status & CT_SEEN_REPLY))
		str_add(out, "[UNREPLIED] ");
	put_tuple(out, s, p, CT_REPLY);
	put_rest(out, s, p);
}

void
conntrack_when(struct str *out, uint64_t usec)
{
	str_printf(out, "[%-8" PRIu64 ".%06" PRIu64 "]\t", usec / 1000000, usec % 1000000);
}

void
conntrack_put(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	if (p->output & CONNTRACK_OUT_XML) {
		conntrack_xml(out, s, p);
	} else {
		if (p->output & CONNTRACK_OUT_SAVE)
			conntrack_save(out, s, p);
		else
			conntrack_line(out, s, p);
		/* Every word ends in a blank, the last in none. */
		if (out->len > 0 && out->text[out->len - 1] == ' ')
			out->text[--out->len] = '\0';
	}
	if (p->portid != 0)
		str_printf(out, " [USERSPACE] portid=%u progname=conntrack", p->portid);
	str_add(out, "\n");
}

struct ip_addr
conntrack_addr(const struct ct_tuple *t, bool dst)
{
	const union ct_addr *a = dst ? &t->dst : &t->src;

	return t->family == AF_INET ? ip_addr_v4(a->v4) : ip_addr_v6(a->v6);
}

unsigned
conntrack_zone_dirs(const struct ct_snapshot *s)
{
	return s->zone_dirs != 0 ? s->zone_dirs : CT_ZONE_ORIG | CT_ZONE_REPLY;
}
