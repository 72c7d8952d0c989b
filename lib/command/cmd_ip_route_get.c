/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip route get`: where a packet to an address would go. Control lcore.
 */
#include <errno.h>
#include <linux/rtnetlink.h>

#include "addr.h"
#include "cmd_ip_route.h"

static int
print_got4(struct ip_cmd *ip, const struct route *r, const struct ip_addr *dst)
{
	struct ip_addr src = r->src.family != AF_UNSPEC
				     ? r->src
				     : addr_select(gen_current(), r->port,
						   r->gw.family != AF_UNSPEC ? &r->gw : dst);
	bool local = r->type == RTN_LOCAL, brd = r->type == RTN_BROADCAST;
	struct str *out = &ip->c->out;
	char text[IP_ADDR_TEXT];

	str_printf(out, "%s%s ",
		   local ? "local "
		   : brd ? "broadcast "
			 : "",
		   ip_addr_text(dst, text));
	if (r->gw.family != AF_UNSPEC)
		str_printf(out, "via %s ", ip_addr_text(&r->gw, text));
	str_printf(out, "dev %s ", local ? "lo" : ip_port_name(r->port));
	if (src.family != AF_UNSPEC)
		str_printf(out, "src %s ", ip_addr_text(&src, text));
	str_printf(out, "uid 0 \n    cache %s\n", local ? "<local> " : brd ? "<local,brd> " : "");
	return IP_OK;
}

static int
print_got6(struct ip_cmd *ip, const struct route *r, const struct ip_addr *dst)
{
	struct ip_addr src =
		r->src.family != AF_UNSPEC ? r->src : addr_select(gen_current(), r->port, dst);
	bool local = r->type == RTN_LOCAL || r->type == RTN_ANYCAST;
	struct str *out = &ip->c->out;
	char text[IP_ADDR_TEXT], buf[8];

	if (local)
		str_printf(out, "%s ", ip_route_type_name(r->type, buf));
	str_printf(out, "%s from :: ", ip_addr_text(dst, text));
	if (r->gw.family != AF_UNSPEC)
		str_printf(out, "via %s ", ip_addr_text(&r->gw, text));
	str_printf(out, "dev %s ", local ? "lo" : ip_port_name(r->port));
	if (r->table == RT_TABLE_LOCAL)
		str_add(out, "table local ");
	if (r->proto != RTPROT_BOOT)
		str_printf(out, "proto %s ", ip_route_proto_name(r->proto, buf));
	if (src.family != AF_UNSPEC)
		str_printf(out, "src %s ", ip_addr_text(&src, text));
	str_printf(out, "metric %u pref medium\n", r->metric);
	return IP_OK;
}

int
ip_route_get(struct ip_cmd *ip)
{
	const struct port *oif = NULL;
	const struct route *r;
	struct ip_prefix p;
	int rc;

	ip_is(ip, "to");
	if (*ip->word == NULL)
		return ip_say(ip, IP_BAD, "need at least a destination address");
	rc = ip_get_prefix(ip, ip_next(ip), ip->family, &p);
	if (rc != 0)
		return rc;
	if (ip_is(ip, "oif") || ip_is(ip, "dev")) {
		const char *word = ip_next(ip);

		rc = word == NULL ? IP_USAGE : ip_get_port(ip, word, &oif);
		if (rc != 0)
			return rc;
	}
	if (*ip->word != NULL)
		return ip_garbage(ip, "to", *ip->word);
	r = route_lookup(&p.addr, 0, oif != NULL ? oif->index : 0);
	if (r == NULL || r->type == RTN_THROW)
		return ip_answer(ip, -ENETUNREACH, NULL);
	if (r->type == RTN_UNREACHABLE)
		return ip_answer(ip, -EHOSTUNREACH, NULL);
	if (r->type == RTN_PROHIBIT)
		return ip_answer(ip, -EACCES, NULL);
	if (r->type == RTN_BLACKHOLE)
		return ip_answer(ip, -EINVAL, NULL);
	return p.addr.family == AF_INET ? print_got4(ip, r, &p.addr) : print_got6(ip, r, &p.addr);
}
