/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Own addresses as workers see them: immutable, one object of the generation. Any thread reads;
 * addr_control.c makes the next one on the control lcore.
 */
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <rte_hash_crc.h>

#include "addr_conf6.h"
#include "addr_table.h"

unsigned addr_slot;
const struct addr_filter addr_filter_none;

RTE_INIT(addr_slot_init)
{
	addr_slot = gen_slot("addresses", addr_table_free);
}

static const struct addr_table none;

const struct addr_table *
addr_table_get(const struct gen *gen)
{
	const struct addr_table *t = gen->slot[addr_slot];

	return t != NULL ? t : &none;
}

static uint32_t
hash_of(const struct ip_addr *a)
{
	if (a->family == AF_INET)
		return rte_hash_crc_4byte(a->v4, 0);
	return rte_hash_crc_8byte(a->q[1], rte_hash_crc_8byte(a->q[0], 1));
}

static void
index_addr(struct addr_table *t, unsigned i)
{
	const struct ip_addr *a = &t->of[i].prefix.addr;
	uint32_t h = hash_of(a);

	if (t->of[i].dad != ADDR_USABLE)
		return;
	while (t->bucket[h & (t->nb_buckets - 1)] != 0)
		h++;
	t->bucket[h & (t->nb_buckets - 1)] = i + 1;
	if (a->family == AF_INET)
		t->filter.maybe[addr_filter_place(a->v4)] = 1;
}

/* Fills in all but the addresses themselves. NULL: no memory, t is freed. */
static struct addr_table *
index_all(struct addr_table *t)
{
	unsigned nb_buckets = 16, port = 0;

	while (nb_buckets < 2 * (t->n + 1u))
		nb_buckets *= 2;
	t->bucket = calloc(nb_buckets, sizeof(*t->bucket));
	if (t->bucket == NULL) {
		free(t);
		return NULL;
	}
	t->nb_buckets = nb_buckets;
	for (unsigned i = 0; i < t->n; i++) {
		while (port <= t->of[i].port)
			t->first[port++] = i;
		index_addr(t, i);
	}
	while (port <= PORT_MAX)
		t->first[port++] = t->n;
	return t;
}

struct addr_table *
addr_table_make(const struct addr_table *from, const struct addr *a, unsigned at, const bool *gone)
{
	struct addr_table *t = calloc(1, sizeof(*t) + (from->n + 1) * sizeof(t->of[0]));

	if (t == NULL)
		return NULL;
	for (unsigned i = 0; i <= from->n; i++) {
		if (a != NULL && i == at)
			t->of[t->n++] = *a;
		if (i < from->n && (gone == NULL || !gone[i]))
			t->of[t->n++] = from->of[i];
	}
	return index_all(t);
}

struct addr_table *
addr_table_set_dad(const struct addr_table *from, unsigned i, uint8_t dad)
{
	struct addr_table *t = calloc(1, sizeof(*t) + (from->n + 1) * sizeof(t->of[0]));

	if (t == NULL)
		return NULL;
	memcpy(t->of, from->of, from->n * sizeof(t->of[0]));
	t->n = from->n;
	t->of[i].dad = dad;
	return index_all(t);
}

void
addr_table_free(void *p)
{
	struct addr_table *t = p;

	free(t->bucket);
	free(t);
}

/* any_port, or the port on which a link-local address has to be. */
static bool
own(const struct addr_table *t, const struct ip_addr *a, bool any_port, uint16_t port)
{
	uint32_t h = hash_of(a);

	if (t->n == 0)
		return false;
	for (;; h++) {
		unsigned i = t->bucket[h & (t->nb_buckets - 1)];

		if (i == 0)
			return false;
		if (ip_addr_equal(&t->of[i - 1].prefix.addr, a) &&
		    (any_port || t->of[i - 1].port == port || !ip_addr_is_link_local(a)))
			return true;
	}
}

bool
addr_is_own(const struct gen *gen, const struct ip_addr *a)
{
	return own(addr_table_get(gen), a, true, 0);
}

bool
addr_is_own_on(const struct gen *gen, uint16_t port, const struct ip_addr *a)
{
	return own(addr_table_get(gen), a, false, port);
}

bool
addr_is_of_port(const struct gen *gen, uint16_t port, const struct ip_addr *a)
{
	const struct addr_table *t = addr_table_get(gen);

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (t->of[i].dad == ADDR_USABLE && ip_addr_equal(&t->of[i].prefix.addr, a))
			return true;
	return false;
}

/* RFC 6164: a point-to-point link's /127 has none. */
static bool
anycast_of(const struct ip_prefix *p, struct ip_addr *out)
{
	*out = p->addr;
	ip_addr_mask(out, p->len);
	return p->addr.family == AF_INET6 && p->len < 127;
}

bool
addr_is_anycast_of_port(const struct gen *gen, uint16_t port, const struct ip_addr *a)
{
	const struct addr_table *t = addr_table_get(gen);
	struct ip_addr anycast;

	if (!addr_is_router6(port))
		return false;
	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (t->of[i].dad == ADDR_USABLE && anycast_of(&t->of[i].prefix, &anycast) &&
		    ip_addr_equal(&anycast, a))
			return true;
	return false;
}

bool
addr_has_on_link6(const struct gen *gen, uint16_t port, const struct ip_addr *a)
{
	const struct addr_table *t = addr_table_get(gen);

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (t->of[i].prefix.addr.family == AF_INET6 &&
		    ip_prefix_contains(&t->of[i].prefix, a))
			return true;
	return false;
}

struct ip_addr
addr_link_local(const struct gen *gen, uint16_t port)
{
	const struct addr_table *t = addr_table_get(gen);

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (t->of[i].dad == ADDR_USABLE && ip_addr_is_link_local(&t->of[i].prefix.addr))
			return t->of[i].prefix.addr;
	return (struct ip_addr){ 0 };
}

/* ff02::1:ffXX:XXXX (RFC 4291 2.7.1) */
static const uint8_t solicited[13] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff };

bool
addr_in_group6(const struct gen *gen, uint16_t port, const uint8_t group[16])
{
	static const uint8_t zeros[13];
	const struct addr_table *t = addr_table_get(gen);
	bool router = addr_is_router6(port);

	/* All nodes: interface and link scope. All routers: these and site scope. */
	if (group[0] == 0xff && memcmp(group + 2, zeros, 13) == 0 &&
	    ((group[15] == 1 && (group[1] == 1 || group[1] == 2)) ||
	     (group[15] == 2 && router && (group[1] == 1 || group[1] == 2 || group[1] == 5))))
		return true;
	if (memcmp(group, solicited, sizeof(solicited)) != 0)
		return false;
	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++) {
		const struct ip_prefix *p = &t->of[i].prefix;
		struct ip_addr anycast;

		if (p->addr.family != AF_INET6)
			continue;
		if (memcmp(p->addr.v6 + 13, group + 13, 3) == 0)
			return true;
		if (router && anycast_of(p, &anycast) &&
		    memcmp(anycast.v6 + 13, group + 13, 3) == 0)
			return true;
	}
	return false;
}

const struct addr *
addr_nth(const struct gen *gen, unsigned n)
{
	const struct addr_table *t = addr_table_get(gen);

	return n < t->n ? &t->of[n] : NULL;
}
