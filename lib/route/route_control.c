/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What commands, addresses and ports do to the RIB, and what they ask it. Control lcore.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_log.h"
#include "rib_journal.h"
#include "route_check.h"

static bool
same_addr(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family && (a->family == AF_UNSPEC || ip_addr_equal(a, b));
}

bool
route_matches(const struct route *r, const struct route_match *m)
{
	const struct route *w = &m->r;

	if ((m->mask & ROUTE_M_FAMILY) && r->dst.addr.family != w->dst.addr.family)
		return false;
	if ((m->mask & ROUTE_M_DST) &&
	    (r->dst.len != w->dst.len || !same_addr(&r->dst.addr, &w->dst.addr)))
		return false;
	return (!(m->mask & ROUTE_M_METRIC) || r->metric == w->metric) &&
	       (!(m->mask & ROUTE_M_TABLE) || r->table == w->table) &&
	       (!(m->mask & ROUTE_M_PORT) || r->port == w->port) &&
	       (!(m->mask & ROUTE_M_TYPE) || r->type == w->type) &&
	       (!(m->mask & ROUTE_M_PROTO) || r->proto == w->proto) &&
	       (!(m->mask & ROUTE_M_SCOPE) || r->scope == w->scope) &&
	       (!(m->mask & ROUTE_M_GW) || same_addr(&r->gw, &w->gw)) &&
	       (!(m->mask & ROUTE_M_SRC) || same_addr(&r->src, &w->src));
}

static bool
same_route(const struct route *a, const struct route *b)
{
	return a->metric == b->metric && a->table == b->table && a->port == b->port &&
	       a->type == b->type && a->scope == b->scope && a->proto == b->proto &&
	       same_addr(&a->gw, &b->gw) && same_addr(&a->src, &b->src);
}

/* Closes the batch; rc is what happened before. */
static int
finish(int rc, struct err *e)
{
	struct err later = { "" };
	int end = route_batch_end(&later);

	if (rc != 0)
		return rc;
	if (end != 0)
		*e = later;
	return end;
}

static int
add_one(const struct route *r, unsigned flags)
{
	struct rib_prefix *x = rib_find(&r->dst);
	struct rib_route *at = x ? x->first : NULL;
	uint64_t seq = 0;
	int rc;

	while (at != NULL && (at->r.table != r->table || at->r.metric != r->metric))
		at = at->next;
	if (at == NULL && !(flags & ROUTE_CREATE))
		return -ENOENT;
	if (at != NULL && (flags & ROUTE_EXCL))
		return -EEXIST;
	if (at != NULL && (flags & ROUTE_REPLACE)) {
		seq = at->seq;
		rc = rib_remove(x, at);
		if (rc != 0)
			return rc;
	} else {
		for (; at != NULL; at = at->next)
			if (same_route(&at->r, r))
				return -EEXIST;
	}
	return rib_insert(r, seq);
}

int
route_add(struct route *r, unsigned flags, struct err *e)
{
	int rc = route_check(r, e);

	if (rc != 0)
		return rc;
	route_batch_begin();
	rc = add_one(r, flags);
	return finish(rc, e);
}

int
route_del(const struct route_match *m, struct err *e)
{
	struct ip_prefix p = m->r.dst;
	struct rib_prefix *x;
	struct rib_route *r;

	e->text[0] = '\0';
	ip_addr_mask(&p.addr, p.len);
	if (p.addr.family == AF_INET && !ip_addr_equal(&p.addr, &m->r.dst.addr))
		return err_set(e, -EINVAL, "Invalid prefix for given prefix length");
	x = rib_find(&p);
	for (r = x ? x->first : NULL; r != NULL; r = r->next) {
		struct route_match any = *m;

		any.r.dst = p;
		if (route_matches(&r->r, &any))
			break;
	}
	if (r == NULL)
		return -ESRCH;
	route_batch_begin();
	return finish(rib_remove(x, r), e);
}

/* Removing by a test of one's own. */
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

static unsigned
sweep(uint8_t family, bool (*test)(const struct route *r, const void *arg), const void *arg)
{
	struct sweep s = { test, arg, 0, 0 };

	if (family != AF_INET6)
		rib_each(AF_INET, sweep_prefix, &s);
	if (family != AF_INET)
		rib_each(AF_INET6, sweep_prefix, &s);
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
	struct rib_prefix *x = rib_find(&r->dst);
	int rc;

	for (struct rib_route *at = x ? x->first : NULL; at != NULL; at = at->next)
		if (same_route(&at->r, r))
			return 0;
	rc = rib_insert(r, 0);
	return rc == 0 ? 0 : err_set(e, rc, "no room for one more route: %s", strerror(-rc));
}

void
route_take(const struct route *r)
{
	struct rib_prefix *x = rib_find(&r->dst);
	struct rib_route *at;

	for (at = x ? x->first : NULL; at != NULL; at = at->next)
		if (same_route(&at->r, r))
			break;
	if (at != NULL && rib_remove(x, at) != 0)
		LOG(ERR, "routes: %s", strerror(ENOMEM));
}

struct by_port {
	uint16_t port;
	bool keep_local;
};

static bool
test_port(const struct route *r, const void *arg)
{
	const struct by_port *b = arg;

	return r->port == b->port &&
	       !(b->keep_local && r->table == RT_TABLE_LOCAL && r->scope == RT_SCOPE_HOST);
}

void
route_take_port(uint16_t port, uint8_t family, bool keep_local)
{
	const struct by_port b = { port, keep_local };

	sweep(family, test_port, &b);
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

const struct route *
route_lookup(const struct ip_addr *dst, uint8_t scope, uint16_t port)
{
	for (int len = ip_addr_bits(dst->family); len >= 0; len--) {
		struct ip_prefix p = { *dst, len };
		struct rib_prefix *x;

		if (rib_count_len(dst->family, len) == 0)
			continue;
		ip_addr_mask(&p.addr, len);
		x = rib_find(&p);
		for (struct rib_route *r = x ? x->first : NULL; r != NULL; r = r->next)
			if (r->r.scope >= scope && (port == 0 || r->r.port == port))
				return &r->r;
	}
	return NULL;
}
