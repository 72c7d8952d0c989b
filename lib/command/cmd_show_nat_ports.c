/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show nat ports`: by external address and protocol, which ports are used. The pool is what the rules in force may
 * take. What the last one who asked saw is kept, for the rate.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_jhash.h>

#include "base_clock.h"
#include "cmd_conntrack.h"
#include "cmd_show_nat.h"
#include "cmd_show_talkers.h"
#include "cmd_table.h"
#include "ct_table.h"
#include "rule_nat_each.h"

#define ADDRESSES 2048u /* with protocols; what is more is not shown, but counted */
#define SLOTS 8192u     /* a power of two */
#define FAR_ENDS 1024u
#define RATE_MS 1000u
#define BITS (65536 / 64)

/* Ports of an external address for a protocol. */
struct pool {
	struct ct_tuple key; /* src, family, proto */
	uint32_t connections, used, size;
	struct talker most; /* the far end with most of them */
	uint64_t *ports;    /* BITS words; NULL in what is kept */
};

struct pools {
	unsigned nb;
	uint32_t left_out; /* connections */
	uint64_t at;       /* clock_ms() */
	struct pool pool[ADDRESSES];
	uint16_t slot[SLOTS]; /* 1 + index in pool[]; 0: nothing */
};

/* What was seen before. NULL: nobody has asked. */
static struct pools *last;

/* The external end of a connection whose source is translated, and its port. false: it has none. */
static bool
external(const struct ct *ct, struct ct_tuple *key, uint16_t *port)
{
	struct ct_tuple reply = ct_tuple(ct, CT_REPLY);

	if (!(ct_status(ct) & CT_SRC_NAT))
		return false;
	switch (reply.proto) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		*port = ntohs(reply.sport);
		break;
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		*port = ntohs(reply.dport);
		break;
	default:
		return false;
	}
	key->src = reply.dst;
	key->family = reply.family;
	key->proto = reply.proto;
	return true;
}

static bool
has_ports(uint8_t proto)
{
	return proto != IPPROTO_ICMP && proto != IPPROTO_ICMPV6;
}

/* A far end: what the external address talks to. */
static bool
far_end(const struct ct *ct, struct ct_tuple *key)
{
	struct ct_tuple reply = ct_tuple(ct, CT_REPLY);
	uint16_t port;

	if (!external(ct, key, &port))
		return false;
	key->dst = reply.src;
	key->dport = has_ports(reply.proto) ? reply.sport : 0;
	return true;
}

static unsigned
slot_of(const struct pools *p, const struct ct_tuple *key)
{
	uint32_t i = rte_jhash(key, sizeof(*key), 0);

	while (p->slot[i % SLOTS] != 0 &&
	       memcmp(&p->pool[p->slot[i % SLOTS] - 1].key, key, sizeof(*key)) != 0)
		i++;
	return i % SLOTS;
}

/* NULL: there is none. */
static struct pool *
find(struct pools *p, const struct ct_tuple *key)
{
	unsigned slot = slot_of(p, key);

	return p->slot[slot] != 0 ? &p->pool[p->slot[slot] - 1] : NULL;
}

static bool
count(struct ct *ct, void *arg)
{
	struct pools *p = arg;
	struct ct_tuple key;
	struct pool *pool;
	uint16_t port;

	memset(&key, 0, sizeof(key));
	if (!external(ct, &key, &port))
		return true;
	pool = find(p, &key);
	if (pool == NULL && p->nb == ADDRESSES) {
		p->left_out++;
		return true;
	}
	if (pool == NULL) {
		p->slot[slot_of(p, &key)] = p->nb + 1;
		pool = &p->pool[p->nb++];
		pool->key = key;
		pool->ports = calloc(BITS, sizeof(*pool->ports));
		if (pool->ports == NULL)
			abort();
	}
	pool->connections++;
	pool->ports[port / 64] |= 1ull << port % 64;
	return true;
}

/* The far ends with most ports: the first one of each address is its greatest. */
static void
find_far_ends(struct pools *p)
{
	struct talker *top = calloc(FAR_ENDS, sizeof(*top));
	unsigned n;

	if (top == NULL)
		abort();
	n = talkers_top(far_end, top, FAR_ENDS);
	for (unsigned i = 0; i < n; i++) {
		struct ct_tuple key = top[i].key;
		struct pool *pool;

		memset(&key.dst, 0, sizeof(key.dst));
		key.dport = 0;
		pool = find(p, &key);
		if (pool != NULL && pool->most.connections == 0)
			pool->most = top[i];
	}
	free(top);
}

/* Which ports rules may take for one pool. */
struct range_walk {
	const struct pool *pool;
	uint64_t ports[BITS];
	bool any;
};

static void
add_ports(struct range_walk *w, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i <= to; i++)
		w->ports[i / 64] |= 1ull << i % 64;
	w->any = true;
}

static void
add_free_ports(struct range_walk *w)
{
	/* As new connections choose: unprivileged ports, or any number of ICMP's. */
	add_ports(w, has_ports(w->pool->key.proto) ? 1024 : 0, 65535);
}

static void
add_range(uint8_t proto, const struct nat_range *r, void *arg)
{
	struct range_walk *w = arg;

	if ((proto != 0 && proto != w->pool->key.proto) ||
	    !nat_has_address(r, &w->pool->key.src, w->pool->key.family))
		return;
	if (r->flags & NAT_PROTO_SPECIFIED)
		add_ports(w, RTE_MIN(r->min_port, r->max_port), RTE_MAX(r->min_port, r->max_port));
	else
		add_free_ports(w);
}

/* Counts the pool, and what is used of it; ports that no rule may take now do not count. */
static void
measure(struct pool *pool)
{
	struct range_walk w = { .pool = pool };

	rule_nat_each_source(pool->key.family == AF_INET ? HOOK_IP4 : HOOK_IP6, add_range, &w);
	if (!w.any)
		add_free_ports(&w);
	for (unsigned i = 0; i < BITS; i++) {
		pool->size += __builtin_popcountll(w.ports[i]);
		pool->used += __builtin_popcountll(w.ports[i] & pool->ports[i]);
	}
}

/* Two looks make a rate when there is some time between them. */
static bool
is_later(const struct pools *p)
{
	return last != NULL && p->at - last->at >= RATE_MS;
}

/* Ports a second that the far end got more since the last look; 0: none, or nobody looked. */
static double
rate_of(const struct pools *p, const struct pool *pool)
{
	const struct pool *old = last != NULL ? find(last, &pool->key) : NULL;
	uint32_t before;

	if (!is_later(p))
		return 0;
	before = old != NULL && memcmp(&old->most.key, &pool->most.key, sizeof(old->most.key)) == 0
			 ? old->most.connections
			 : 0;
	if (pool->most.connections <= before)
		return 0;
	return 1000.0 * (pool->most.connections - before) / (p->at - last->at);
}

static void
put_far_end(struct cmd_table *t, const struct pool *pool)
{
	struct ip_addr a = conntrack_addr(&pool->most.key, true);
	char text[IP_ADDR_TEXT + 16], addr[IP_ADDR_TEXT];
	bool six = a.family == AF_INET6;

	ip_addr_text(&a, addr);
	if (has_ports(pool->key.proto))
		snprintf(text, sizeof(text), "%s%s%s:%u", six ? "[" : "", addr, six ? "]" : "",
			 ntohs(pool->most.key.dport));
	else
		snprintf(text, sizeof(text), "%s", addr);
	cmd_table_text(t, pool->most.connections != 0 ? text : "-");
	cmd_table_number(t, pool->most.connections);
}

static void
put_forecast(struct cmd_table *t, const struct pools *p, const struct pool *pool)
{
	double rate = rate_of(p, pool);
	uint32_t left = pool->size - RTE_MIN(pool->most.connections, pool->size);
	uint64_t s = rate > 0 ? left / rate : 0;
	char text[32];

	snprintf(text, sizeof(text), "%.1f", rate);
	cmd_table_text(t, text);
	if (left == 0)
		snprintf(text, sizeof(text), "now");
	else if (rate == 0)
		snprintf(text, sizeof(text), "-");
	else if (s < 120)
		snprintf(text, sizeof(text), "%u s", (unsigned)s);
	else if (s < 7200)
		snprintf(text, sizeof(text), "%u min", (unsigned)(s / 60));
	else
		snprintf(text, sizeof(text), "%u h", (unsigned)(s / 3600));
	cmd_table_text(t, text);
}

static void
put_pool(struct cmd_table *t, const struct pools *p, const struct pool *pool)
{
	struct ip_addr a = conntrack_addr(&pool->key, false);
	char text[IP_ADDR_TEXT], proto[NAT_PROTO_TEXT];

	nat_proto_text(pool->key.proto, proto);
	cmd_table_text(t, ip_addr_text(&a, text));
	cmd_table_text(t, proto);
	cmd_table_number(t, pool->connections);
	cmd_table_number(t, pool->used);
	cmd_table_number(t, pool->size - pool->used);
	put_far_end(t, pool);
	put_forecast(t, p, pool);
}

static int
by_use(const void *a, const void *b)
{
	const struct pool *x = *(struct pool *const *)a, *y = *(struct pool *const *)b;

	return x->most.connections < y->most.connections   ? 1
	       : x->most.connections > y->most.connections ? -1
							   : 0;
}

static void
put_all(struct cmd_table *t, struct pools *p)
{
	struct pool **order = calloc(p->nb + 1, sizeof(struct pool *));

	if (order == NULL)
		abort();
	for (unsigned i = 0; i < p->nb; i++)
		order[i] = &p->pool[i];
	qsort(order, p->nb, sizeof(order[0]), by_use);
	for (unsigned i = 0; i < p->nb; i++)
		put_pool(t, p, order[i]);
	free(order);
}

/* For the next one who asks; the older one stays where it was a moment ago. */
static void
keep(struct pools *p)
{
	if (last == NULL || is_later(p)) {
		free(last);
		last = p;
	} else {
		free(p);
	}
}

int
show_nat_ports(struct cmd *c)
{
	static const struct cmd_column columns[] = {
		{ "address", "address" },
		{ "protocol", "protocol" },
		{ "connections", "connections" },
		{ "ports", "used" },
		{ "left", "left" },
		{ "most to", "far_end" },
		{ "ports", "to_it" },
		{ "rate/s", "rate" },
		{ "full in", "full_in" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	struct pools *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	p->at = clock_ms();
	ct_each(count, p);
	find_far_ends(p);
	for (unsigned i = 0; i < p->nb; i++) {
		measure(&p->pool[i]);
		free(p->pool[i].ports);
		p->pool[i].ports = NULL;
	}
	put_all(&t, p);
	if (p->left_out != 0)
		str_printf(
			&c->err,
			"show nat ports: %u connections of more than %u addresses are left out\n",
			p->left_out, ADDRESSES);
	keep(p);
	return cmd_table_end(&t);
}
