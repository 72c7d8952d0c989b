/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip neigh`: ARP and ND entries, and those that the box answers for. Control lcore.
 */
#include <errno.h>
#include <stdlib.h>

#include "base_clock.h"
#include "cmd_ip.h"
#include "neigh_proxy.h"

static const struct {
	const char *name;
	uint8_t state;
} states[] = {
	{ "permanent", NUD_PERMANENT }, { "reachable", NUD_REACHABLE },
	{ "noarp", NUD_NOARP },         { "none", NUD_NONE },
	{ "stale", NUD_STALE },         { "incomplete", NUD_INCOMPLETE },
	{ "delay", NUD_DELAY },         { "probe", NUD_PROBE },
	{ "failed", NUD_FAILED },
};

static bool
parse_state(const char *word, uint8_t *state)
{
	uint32_t v;

	for (unsigned i = 0; i < RTE_DIM(states); i++)
		if (ip_matches(word, states[i].name)) {
			*state = states[i].state;
			return true;
		}
	if (!ip_get_u32(word, 255, &v))
		return false;
	*state = v;
	return true;
}

struct request {
	struct neigh_set s;
	struct rte_ether_addr mac;
	bool has_addr, proxy;
};

static int
read_word(struct ip_cmd *ip, struct request *q)
{
	const struct port *port;
	const char *word;
	int rc;

	if (ip_is(ip, "router")) {
		q->s.router = true;
		return 0;
	}
	if (ip_is(ip, "lladdr")) {
		word = ip_next(ip);
		q->s.mac = &q->mac;
		return word == NULL ? IP_USAGE : ip_get_mac(ip, word, &q->mac);
	}
	if (ip_is(ip, "nud")) {
		word = ip_next(ip);
		if (word == NULL)
			return IP_USAGE;
		return parse_state(word, &q->s.state) ? 0
						      : ip_invalid(ip, word, "nud state is bad");
	}
	if (ip_is(ip, "dev")) {
		word = ip_next(ip);
		rc = word == NULL ? IP_USAGE : ip_get_port(ip, word, &port);
		if (rc == 0)
			q->s.port = port->index;
		return rc;
	}
	if (ip_is(ip, "proxy")) {
		q->proxy = true;
		if (q->has_addr && *ip->word != NULL)
			return ip_say(
				ip, IP_USAGE,
				"Error: duplicate \"address\": \"%.80s\" is the second value.",
				*ip->word);
	} else {
		if (ip_is(ip, "to") && *ip->word == NULL)
			return ip_next(ip) == NULL ? IP_USAGE : 0;
		if (q->has_addr)
			return ip_garbage(ip, "to", *ip->word);
	}
	word = ip_next(ip);
	q->has_addr = true;
	return word == NULL ? IP_USAGE : ip_get_addr(ip, word, ip->family, &q->s.addr);
}

static int
read_request(struct ip_cmd *ip, struct request *q)
{
	int rc = 0;

	*q = (struct request){ .s = { .state = NUD_PERMANENT } };
	while (*ip->word != NULL && rc == 0)
		rc = read_word(ip, q);
	if (rc != 0)
		return rc;
	if ((q->s.port == 0 && !q->proxy) || !q->has_addr)
		return ip_say(ip, IP_USAGE, "Device and destination are required arguments.");
	return 0;
}

static int
change(struct ip_cmd *ip, unsigned flags)
{
	struct request q;
	struct err e = { "" };
	int rc = read_request(ip, &q);

	if (rc != 0)
		return rc;
	/* There are no two ways of being a proxy: Linux looks at no flags. */
	rc = q.proxy ? neigh_proxy_add(q.s.port, &q.s.addr, q.s.router, &e)
		     : neigh_set(&q.s, flags, clock_ms(), &e);
	return ip_answer(ip, rc, &e);
}

static int
neigh_cmd_add(struct ip_cmd *ip)
{
	return change(ip, NEIGH_CREATE | NEIGH_EXCL);
}

static int
neigh_cmd_replace(struct ip_cmd *ip)
{
	return change(ip, NEIGH_CREATE | NEIGH_REPLACE);
}

static int
neigh_cmd_change(struct ip_cmd *ip)
{
	return change(ip, NEIGH_REPLACE);
}

static int
neigh_cmd_del(struct ip_cmd *ip)
{
	struct request q;
	int rc = read_request(ip, &q);

	if (rc != 0)
		return rc;
	rc = q.proxy ? neigh_proxy_del(q.s.port, &q.s.addr) : neigh_del(q.s.port, &q.s.addr);
	return ip_answer(ip, rc, NULL);
}

struct selector {
	struct ip_cmd *ip;
	uint16_t port;
	bool has_to, has_state;
	bool one;       /* port 0 is no port, not any */
	uint8_t states; /* NUD_* bits */
	bool none;      /* also NUD_NONE */
	bool proxy;     /* entries of neigh_proxy.h instead */
	struct ip_prefix to;
	unsigned n, cap;
	struct neigh_info *found;
};

static void
print_state(struct str *out, uint8_t state)
{
	static const struct {
		uint8_t bit;
		const char *name;
	} names[] = {
		{ NUD_INCOMPLETE, "INCOMPLETE " }, { NUD_REACHABLE, "REACHABLE " },
		{ NUD_STALE, "STALE " },           { NUD_DELAY, "DELAY " },
		{ NUD_PROBE, "PROBE " },           { NUD_FAILED, "FAILED " },
		{ NUD_NOARP, "NOARP " },           { NUD_PERMANENT, "PERMANENT " },
	};

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (state & names[i].bit)
			str_add(out, names[i].name);
}

static void
print_neigh(const struct selector *s, const struct neigh_info *i)
{
	struct str *out = &s->ip->c->out;
	const uint8_t *m = i->mac.addr_bytes;
	uint64_t now = clock_ms();
	char text[IP_ADDR_TEXT];

	str_printf(out, "%s ", ip_addr_text(&i->addr, text));
	if (s->port == 0 && i->port != 0)
		str_printf(out, "dev %s ", ip_port_name(i->port));
	if (i->has_mac)
		str_printf(out, "lladdr %02x:%02x:%02x:%02x:%02x:%02x ", m[0], m[1], m[2], m[3],
			   m[4], m[5]);
	if (i->router)
		str_add(out, "router ");
	if (i->proxy) {
		str_add(out, "proxy \n");
		return;
	}
	if (s->ip->stats) {
		if (i->refs != 0)
			str_printf(out, " ref %u", i->refs);
		str_printf(out, " used %llu/%llu/%lluprobes %u ",
			   (unsigned long long)(now - i->used) / 1000,
			   (unsigned long long)(now - i->confirmed) / 1000,
			   (unsigned long long)(now - i->updated) / 1000, i->probes);
	}
	print_state(out, i->state);
	str_add(out, "\n");
}

static bool
selected(const struct selector *s, const struct neigh_info *i)
{
	if (s->ip->family != AF_UNSPEC && s->ip->family != i->addr.family)
		return false;
	if ((s->port != 0 || s->one) && s->port != i->port)
		return false;
	if (s->has_to && !ip_prefix_contains(&s->to, &i->addr))
		return false;
	if (i->proxy)
		return true;
	return i->state == NUD_NONE ? s->none : (s->states & i->state) != 0;
}

static void
gather(const struct neigh_info *i, void *arg)
{
	struct selector *s = arg;

	if (!selected(s, i))
		return;
	if (s->n == s->cap) {
		unsigned cap = s->cap ? 2 * s->cap : 64;
		void *p = realloc(s->found, cap * sizeof(*s->found));

		if (p == NULL)
			return;
		s->found = p;
		s->cap = cap;
	}
	s->found[s->n++] = *i;
}

static int
read_selector_word(struct ip_cmd *ip, struct selector *s)
{
	const struct port *port;
	const char *word;
	uint8_t state;
	int rc;

	if (ip_is(ip, "dev")) {
		word = ip_next(ip);
		rc = word == NULL ? IP_USAGE : ip_get_port(ip, word, &port);
		if (rc == 0)
			s->port = port->index;
		return rc;
	}
	if (ip_is(ip, "nud")) {
		word = ip_next(ip);
		if (word == NULL)
			return IP_USAGE;
		if (!s->has_state)
			s->states = 0;
		s->has_state = true;
		if (strcmp(word, "all") == 0) {
			s->states = 0xff;
			s->none = true;
			return 0;
		}
		if (!parse_state(word, &state))
			return ip_invalid(ip, word, "nud state is bad");
		s->states |= state;
		s->none |= state == NUD_NONE;
		return 0;
	}
	if (ip_is(ip, "all") || ip_is(ip, "unused"))
		return 0;
	if (ip_is(ip, "proxy")) {
		s->proxy = true;
		return 0;
	}
	if (ip_is(ip, "to") && *ip->word == NULL)
		return ip_next(ip) == NULL ? IP_USAGE : 0;
	s->has_to = true;
	return ip_get_prefix(ip, ip_next(ip), ip->family, &s->to);
}

static int
read_selector(struct ip_cmd *ip, struct selector *s, uint8_t default_states)
{
	int rc = 0;

	*s = (struct selector){ .ip = ip, .states = default_states };
	while (*ip->word != NULL && rc == 0)
		rc = read_selector_word(ip, s);
	if (rc == 0 && s->proxy)
		neigh_proxy_walk(gather, s);
	else if (rc == 0)
		neigh_walk(gather, s);
	return rc;
}

/* IPv4 before IPv6, then by port and address, so that the same table prints the same. */
static int
order(const void *pa, const void *pb)
{
	const struct neigh_info *a = pa, *b = pb;
	int d = (int)a->addr.family - (int)b->addr.family;

	if (d == 0)
		d = (int)a->port - (int)b->port;
	return d != 0 ? d : memcmp(a->addr.v6, b->addr.v6, ip_addr_bits(a->addr.family) / 8);
}

static int
neigh_cmd_show(struct ip_cmd *ip)
{
	struct selector s;
	int rc = read_selector(ip, &s, 0xff & ~NUD_NOARP);

	if (s.n > 0)
		qsort(s.found, s.n, sizeof(*s.found), order);
	for (unsigned i = 0; i < s.n; i++)
		print_neigh(&s, &s.found[i]);
	free(s.found);
	return rc;
}

static int
neigh_cmd_flush(struct ip_cmd *ip)
{
	struct selector s;
	int rc;

	if (*ip->word == NULL)
		return ip_say(ip, IP_BAD, "Flush requires arguments.");
	rc = read_selector(ip, &s, 0xff & ~(NUD_PERMANENT | NUD_NOARP));
	for (unsigned i = 0; i < s.n; i++) {
		if (s.proxy)
			neigh_proxy_del(s.found[i].port, &s.found[i].addr);
		else
			neigh_del(s.found[i].port, &s.found[i].addr);
	}
	if (rc == 0 && ip->stats && s.n == 0)
		str_add(&ip->c->out, "Nothing to flush.\n");
	else if (rc == 0 && ip->stats)
		str_printf(&ip->c->out,
			   "\n*** Round 1, deleting %u entries ***\n"
			   "*** Flush is complete after 1 round ***\n",
			   s.n);
	free(s.found);
	return rc;
}

static int
neigh_cmd_get(struct ip_cmd *ip)
{
	struct selector s = { .ip = ip, .states = 0xff, .none = true, .has_to = true, .one = true };
	struct request q;
	struct err e;
	int rc = read_request(ip, &q);

	if (rc != 0)
		return rc;
	s.proxy = q.proxy;
	s.to = (struct ip_prefix){ q.s.addr, ip_addr_bits(q.s.addr.family) };
	s.port = q.s.port;
	if (q.proxy)
		neigh_proxy_walk(gather, &s);
	else
		neigh_walk(gather, &s);
	s.port = 0; /* the answer says the device */
	for (unsigned i = 0; i < s.n; i++)
		print_neigh(&s, &s.found[i]);
	free(s.found);
	if (s.n > 0)
		return IP_OK;
	err_set(&e, -ENOENT, "%s entry not found", q.proxy ? "Proxy neighbour" : "Neighbour");
	return ip_answer(ip, -ENOENT, &e);
}

static int
neigh_cmd_help(struct ip_cmd *ip)
{
	return ip_say(
		ip, IP_USAGE,
		"Usage: ip neigh { add | del | change | replace }\n"
		"                ADDR [ lladdr LLADDR ] [ nud STATE ] dev DEV [ router ]\n"
		"       ip neigh { add | del | replace } proxy ADDR [ dev DEV ] [ router ]\n"
		"       ip neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev DEV ] [ nud STATE "
		"]\n"
		"       ip neigh get [ proxy ] ADDR dev DEV\n"
		"STATE := { permanent | reachable | stale | delay | probe | incomplete | failed |\n"
		"           noarp | none }");
}

int
ip_neigh(struct ip_cmd *ip)
{
	static const struct ip_verb verbs[] = {
		{ "add", neigh_cmd_add },    { "change", neigh_cmd_change },
		{ "chg", neigh_cmd_change }, { "replace", neigh_cmd_replace },
		{ "delete", neigh_cmd_del }, { "get", neigh_cmd_get },
		{ "show", neigh_cmd_show },  { "lst", neigh_cmd_show },
		{ "list", neigh_cmd_show },  { "flush", neigh_cmd_flush },
		{ "help", neigh_cmd_help },  { NULL, NULL },
	};

	return *ip->word == NULL ? neigh_cmd_show(ip) : ip_run_verb(ip, "neigh", verbs);
}
