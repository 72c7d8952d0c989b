/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip route get`: where a packet would go. Control lcore.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netdb.h>
#include <stdlib.h>

#include "addr.h"
#include "cmd_ip_rule.h"

struct question {
	struct route_key key;
	const struct port *in, *out;
	bool has_dst, fibmatch;
};

static int
read_port_number(struct ip_cmd *ip, const char *name, const char *word, uint16_t *be)
{
	uint32_t v;

	if (!ip_get_u32(word, UINT16_MAX, &v))
		return ip_invalid(ip, word,
				  strcmp(name, "sport") == 0 ? "invalid sport\n"
							     : "invalid dport\n");
	*be = rte_cpu_to_be_16(v);
	return 0;
}

static int
read_protocol(struct ip_cmd *ip, const char *word, uint8_t *proto)
{
	const struct protoent *p = getprotobyname(word);
	uint32_t v;

	if (p != NULL)
		v = p->p_proto;
	else if (!ip_get_u32(word, 255, &v))
		return ip_invalid(ip, word, "Invalid \"ipproto\" value\n");
	*proto = v;
	return 0;
}

static int
read_value(struct ip_cmd *ip, struct question *q, const char *name, const char *word)
{
	struct ip_prefix p;
	int rc;

	if (strcmp(name, "from") == 0) {
		rc = ip_get_prefix(ip, word, ip->family, &p);
		q->key.src = p.addr;
		return rc;
	}
	if (strcmp(name, "iif") == 0)
		return ip_get_port(ip, word, &q->in);
	if (strcmp(name, "oif") == 0 || strcmp(name, "dev") == 0)
		return ip_get_port(ip, word, &q->out);
	if (strcmp(name, "mark") == 0)
		return ip_get_u32(word, UINT32_MAX, &q->key.mark)
			       ? 0
			       : ip_invalid(ip, word, "invalid mark");
	if (strcmp(name, "tos") == 0 || strcmp(name, "dsfield") == 0)
		return ip_rule_tos(word, &q->key.tos)
			       ? 0
			       : ip_invalid(ip, word, "TOS value is invalid\n");
	if (strcmp(name, "ipproto") == 0)
		return read_protocol(ip, word, &q->key.proto);
	return read_port_number(ip, name, word,
				strcmp(name, "sport") == 0 ? &q->key.sport : &q->key.dport);
}

static int
read_word(struct ip_cmd *ip, struct question *q)
{
	static const char *const valued[] = { "from",    "iif",     "oif",   "dev",   "mark", "tos",
					      "dsfield", "ipproto", "sport", "dport", NULL };
	const char *word;
	struct ip_prefix p;
	int rc;

	for (unsigned i = 0; valued[i] != NULL; i++)
		if (ip_is(ip, valued[i])) {
			word = ip_next(ip);
			return word == NULL ? IP_USAGE : read_value(ip, q, valued[i], word);
		}
	if (ip_is(ip, "fibmatch")) {
		q->fibmatch = true;
		return 0;
	}
	ip_is(ip, "to");
	word = ip_next(ip);
	if (word == NULL)
		return IP_USAGE;
	rc = ip_get_prefix(ip, word, q->has_dst ? q->key.dst.family : ip->family, &p);
	if (rc != 0)
		return rc;
	q->key.dst = p.addr;
	q->has_dst = true;
	return 0;
}

static struct ip_addr
source_of(const struct question *q, const struct route *r, const struct route_hop *hop)
{
	bool v4 = q->key.dst.family == AF_INET;

	if (q->key.src.family != AF_UNSPEC)
		return q->key.src;
	if (r->src.family != AF_UNSPEC)
		return r->src;
	return addr_select(gen_current(), hop->port,
			   v4 && hop->gw.family != AF_UNSPEC ? &hop->gw : &q->key.dst);
}

static void
print_way(struct ip_cmd *ip, const struct route *r, const struct route_hop *hop, bool local)
{
	struct str *out = &ip->c->out;
	char text[IP_ADDR_TEXT], buf[16];

	if (hop->gw.family != AF_UNSPEC)
		str_printf(out, "via %s ", ip_addr_text(&hop->gw, text));
	str_printf(out, "dev %s ", local ? "lo" : ip_port_name(hop->port));
	/* A local route's table goes without saying, but IPv6 says it. */
	if (r->table != RT_TABLE_MAIN &&
	    (r->table != RT_TABLE_LOCAL || r->dst.addr.family == AF_INET6))
		str_printf(out, "table %s ", ip_route_table_name(r->table, buf));
}

static void
print_cache4(struct ip_cmd *ip, const struct question *q, const struct route *r)
{
	struct str *out = &ip->c->out;
	bool local = r->type == RTN_LOCAL, brd = r->type == RTN_BROADCAST;

	str_printf(out, "\n    cache %s", local ? "<local> " : brd ? "<local,brd> " : "");
	if (r->mtu != 0 && !local && !brd)
		str_printf(out, "mtu %s%u ", r->mtu_lock ? "lock " : "", r->mtu);
	if (q->in != NULL)
		str_printf(out, "iif %s ", q->in->name);
	str_add(out, "\n");
}

/* The path a packet takes; bound to a port, the first by it. */
static struct route_hop
path_of(const struct question *q, const struct route *r)
{
	for (unsigned i = 0; i < r->nb_hops; i++) {
		struct route_hop hop = route_hop_of(r, i);
		const struct port *p = port_get(gen_current(), hop.port);

		if (p != NULL && p->up && (q->out == NULL || q->out == p))
			return hop;
	}
	return route_hop_of(r, 0);
}

/* The realm of the route back to the source. */
static uint32_t
realm_back(const struct question *q, uint16_t port)
{
	struct question back = { .key = q->key };
	const struct route *r;
	int why;

	back.key.dst = q->key.src;
	back.key.src = q->key.dst;
	back.key.in = port;
	r = policy_route(&back.key, &why);
	return r != NULL && (r->type == RTN_UNICAST || r->type == RTN_LOCAL)
		       ? path_of(&back, r).realm
		       : 0;
}

/* As -m realm sees it: of what comes in the source's fills a half that is left open. */
static uint32_t
realm_of(const struct question *q, const struct route *r, const struct route_hop *hop)
{
	bool here = r->type == RTN_LOCAL || r->type == RTN_BROADCAST;
	uint32_t realm = here ? 0 : hop->realm;

	if (q->in == NULL || q->key.src.family == AF_UNSPEC || realm >> 16 != 0)
		return realm;
	return realm | realm_back(q, here ? ROUTE_IN_SELF : hop->port) << 16;
}

static int
print_got4(struct ip_cmd *ip, const struct question *q, const struct route *r,
	   const struct route_hop *hop)
{
	struct ip_addr src = source_of(q, r, hop);
	bool local = r->type == RTN_LOCAL, brd = r->type == RTN_BROADCAST;
	struct str *out = &ip->c->out;
	char text[IP_ADDR_TEXT];

	str_printf(out, "%s%s ",
		   local ? "local "
		   : brd ? "broadcast "
			 : "",
		   ip_addr_text(&q->key.dst, text));
	if (q->key.src.family != AF_UNSPEC)
		str_printf(out, "from %s ", ip_addr_text(&q->key.src, text));
	print_way(ip, r, hop, local);
	if (q->key.src.family == AF_UNSPEC && src.family != AF_UNSPEC)
		str_printf(out, "src %s ", ip_addr_text(&src, text));
	if (q->key.mark != 0)
		str_printf(out, q->key.mark >= 16 ? "mark 0x%x " : "mark %u ", q->key.mark);
	ip_route_print_realm(out, realm_of(q, r, hop));
	if (q->in == NULL)
		str_add(out, "uid 0 ");
	print_cache4(ip, q, r);
	return IP_OK;
}

static int
print_got6(struct ip_cmd *ip, const struct question *q, const struct route *r,
	   const struct route_hop *hop)
{
	struct ip_addr src = source_of(q, r, hop);
	bool local = r->type == RTN_LOCAL || r->type == RTN_ANYCAST;
	struct str *out = &ip->c->out;
	char text[IP_ADDR_TEXT], buf[8];

	if (local)
		str_printf(out, "%s ", ip_route_type_name(r->type, buf));
	str_printf(out, "%s from ", ip_addr_text(&q->key.dst, text));
	str_printf(out, "%s ",
		   q->key.src.family != AF_UNSPEC ? ip_addr_text(&q->key.src, text) : "::");
	print_way(ip, r, hop, local);
	if (r->proto != RTPROT_BOOT)
		str_printf(out, "proto %s ", ip_route_proto_name(r->proto, buf));
	if (src.family != AF_UNSPEC && q->in == NULL)
		str_printf(out, "src %s ", ip_addr_text(&src, text));
	str_printf(out, "metric %u ", r->metric);
	if (r->mtu != 0)
		str_printf(out, "mtu %s%u ", r->mtu_lock ? "lock " : "", r->mtu);
	if (q->in != NULL)
		str_printf(out, "iif %s ", q->in->name);
	str_add(out, "pref medium\n");
	return IP_OK;
}

static int
answer(struct ip_cmd *ip, const struct question *q)
{
	const struct route *r;
	struct route_hop hop;
	int why;

	r = policy_route(&q->key, &why);
	if (r == NULL)
		return ip_answer(ip, why, NULL);
	if (q->fibmatch) {
		ip_route_print(ip, r);
		return IP_OK;
	}
	if (r->type == RTN_UNREACHABLE)
		return ip_answer(ip, -EHOSTUNREACH, NULL);
	if (r->type == RTN_PROHIBIT)
		return ip_answer(ip, -EACCES, NULL);
	if (r->type == RTN_BLACKHOLE)
		return ip_answer(ip, -EINVAL, NULL);
	hop = path_of(q, r);
	return q->key.dst.family == AF_INET ? print_got4(ip, q, r, &hop)
					    : print_got6(ip, q, r, &hop);
}

int
ip_route_get(struct ip_cmd *ip)
{
	struct question q = { .key = { .in = ROUTE_IN_SELF } };
	int rc = 0;

	while (*ip->word != NULL && rc == 0)
		rc = read_word(ip, &q);
	if (rc != 0)
		return rc;
	if (!q.has_dst)
		return ip_say(ip, IP_BAD, "need at least a destination address");
	if (q.in != NULL)
		q.key.in = q.in->index;
	if (q.out != NULL)
		q.key.out = q.out->index;
	/* A source that is not ours can only come in by a device. */
	if (q.in == NULL && q.key.src.family == AF_INET && q.key.dst.family == AF_INET &&
	    !addr_is_own(gen_current(), &q.key.src))
		return ip_answer(ip, -ENETUNREACH, NULL);
	return answer(ip, &q);
}
