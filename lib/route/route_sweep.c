/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routes put and taken by addresses and ports, and taking all that a test means. Control lcore,
 * inside a batch.
 */
#include <errno.h>
#include <string.h>

#include "base_log.h"
#include "port.h"
#include "rib_journal.h"
#include "route_match.h"
#include "route_nexthop.h"

struct sweep {
	bool (*test)(const struct route *r, const void *arg);
	const void *arg;
	unsigned n;
	int rc;
};

static bool
sweep_prefix(struct rib_prefix *x, void *arg)
{
	struct sweep *s = arg;
	struct rib_route *r, *next;

	for (r = x->first; r != NULL && s->rc == 0; r = next) {
		next = r->next;
		if (s->test(&r->r, s->arg)) {
			s->rc = rib_remove(x, r);
			s->n += s->rc == 0;
		}
	}
	return s->rc == 0;
}

/* family 0: both. */
static unsigned
sweep(uint8_t family, bool (*test)(const struct route *r, const void *arg), const void *arg)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct sweep s = { test, arg, 0, 0 };

	for (unsigned i = 0; i < 2; i++) {
		if (family != 0 && family != families[i])
			continue;
		for (struct rib *t = NULL; (t = rib_next(families[i], t)) != NULL;)
			rib_each(t, sweep_prefix, &s);
	}
	if (s.rc != 0)
		LOG(ERR, "routes: %s", strerror(-s.rc));
	return s.n;
}

static bool
test_match(const struct route *r, const void *arg)
{
	return route_matches(r, arg);
}

unsigned
route_flush(const struct route_match *m, struct err *e)
{
	unsigned n;

	e->text[0] = '\0';
	route_batch_begin();
	n = sweep((m->mask & (ROUTE_M_DST | ROUTE_M_FAMILY)) ? m->r.dst.addr.family : 0, test_match,
		  m);
	return route_batch_end(e) == 0 ? n : 0;
}

int
route_put(const struct route *r, struct err *e)
{
	struct rib_prefix *x = rib_find(rib_of(r->dst.addr.family, r->table), &r->dst);
	int rc;

	for (struct rib_route *at = x ? x->first : NULL; at != NULL; at = at->next)
		if (route_same(&at->r, r))
			return 0;
	rc = rib_insert(r, 0);
	return rc == 0 ? 0 : err_set(e, rc, "no room for one more route: %s", strerror(-rc));
}

void
route_take(const struct route *r)
{
	struct rib_prefix *x = rib_find(rib_of(r->dst.addr.family, r->table), &r->dst);
	struct rib_route *at;

	for (at = x ? x->first : NULL; at != NULL; at = at->next)
		if (route_same(&at->r, r))
			break;
	if (at != NULL && rib_remove(x, at) != 0)
		LOG(ERR, "routes: %s", strerror(ENOMEM));
}

struct by_port {
	uint16_t port;
	bool down;
};

static bool
has_living_path(const struct route *r)
{
	for (unsigned i = 0; i < r->nb_hops; i++) {
		const struct port *p = port_get(gen_current(), r->hops[i].port);

		if (p != NULL && p->up)
			return true;
	}
	return false;
}

static bool
test_port(const struct route *r, const void *arg)
{
	const struct by_port *b = arg;

	if (!route_uses_port(r, b->port))
		return false;
	return !b->down ||
	       !((r->table == RT_TABLE_LOCAL && r->scope == RT_SCOPE_HOST) || has_living_path(r));
}

void
route_take_port(uint16_t port, uint8_t family, bool down)
{
	const struct by_port b = { port, down };

	sweep(family, test_port, &b);
}

void
route_follow_ports(void)
{
	nexthop_follow_ports();
}

static bool
test_src(const struct route *r, const void *arg)
{
	const struct ip_addr *src = arg;

	return r->src.family != AF_UNSPEC && ip_addr_equal(&r->src, src);
}

void
route_take_src(const struct ip_addr *src)
{
	sweep(src->family, test_src, src);
}
