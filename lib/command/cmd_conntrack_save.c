/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection as the command that makes it: `conntrack -o save`. */
#include <netinet/in.h>

#include "cmd_conntrack_proto.h"

static void
put_status(struct str *out, uint32_t status)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} bits[] = {
		{ CT_EXPECTED, "EXPECTED" },
		{ CT_SEEN_REPLY, "SEEN_REPLY" },
		{ CT_ASSURED, "ASSURED" },
		{ CT_FIXED_TIMEOUT, "FIXED_TIMEOUT" },
	};
	const char *comma = "-u ";

	for (unsigned i = 0; i < RTE_DIM(bits); i++) {
		if (!(status & bits[i].bit))
			continue;
		str_printf(out, "%s%s", comma, bits[i].name);
		comma = ",";
	}
	str_add(out, comma[0] == ',' ? " " : "-u UNSET ");
}

static void
put_zones(struct str *out, const struct ct_snapshot *s)
{
	unsigned dirs = conntrack_zone_dirs(s);

	if (s->tuple[CT_ORIGINAL].zone != 0 && dirs & CT_ZONE_ORIG)
		str_printf(out, "%s %u ", dirs & CT_ZONE_REPLY ? "-w" : "--orig-zone",
			   s->tuple[CT_ORIGINAL].zone);
	if (s->tuple[CT_REPLY].zone != 0 && dirs == CT_ZONE_REPLY)
		str_printf(out, "--reply-zone %u ", s->tuple[CT_REPLY].zone);
}

static void
put_addr(struct str *out, const char *option, const struct ct_tuple *t, bool dst)
{
	struct ip_addr a = conntrack_addr(t, dst);
	char text[IP_ADDR_TEXT];

	str_printf(out, "%s %s ", option, ip_addr_text(&a, text));
}

static uint32_t
value_of(const struct ct_snapshot *s, enum conntrack_field f)
{
	const struct ct_tuple *o = &s->tuple[CT_ORIGINAL], *r = &s->tuple[CT_REPLY];

	switch (f) {
	case CONNTRACK_SPORT:
		return ntohs(o->sport);
	case CONNTRACK_DPORT:
		return ntohs(o->dport);
	case CONNTRACK_REPLY_SPORT:
		return ntohs(r->sport);
	case CONNTRACK_REPLY_DPORT:
		return ntohs(r->dport);
	case CONNTRACK_ORIG_VTAG:
		return s->vtag[CT_ORIGINAL];
	case CONNTRACK_REPLY_VTAG:
		return s->vtag[CT_REPLY];
	case CONNTRACK_ICMP_TYPE:
		return ntohs(o->dport) >> 8;
	case CONNTRACK_ICMP_CODE:
		return ntohs(o->dport) & 0xff;
	default:
		return ntohs(o->sport); /* of ICMP: the identifier */
	}
}

static void
put_proto(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	const struct conntrack_proto *proto = conntrack_proto(s->tuple[CT_ORIGINAL].proto);

	if (proto == NULL) {
		str_printf(out, "-p %u ", s->tuple[CT_ORIGINAL].proto);
		return;
	}
	str_printf(out, "-p %s ", proto->name);
	for (const struct conntrack_proto_option *o = proto->options; o->names[0] != NULL; o++) {
		if (o->on[CONNTRACK_USE_CREATE] == '0')
			continue;
		if (o->field == CONNTRACK_ROLE)
			str_printf(out, "--role %s ", s->role == 0 ? "client" : "server");
		else if (o->field != CONNTRACK_STATE)
			str_printf(out, "--%s %u ", o->names[0], value_of(s, o->field));
		else if (p->parts & CONNTRACK_PART_STATE && s->state != NULL)
			str_printf(out, "--state %s ", s->state);
	}
}

void
conntrack_save(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p)
{
	unsigned is = conntrack_translated(s);

	str_printf(out, "-%c ", p->verb);
	if (p->parts & CONNTRACK_PART_TIMEOUT)
		str_printf(out, "-t %u ", s->timeout);
	put_status(out, s->status);
	put_zones(out, s);
	put_addr(out, "-s", &s->tuple[CT_ORIGINAL], false);
	put_addr(out, "-d", &s->tuple[CT_ORIGINAL], true);
	put_addr(out, is & CONNTRACK_IS_DNAT ? "-g" : "-r", &s->tuple[CT_REPLY], false);
	put_addr(out, is & CONNTRACK_IS_SNAT ? "-n" : "-q", &s->tuple[CT_REPLY], true);
	put_proto(out, s, p);
}
