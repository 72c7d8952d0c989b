/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What addresses, routes and neighbours do when a port comes, goes, rises or falls, as Linux does:
 * a port that comes up gets an IPv6 link-local address and its connected routes; one that goes down
 * loses its routes (static ones for good), its IPv6 addresses and its neighbours. Called by lib/port
 * on the control lcore.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "addr_conf6.h"
#include "addr_dad.h"
#include "addr_port.h"
#include "addr_routes.h"
#include "base_ifparam.h"
#include "base_log.h"
#include "neigh.h"
#include "neigh_proxy.h"
#include "route_rib.h"

IFPARAM_INT(addr_gen_mode, IFPARAM_CONF6, "addr_gen_mode", IFPARAM_COPY, 0, 0, 0, 1,
	    "0: a port gets a link-local address made from its MAC, 1: none")

static struct {
	bool up, no_ip6;
	struct rte_ether_addr mac;
} known[PORT_MAX];

/* RFC 4291 appendix A: EUI-64 from a MAC. */
static struct ip_addr
link_local_of(const struct rte_ether_addr *mac)
{
	const uint8_t *m = mac->addr_bytes;
	const uint8_t bytes[16] = { 0xfe,     0x80, 0,    0,    0,    0,    0,    0,
				    m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5] };

	return ip_addr_v6(bytes);
}

static void
gain_link_local(const struct port *p)
{
	struct addr ll = { .prefix = { link_local_of(&p->mac), 64 },
			   .port = p->index,
			   .scope = RT_SCOPE_LINK };
	struct err e;
	int rc;

	if (ifparam_get(&addr_gen_mode, p->index) != 0 || !addr_has_ip6(p->index))
		return;
	rc = addr_add(&ll, &e);
	if (rc != 0 && rc != -EEXIST)
		LOG(ERR, "%s: link-local address: %s", p->name, e.text);
}

static void
rise(const struct port *p)
{
	const struct addr_table *t = addr_table_get(gen_current());
	struct err e = { "" };
	int rc = 0;

	route_batch_begin();
	for (unsigned i = t->first[p->index]; i < t->first[p->index + 1] && rc == 0; i++)
		rc = addr_routes_put(&t->of[i], &e);
	if (route_batch_end(&e) != 0 || rc != 0 || route_link_set(p->index, true, &e) != 0)
		LOG(ERR, "%s: routes: %s", p->name, e.text);
	addr_dad_start(p->index);
	gain_link_local(p);
}

/* Deletes the port's addresses of the family (0: both). */
static void
lose_addresses(uint16_t port, uint8_t family)
{
	const struct addr_table *t = addr_table_get(gen_current());
	struct addr_table *base;
	bool *gone, any = false;

	gone = calloc(t->n + 1, sizeof(*gone));
	base = addr_table_make(t, NULL, 0, NULL);
	for (unsigned i = t->first[port]; gone != NULL && i < t->first[port + 1]; i++) {
		gone[i] = family == 0 || t->of[i].prefix.addr.family == family;
		any |= gone[i];
	}
	if (gone == NULL || base == NULL || (any && addr_take(gone, base) != 0))
		LOG(ERR, "no memory to take the addresses of port %u", port);
	if (base != NULL)
		addr_table_free(base);
	free(gone);
}

static void
take_routes(const struct port *p, uint8_t family, bool keep_local)
{
	struct err e = { "" };

	route_batch_begin();
	route_take_port(p->index, family, keep_local);
	if (route_batch_end(&e) != 0)
		LOG(ERR, "%s: %s", p->name, e.text);
}

static void
lose_routes(const struct port *p, bool keep_local)
{
	struct err e = { "" };

	take_routes(p, 0, keep_local);
	route_link_set(p->index, false, &e);
}

static void
fall(const struct port *p)
{
	route_follow_ports();
	lose_addresses(p->index, AF_INET6);
	lose_routes(p, true);
	neigh_flush_port(p->index, 0, true);
	neigh_proxy_flush_port(p->index, 0);
}

void
addr_port_ip6_changed(const struct port *p)
{
	bool off = !addr_has_ip6(p->index);

	if (off == known[p->index].no_ip6)
		return;
	known[p->index].no_ip6 = off;
	if (off) {
		lose_addresses(p->index, AF_INET6);
		take_routes(p, AF_INET6, false);
		neigh_flush_port(p->index, AF_INET6, true);
		neigh_proxy_flush_port(p->index, AF_INET6);
	} else if (p->up) {
		gain_link_local(p);
	}
}

static void
on_port_event(enum port_event event, const struct port *p)
{
	bool was_up = known[p->index].up;
	bool new_mac = !rte_is_same_ether_addr(&known[p->index].mac, &p->mac);

	known[p->index].up = event != PORT_GOING && p->up;
	known[p->index].mac = p->mac;
	known[p->index].no_ip6 = !addr_has_ip6(p->index);
	if (event == PORT_GOING) {
		lose_addresses(p->index, 0);
		lose_routes(p, false);
		neigh_flush_port(p->index, 0, true);
		neigh_proxy_flush_port(p->index, 0);
	} else if (event == PORT_ADDED || p->up != was_up) {
		if (p->up) {
			rise(p);
			route_follow_ports();
		} else if (event == PORT_CHANGED)
			fall(p);
	} else if (new_mac) {
		/* Frame headers hold the old source; Linux forgets all neighbours too. */
		neigh_flush_port(p->index, 0, true);
	}
}

RTE_INIT(addr_port_init)
{
	port_on_event(on_port_event);
}
