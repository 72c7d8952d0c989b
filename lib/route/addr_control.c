/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adding and deleting own addresses with the routes that belong to them, as Linux's devinet and
 * addrconf do. Control lcore. The routes come first: they may fail for memory; the generation with
 * the new addresses cannot.
 */
#include <errno.h>
#include <limits.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include <rte_debug.h>

#include "addr_conf6.h"
#include "addr_dad.h"
#include "addr_host.h"
#include "addr_routes.h"
#include "addr_table.h"
#include "base_ifparam.h"
#include "neigh.h"
#include "neigh_proxy.h"
#include "route_rib.h"

#define REMOVED_FNS_MAX 4

static void (*removed_fns[REMOVED_FNS_MAX])(const struct addr *a);
static unsigned nb_removed_fns;

IFPARAM_INT(promote_secondaries, IFPARAM_CONF4, "promote_secondaries", IFPARAM_OR, 0, 0, INT_MIN,
	    INT_MAX, "a secondary address takes the place of a deleted primary of its subnet")

void
addr_publish(struct addr_table *t)
{
	struct gen *draft = gen_draft();

	addr_host_follow(addr_table_get(gen_current()), t);
	gen_draft_set(draft, addr_slot, t);
	gen_commit(draft);
}

static bool
same_subnet(const struct addr *a, const struct addr *b)
{
	return a->prefix.len == b->prefix.len && ip_prefix_contains(&a->prefix, &b->prefix.addr);
}

/*
 * Where `ip addr` shows a new address of the port. IPv4 before IPv6. IPv4: primaries, narrow scopes
 * first, within one in the order of coming, then secondaries. IPv6: wide scopes first, within one
 * the youngest first.
 */
static unsigned
place(const struct addr_table *t, const struct addr *a)
{
	unsigned i = t->first[a->port], end = t->first[a->port + 1];

	for (; i < end; i++) {
		const struct addr *b = &t->of[i];

		if (a->prefix.addr.family == AF_INET) {
			if (b->prefix.addr.family == AF_INET6)
				break;
			if (!a->secondary && (b->secondary || b->scope < a->scope))
				break;
		} else if (b->prefix.addr.family == AF_INET6 && b->scope >= a->scope) {
			break;
		}
	}
	return i;
}

static int
check_new(const struct addr_table *t, struct addr *a, struct err *e)
{
	const struct ip_addr *ip = &a->prefix.addr;

	if (ip->family == AF_INET6 && !addr_has_ip6(a->port))
		return err_set(e, -EACCES, "ipv6: IPv6 is disabled on this device");
	if (ip->family == AF_INET6 && ip_addr_is_multicast(ip))
		return err_set(e, -EINVAL,
			       "ipv6: Cannot assign multicast address without "
			       "\"IFA_F_MCAUTOJOIN\" flag");
	if (ip->family == AF_INET6 && ip_addr_is_zero(ip))
		return err_set(e, -EADDRNOTAVAIL, "ipv6: Invalid address");
	a->secondary = false;
	a->primary = *ip;
	for (unsigned i = t->first[a->port]; i < t->first[a->port + 1]; i++) {
		const struct addr *b = &t->of[i];

		if (b->prefix.addr.family != ip->family)
			continue;
		if (ip->family == AF_INET6) {
			if (ip_addr_equal(&b->prefix.addr, ip))
				return err_set(e, -EEXIST, "ipv6: address already assigned");
		} else if (same_subnet(a, b) && a->peer.family == AF_UNSPEC) {
			if (ip_addr_equal(&b->prefix.addr, ip))
				return err_set(e, -EEXIST, "ipv4: Address already assigned");
			a->secondary = true;
			a->primary = b->primary;
		}
	}
	if (t->n >= ADDR_MAX)
		return err_set(e, -ENOSPC, "There are %u addresses already, the most there can be",
			       ADDR_MAX);
	return 0;
}

/* A new address is in the table: asks whether another has it, or tells of it. */
static void
begin_use(const struct addr *a)
{
	const struct port *p = port_get(gen_current(), a->port);

	if (a->dad == ADDR_USABLE)
		addr_dad_over(a);
	else if (p != NULL && p->up)
		addr_dad_start(a->port);
}

int
addr_add(const struct addr *given, struct err *e)
{
	const struct addr_table *t = addr_table_get(gen_current());
	struct addr a = *given;
	struct addr_table *next;
	int rc;

	e->text[0] = '\0';
	rc = check_new(t, &a, e);
	if (rc != 0)
		return rc;
	a.dad = addr_dad_wanted(&a) ? ADDR_TENTATIVE : ADDR_USABLE;
	next = addr_table_make(t, &a, place(t, &a), NULL);
	if (next == NULL)
		return err_set(e, -ENOMEM, "no memory for one more address");
	route_batch_begin();
	rc = addr_routes_put(&a, e);
	if (rc != 0)
		addr_routes_take(t, &a);
	if (route_batch_end(rc == 0 ? e : &(struct err){ "" }) != 0)
		rc = -ENOMEM;
	if (rc != 0) {
		addr_table_free(next);
		return rc;
	}
	if (a.prefix.addr.family == AF_INET)
		ifparam_if_pin(a.port);
	addr_publish(next);
	begin_use(&a);
	return 0;
}

/* Marks what goes with primary i: the secondaries of its subnet, unless the first is promoted. */
static void
mark_secondaries(const struct addr_table *t, unsigned i, bool *gone, struct addr_table *promoted)
{
	const struct addr *a = &t->of[i];
	struct addr *first = NULL;

	if (a->prefix.addr.family != AF_INET || a->secondary)
		return;
	for (unsigned k = t->first[a->port]; k < t->first[a->port + 1]; k++) {
		const struct addr *b = &t->of[k];

		if (k == i || b->prefix.addr.family != AF_INET || !b->secondary ||
		    !same_subnet(a, b))
			continue;
		if (!ifparam_get(&promote_secondaries, a->port)) {
			gone[k] = true;
			continue;
		}
		if (first == NULL) {
			first = &promoted->of[k];
			first->secondary = false;
		}
		promoted->of[k].primary = first->prefix.addr;
	}
}

static bool
last_of_family(const struct addr_table *t, uint16_t port, uint8_t family)
{
	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (t->of[i].prefix.addr.family == family)
			return false;
	return true;
}

/* Is address i the last IPv4 address its port lost? */
static bool
lost_last(const struct addr_table *old, const struct addr_table *next, const bool *gone, unsigned i)
{
	return gone[i] && old->of[i].prefix.addr.family == AF_INET &&
	       last_of_family(next, old->of[i].port, AF_INET);
}

void
addr_on_removed(void (*fn)(const struct addr *a))
{
	if (nb_removed_fns == REMOVED_FNS_MAX)
		rte_panic("too many functions about addresses\n");
	removed_fns[nb_removed_fns++] = fn;
}

/* The new table is published; the old one may go at any time. */
static void
publish_without(const struct addr_table *old, const bool *gone, struct addr_table *next)
{
	struct addr *lost = calloc(old->n + 1, sizeof(*lost));
	unsigned n = 0;

	if (lost == NULL)
		abort();
	for (unsigned i = 0; i < old->n; i++)
		if (gone[i])
			lost[n++] = old->of[i];
	addr_publish(next);
	for (unsigned i = 0; i < n; i++)
		for (unsigned f = 0; f < nb_removed_fns; f++)
			removed_fns[f](&lost[i]);
	free(lost);
}

/* The secondaries of a primary that goes get the routes they have under the one that takes its place. */
static void
follow_primary(const struct addr_table *old, const bool *gone, const struct addr_table *base,
	       const struct addr_table *next)
{
	struct err e = { "" };

	for (unsigned i = 0; i < old->n; i++) {
		if (gone[i] || ip_addr_equal(&old->of[i].primary, &base->of[i].primary))
			continue;
		addr_routes_lose(next, &old->of[i]);
		addr_routes_put(&base->of[i], &e);
	}
}

int
addr_take(const bool *gone, struct addr_table *base)
{
	const struct addr_table *old = addr_table_get(gen_current());
	struct addr_table *next = addr_table_make(base, NULL, 0, gone);
	struct err e = { "" };

	if (next == NULL)
		return -ENOMEM;
	route_batch_begin();
	follow_primary(old, gone, base, next);
	for (unsigned i = 0; i < old->n; i++)
		if (gone[i])
			addr_routes_take(next, &old->of[i]);
	/* Without an IPv4 address a port has no IPv4 routes, and no IPv4 neighbours. */
	for (unsigned i = 0; i < old->n; i++)
		if (lost_last(old, next, gone, i))
			route_take_port(old->of[i].port, AF_INET, false);
	if (route_batch_end(&e) != 0) {
		addr_table_free(next);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < old->n; i++)
		if (lost_last(old, next, gone, i)) {
			neigh_flush_port(old->of[i].port, AF_INET, true);
			neigh_proxy_flush_port(old->of[i].port, AF_INET);
		}
	publish_without(old, gone, next);
	return 0;
}

int
addr_del(uint16_t port, const struct ip_prefix *p, bool any_len, struct err *e)
{
	const struct addr_table *t = addr_table_get(gen_current());
	unsigned i = t->first[port], end = t->first[port + 1];
	struct addr_table *base;
	bool *gone;
	int rc = -ENOMEM;

	e->text[0] = '\0';
	while (i < end && !(ip_addr_equal(&t->of[i].prefix.addr, &p->addr) &&
			    (any_len || t->of[i].prefix.len == p->len)))
		i++;
	if (i == end)
		return err_set(e, -EADDRNOTAVAIL,
			       p->addr.family == AF_INET ? "ipv4: Address not found"
							 : "ipv6: address not found");
	gone = calloc(t->n, sizeof(*gone));
	base = addr_table_make(t, NULL, 0, NULL);
	if (gone != NULL && base != NULL) {
		gone[i] = true;
		mark_secondaries(t, i, gone, base);
		rc = addr_take(gone, base);
	}
	if (base != NULL)
		addr_table_free(base);
	free(gone);
	return rc == 0 ? 0 : err_set(e, rc, "no memory to delete the address");
}
