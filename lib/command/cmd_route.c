/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The noun `route`: net-tools 2.10's older sentences about the main table. Numbers only. Control lcore.
 */
#include <errno.h>
#include <linux/rtnetlink.h>

#include "cmd_ip_route.h"

#define ROUTE_USAGE 3
#define ROUTE_REFUSED 7

static const char usage[] = "Usage: route [-ne] [-4|-6|-A inet|-A inet6]\n"
			    "       route add|del {-host|-net} TARGET[/LEN] [netmask MASK] [gw GW] "
			    "[metric M] [[dev] IF]\n"
			    "       route add {-host|-net} TARGET[/LEN] [metric M] reject\n";

struct sentence {
	struct ip_cmd ip; /* its words, for the readers of `ip` */
	struct route r;
	bool extended, host, net, has_len, reject, has_metric;
	const struct port *port;
	const char *netmask;
};

struct listing {
	struct str *out;
	bool extended;
};

static void
flags_of(const struct route *r, const struct route_hop *hop, char text[8])
{
	bool host = r->dst.len == ip_addr_bits(r->dst.addr.family);
	bool v4 = r->dst.addr.family == AF_INET;

	if (r->type == RTN_UNREACHABLE || r->type == RTN_PROHIBIT || r->type == RTN_BLACKHOLE) {
		snprintf(text, 8, "!%s", host && v4 ? "H" : v4 ? "" : "n");
		return;
	}
	snprintf(text, 8, "U%s%s%s", hop->gw.family != AF_UNSPEC ? "G" : "", host && v4 ? "H" : "",
		 r->table == RT_TABLE_LOCAL ? "n" : "");
}

static void
list4(const struct route *r, void *arg)
{
	const struct route_hop hop = route_hop_of(r, 0);
	struct ip_addr mask = ip_addr_v4(UINT32_MAX), none = ip_addr_v4(0);
	char dst[IP_ADDR_TEXT], gw[IP_ADDR_TEXT], genmask[IP_ADDR_TEXT], flags[8];
	struct listing *l = arg;
	bool reject;

	ip_addr_mask(&mask, r->dst.len);
	flags_of(r, &hop, flags);
	reject = flags[0] == '!';
	str_printf(l->out, "%-15s %-15s %-15s %-5s ", ip_addr_text(&r->dst.addr, dst),
		   reject ? "-" : ip_addr_text(hop.gw.family != AF_UNSPEC ? &hop.gw : &none, gw),
		   ip_addr_text(&mask, genmask), flags);
	if (l->extended && reject)
		str_add(l->out, "    - -          - -\n");
	else if (l->extended)
		str_printf(l->out, "%5u 0          0 %s\n", 0, ip_port_name(hop.port));
	else if (reject)
		str_printf(l->out, "%-6u -        0 -\n", r->metric);
	else
		str_printf(l->out, "%-6u 0        0 %s\n", r->metric, ip_port_name(hop.port));
}

static void
list6(const struct route *r, void *arg)
{
	struct ip_addr none = { .family = AF_INET6 };
	char dst[IP_ADDR_TEXT], gw[IP_ADDR_TEXT], flags[8], prefix[IP_ADDR_TEXT + 4];
	struct listing *l = arg;

	for (unsigned i = 0; i < RTE_MAX(r->nb_hops, 1u); i++) {
		const struct route_hop hop = route_hop_of(r, i);

		flags_of(r, &hop, flags);
		snprintf(prefix, sizeof(prefix), "%s/%u", ip_addr_text(&r->dst.addr, dst),
			 r->dst.len);
		str_printf(l->out, "%-30s %-26s %-4s %-4u 1      0 %s\n", prefix,
			   ip_addr_text(hop.gw.family != AF_UNSPEC ? &hop.gw : &none, gw), flags,
			   r->metric, ip_port_name(hop.port));
	}
}

static int
show(struct sentence *s)
{
	struct listing l = { &s->ip.c->out, s->extended };

	if (s->ip.family == AF_INET6) {
		str_add(l.out, "Kernel IPv6 routing table\n"
			       "Destination                    Next Hop                   "
			       "Flag Met Ref  Use If\n");
		route_walk(AF_INET6, RT_TABLE_MAIN, list6, &l);
		route_walk(AF_INET6, RT_TABLE_LOCAL, list6, &l);
		return 0;
	}
	str_add(l.out, "Kernel IP routing table\n"
		       "Destination     Gateway         Genmask         ");
	str_add(l.out, s->extended ? "Flags   MSS Window  irtt Iface\n"
				   : "Flags Metric Ref    Use Iface\n");
	route_walk(AF_INET, RT_TABLE_MAIN, list4, &l);
	return 0;
}

static int
wrong(struct sentence *s, const char *fmt, const char *word)
{
	if (fmt != NULL)
		str_printf(&s->ip.c->err, fmt, word);
	str_add(&s->ip.c->err, usage);
	return ROUTE_USAGE;
}

static int
answer(struct sentence *s, const char *request, int rc)
{
	if (rc == 0)
		return 0;
	str_printf(&s->ip.c->err, "%s: %s\n", request, strerror(-rc));
	return ROUTE_REFUSED;
}

static int
read_target(struct sentence *s, const char *word)
{
	struct ip_prefix *p = &s->r.dst;

	if (strcmp(word, "-net") == 0 || strcmp(word, "-host") == 0) {
		s->net = word[1] == 'n';
		s->host = word[1] == 'h';
		word = *s->ip.word != NULL ? *s->ip.word++ : "";
	}
	s->has_len = strchr(word, '/') != NULL || strcmp(word, "default") == 0;
	if (!ip_parse_prefix(word, s->ip.family, p) || word[0] == '\0')
		return wrong(s, "%.80s: Unknown host\n", word);
	if (s->host && s->has_len && p->len != ip_addr_bits(p->addr.family))
		return wrong(s, "route: netmask of %.80s doesn't make sense with host route\n",
			     word);
	return 0;
}

/* One word, or one and its value. 0, or the exit status. */
static int
read_option(struct sentence *s)
{
	static const char *const ignored[] = { "mss", "window", "irtt", NULL };
	const char *word = *s->ip.word++, *value;

	if (strcmp(word, "reject") == 0) {
		s->reject = true;
		return 0;
	}
	if (strcmp(word, "mod") == 0 || strcmp(word, "dyn") == 0 || strcmp(word, "reinstate") == 0)
		return 0;
	value = *s->ip.word;
	for (unsigned i = 0; ignored[i] != NULL; i++)
		if (strcmp(word, ignored[i]) == 0 && value != NULL) {
			s->ip.word++;
			return 0;
		}
	if (value != NULL && strcmp(word, "metric") == 0) {
		s->ip.word++;
		s->has_metric = true;
		return ip_get_u32(value, UINT32_MAX, &s->r.metric) ? 0 : wrong(s, NULL, "");
	}
	if (value != NULL && (strcmp(word, "gw") == 0 || strcmp(word, "gateway") == 0)) {
		s->ip.word++;
		if (ip_addr_parse(value, s->ip.family, &s->r.gw) == 0)
			return 0;
		return wrong(s, "%.80s: Unknown host\n", value);
	}
	if (value != NULL && strcmp(word, "netmask") == 0) {
		s->ip.word++;
		s->netmask = value;
		return 0;
	}
	if (value != NULL && (strcmp(word, "dev") == 0 || strcmp(word, "device") == 0)) {
		s->ip.word++;
		word = value;
	}
	s->port = port_by_name(gen_current(), word);
	return s->port != NULL ? 0 : -ENODEV;
}

/* Without a length a target with host bits is a host, another an old class of networks. */
static int
settle_len(struct sentence *s)
{
	struct ip_prefix *p = &s->r.dst;
	char text[64], addr[IP_ADDR_TEXT];
	struct ip_addr masked;

	if (s->netmask != NULL) {
		snprintf(text, sizeof(text), "%s/%.20s", ip_addr_text(&p->addr, addr), s->netmask);
		if (!ip_parse_prefix(text, AF_INET, p))
			return wrong(s, "route: bogus netmask %.80s\n", s->netmask);
	}
	masked = p->addr;
	ip_addr_mask(&masked, p->len);
	if (s->net && !s->has_len && s->netmask == NULL)
		return -EINVAL;
	if (p->addr.family == AF_INET && !ip_addr_equal(&masked, &p->addr))
		return wrong(s, "route: netmask doesn't match route address\n", "");
	return 0;
}

static int
change(struct sentence *s, bool add)
{
	struct route_match m = { .mask = ROUTE_M_DST | ROUTE_M_TABLE };
	const char *request = add ? "SIOCADDRT" : "SIOCDELRT";
	struct err e = { "" };
	int rc;

	if (*s->ip.word == NULL) {
		str_add(&s->ip.c->err, usage);
		return 0;
	}
	rc = read_target(s, *s->ip.word++);
	while (rc == 0 && *s->ip.word != NULL)
		rc = read_option(s);
	if (rc == 0)
		rc = settle_len(s);
	if (rc != 0)
		return rc < 0 ? answer(s, request, rc) : rc;
	s->r.type = s->reject ? RTN_UNREACHABLE : RTN_UNICAST;
	s->r.port = s->port != NULL ? s->port->index : 0;
	if (s->r.dst.addr.family == AF_INET && s->r.gw.family == AF_UNSPEC && !s->reject)
		s->r.scope = RT_SCOPE_LINK;
	if (s->reject && s->r.dst.addr.family == AF_INET)
		s->r.scope = RT_SCOPE_HOST;
	if (add)
		return answer(s, request, route_add(&s->r, ROUTE_CREATE | ROUTE_EXCL, &e));
	m.r = s->r;
	m.mask |= (s->has_metric ? ROUTE_M_METRIC : 0) | (s->port != NULL ? ROUTE_M_PORT : 0) |
		  (s->r.gw.family != AF_UNSPEC ? ROUTE_M_GW : 0);
	return answer(s, request, route_del(&m, &e));
}

/* Options before the verb; false: one that is none. */
static bool
read_options(struct sentence *s)
{
	for (; *s->ip.word != NULL && **s->ip.word == '-'; s->ip.word++) {
		const char *word = *s->ip.word;

		if (strcmp(word, "-net") == 0 || strcmp(word, "-host") == 0)
			return true;
		if (strcmp(word, "-A") == 0 && s->ip.word[1] != NULL)
			word = *++s->ip.word;
		if (strcmp(word, "inet6") == 0 || strcmp(word, "--inet6") == 0 ||
		    strcmp(word, "-6") == 0)
			s->ip.family = AF_INET6;
		else if (strcmp(word, "inet") == 0 || strcmp(word, "--inet") == 0 ||
			 strcmp(word, "-4") == 0)
			s->ip.family = AF_INET;
		else if (word[0] != '-' || strspn(word + 1, "nevNF") != strlen(word + 1))
			return false;
		s->extended |= strchr(word, 'e') != NULL && word[1] != '-' && word[0] == '-';
	}
	return true;
}

static int
cmd_route(struct cmd *c)
{
	struct sentence s = { .ip = { .c = c, .word = c->argv + 1, .family = AF_INET },
			      .r = { .table = RT_TABLE_MAIN, .proto = RTPROT_BOOT } };

	if (!read_options(&s))
		return wrong(&s, NULL, "");
	if (*s.ip.word == NULL)
		return show(&s);
	if (ip_is(&s.ip, "add"))
		return change(&s, true);
	if (ip_is(&s.ip, "del") || ip_is(&s.ip, "delete"))
		return change(&s, false);
	return wrong(&s, NULL, "");
}

CMD_REGISTER(route, "route", cmd_route, "route [-n] [-A inet6] [add|del ...]",
	     "the main routing table, as net-tools' route")
