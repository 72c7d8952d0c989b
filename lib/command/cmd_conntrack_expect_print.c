/* SPDX-License-Identifier: BSD-3-Clause */
/* An expectation as `conntrack -L expect` and -E expect print it. */
#include <netinet/in.h>

#include "cmd_conntrack_proto.h"
#include "ct_expect.h"

static void
put_tuple(struct str *out, const char *prefix, const struct ct_tuple *t)
{
	char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
	struct ip_addr a = conntrack_addr(t, false), b = conntrack_addr(t, true);

	str_printf(out, "%ssrc=%s %sdst=%s ", prefix, ip_addr_text(&a, src), prefix,
		   ip_addr_text(&b, dst));
	if (t->proto == IPPROTO_GRE)
		str_printf(out, "srckey=0x%x dstkey=0x%x ", ntohs(t->sport), ntohs(t->dport));
	else
		str_printf(out, "sport=%u dport=%u ", ntohs(t->sport), ntohs(t->dport));
}

/* Masks have no protocol of their own. */
static struct ct_tuple
mask_of(const struct ct_expect_snapshot *e)
{
	struct ct_tuple mask = e->mask;

	mask.proto = e->tuple.proto;
	mask.family = e->tuple.family;
	return mask;
}

static void
put_line(struct str *out, const struct ct_expect_snapshot *e, const struct conntrack_print *p)
{
	static const char *const flags[] = { "PERMANENT", "INACTIVE", "USERSPACE" };
	struct ct_tuple mask = mask_of(e);
	const char *comma = "";

	if (p->type != NULL)
		str_printf(out, "%9s ", conntrack_event_name(p->type));
	str_printf(out, "%u proto=%u ", e->timeout, e->tuple.proto);
	put_tuple(out, "", &e->tuple);
	put_tuple(out, "mask-", &mask);
	put_tuple(out, "master-", &e->master);
	for (unsigned i = 0; i < RTE_DIM(flags); i++) {
		if (!(e->flags & 1u << i))
			continue;
		str_printf(out, "%s%s", comma, flags[i]);
		comma = ",";
	}
	str_printf(out, "%sclass=%u", comma[0] != '\0' ? " " : "", e->class);
	if (e->helper != NULL)
		str_printf(out, " helper=%s", e->helper);
}

static void
put_element(struct str *out, const char *name, const struct ct_tuple *t, bool ports)
{
	char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
	struct ip_addr a = conntrack_addr(t, false), b = conntrack_addr(t, true);

	if (ports)
		str_printf(out, "<%s><sport>%u</sport><dport>%u</dport></%s>", name,
			   ntohs(t->sport), ntohs(t->dport), name);
	else
		str_printf(out, "<%s><src>%s</src><dst>%s</dst></%s>", name, ip_addr_text(&a, src),
			   ip_addr_text(&b, dst), name);
}

static void
put_xml(struct str *out, const struct ct_expect_snapshot *e, const struct conntrack_print *p)
{
	struct ct_tuple mask = mask_of(e);

	if (p->type != NULL)
		str_printf(out, "<flow type=\"%s\">", p->type);
	else
		str_add(out, "<flow>");
	conntrack_xml_layer3(out, &e->tuple, false);
	put_element(out, "expected", &e->tuple, false);
	put_element(out, "mask", &mask, false);
	put_element(out, "master", &e->master, false);
	str_printf(out, "</layer3><layer4 protonum=\"%u\" protoname=\"%s\">", e->tuple.proto,
		   conntrack_proto_name(e->tuple.proto));
	put_element(out, "expected", &e->tuple, true);
	put_element(out, "mask", &mask, true);
	put_element(out, "master", &e->master, true);
	str_add(out, "</layer4><meta>");
	if (e->helper != NULL)
		str_printf(out, "<helper-name>%s</helper-name>", e->helper);
	str_printf(out, "<timeout>%u</timeout><class>%u</class></meta></flow>", e->timeout,
		   e->class);
}

void
conntrack_expect_put(struct str *out, const struct ct_expect_snapshot *e,
		     const struct conntrack_print *p)
{
	if (p->output & CONNTRACK_OUT_XML) {
		put_xml(out, e, p);
	} else {
		if (p->output & CONNTRACK_OUT_TIMESTAMP)
			conntrack_when(out, p->usec);
		put_line(out, e, p);
	}
	str_add(out, "\n");
}
