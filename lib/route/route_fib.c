/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two FIB instances per family: workers read the published one, the control lcore changes the
 * other, swaps, waits a grace period and repeats the changes on the one that is idle now.
 *
 * Next hops take two bytes in the tables (ids below 32,767) until one does not fit; then, and when
 * a table is too small for its routes, an instance is made anew from the RIB, wider or larger.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_rib.h>
#include <rte_rib6.h>
#include <rte_version.h>

#include "base_log.h"
#include "base_rcu.h"
#include "route_fib.h"
#include "route_nexthop.h"

/* An IPv6 address as rte_fib6 takes it. */
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
#define FIB6_ADDR(bytes) ((const struct rte_ipv6_addr *)(const void *)(bytes))
#else
#define FIB6_ADDR(bytes) (bytes)
#endif

#define SMALL_NH_MAX 32766u /* largest id of a 2-byte entry: 15 bits, and one value to spare */
#define TBL8_MAX_SMALL 32767u
#define TBL8_MAX (1u << 22)
#define ROUTES_START 4096
#define TBL8_START4 1024
#define TBL8_START6 4096
#define ROUTES_MAX (1 << 23)
#define WORN 256

struct instance {
	void *fib; /* rte_fib or rte_fib6 */
	uint32_t routes, tbl8;
	bool wide;        /* 4-byte next hops */
	uint32_t changes; /* since it was made */
};

static struct pair {
	struct instance of[2];
	unsigned live;
} pairs[2]; /* [0] IPv4, [1] IPv6 */

struct rte_fib *route_fib4;
struct rte_fib6 *route_fib6;

static struct pair *
pair_of(uint8_t family)
{
	return &pairs[family == AF_INET6];
}

static void *
make4(const char *name, const struct instance *i)
{
	struct rte_fib_conf conf = {
		.type = RTE_FIB_DIR24_8,
		.default_nh = NEXTHOP_NONE,
		.max_routes = i->routes,
		.dir24_8 = { .nh_sz = i->wide ? RTE_FIB_DIR24_8_4B : RTE_FIB_DIR24_8_2B,
			     .num_tbl8 = i->tbl8 },
	};
	struct rte_fib *fib = rte_fib_create(name, SOCKET_ID_ANY, &conf);

	/* The default picks AVX-512 where the SIMD width allows. */
	if (fib != NULL)
		rte_fib_select_lookup(fib, RTE_FIB_LOOKUP_DEFAULT);
	return fib;
}

static void *
make6(const char *name, const struct instance *i)
{
	struct rte_fib6_conf conf = {
		.type = RTE_FIB6_TRIE,
		.default_nh = NEXTHOP_NONE,
		.max_routes = i->routes,
		.trie = { .nh_sz = i->wide ? RTE_FIB6_TRIE_4B : RTE_FIB6_TRIE_2B,
			  .num_tbl8 = i->tbl8 },
	};
	struct rte_fib6 *fib = rte_fib6_create(name, SOCKET_ID_ANY, &conf);

	if (fib != NULL)
		rte_fib6_select_lookup(fib, RTE_FIB6_LOOKUP_DEFAULT);
	return fib;
}

static int
instance_make(uint8_t family, struct instance *i)
{
	static unsigned serial;
	char name[24];

	snprintf(name, sizeof(name), "route%c-%u", family == AF_INET ? '4' : '6', serial++);
	i->fib = family == AF_INET ? make4(name, i) : make6(name, i);
	return i->fib == NULL ? -ENOMEM : 0;
}

static void
instance_free(uint8_t family, struct instance *i)
{
	if (family == AF_INET)
		rte_fib_free(i->fib);
	else
		rte_fib6_free(i->fib);
	i->fib = NULL;
}

static void
publish(uint8_t family, void *fib)
{
	if (family == AF_INET)
		__atomic_store_n(&route_fib4, fib, __ATOMIC_RELEASE);
	else
		__atomic_store_n(&route_fib6, fib, __ATOMIC_RELEASE);
}

static int
add4(void *fib, uint32_t host, uint8_t len, uint32_t nh)
{
	struct rte_rib_node *node = NULL;
	int rc = 0;

	/*
	 * A prefix whose next hop is its parent's is added without being accounted for, but taken
	 * off the account when it goes (seen in DPDK 22.11). So it comes with another one first;
	 * nobody looks at this instance yet.
	 */
	if (len > 24)
		node = rte_rib_lookup_exact(rte_fib_get_rib(fib), host, len);
	if (len > 24 && node == NULL)
		rc = rte_fib_add(fib, host, len, NEXTHOP_UNUSED);
	return rc == 0 ? rte_fib_add(fib, host, len, nh) : rc;
}

static int
add6(void *fib, const uint8_t *bytes, uint8_t len, uint32_t nh)
{
	struct rte_rib6_node *node = NULL;
	int rc = 0;

	if (len > 24)
		node = rte_rib6_lookup_exact(rte_fib6_get_rib(fib), FIB6_ADDR(bytes), len);
	if (len > 24 && node == NULL)
		rc = rte_fib6_add(fib, FIB6_ADDR(bytes), len, NEXTHOP_UNUSED);
	return rc == 0 ? rte_fib6_add(fib, FIB6_ADDR(bytes), len, nh) : rc;
}

/* nh FIB_ABSENT: takes the prefix out. */
static int
put_one(void *fib, const struct ip_prefix *p, uint32_t nh)
{
	if (p->addr.family == AF_INET) {
		uint32_t host = rte_be_to_cpu_32(p->addr.v4);

		return nh == FIB_ABSENT ? rte_fib_delete(fib, host, p->len)
					: add4(fib, host, p->len, nh);
	}
	return nh == FIB_ABSENT ? rte_fib6_delete(fib, FIB6_ADDR(p->addr.v6), p->len)
				: add6(fib, p->addr.v6, p->len, nh);
}

/* Undoes by itself what it did when one change fails. */
static int
change_all(struct instance *i, const struct fib_change *c, unsigned n)
{
	int rc = 0;
	unsigned k;

	i->changes += n;
	for (k = 0; k < n && rc == 0; k++)
		rc = !i->wide && c[k].new_nh != FIB_ABSENT && c[k].new_nh > SMALL_NH_MAX
			     ? -EOVERFLOW
			     : put_one(i->fib, &c[k].p, c[k].new_nh);
	if (rc == 0)
		return 0;
	for (k--; k-- > 0;)
		put_one(i->fib, &c[k].p, c[k].old_nh);
	return rc;
}

static int
too_small(uint8_t family, struct err *e)
{
	return err_set(e, -ENOMEM,
		       "%s: no memory for a larger forwarding table: reserve more hugepages "
		       "(or start with a larger -m)",
		       family == AF_INET ? "IPv4 routes" : "IPv6 routes");
}

/*
 * What a full instance becomes. false: it is as large as it gets. One that saw many changes first
 * gets a second chance in its size, for the sake of what its accounts lost on the way.
 */
static bool
enlarge(struct instance *i, int why)
{
	bool worn = i->changes > WORN;

	i->changes = 0;
	if (worn && why != -EOVERFLOW)
		return true;
	if (why == -EOVERFLOW) {
		i->wide = true;
		return true;
	}
	/* The trees of prefixes run out of nodes with ENOMEM, the tables out of groups with ENOSPC. */
	if (why == -ENOMEM) {
		i->routes *= 2;
		return i->routes <= ROUTES_MAX;
	}
	if (!i->wide && i->tbl8 == TBL8_MAX_SMALL)
		i->wide = true;
	i->tbl8 *= 2;
	if (!i->wide && i->tbl8 > TBL8_MAX_SMALL)
		i->tbl8 = TBL8_MAX_SMALL;
	return i->tbl8 <= TBL8_MAX;
}

/* A new instance that holds all of the RIB; on error *i is as it was. */
static int
remake(uint8_t family, struct instance *i, int why, fib_fill_fn *fill, struct err *e)
{
	struct instance old = *i, now = *i;
	int rc = why;

	while (rc == -ENOSPC || rc == -ENOMEM || rc == -EOVERFLOW) {
		if (!enlarge(&now, rc) || instance_make(family, &now) != 0)
			return too_small(family, e);
		rc = fill(family, put_one, now.fib);
		if (rc != 0)
			instance_free(family, &now);
	}
	if (rc != 0)
		return err_set(e, rc, "forwarding table: %s", strerror(-rc));
	instance_free(family, &old);
	*i = now;
	return 0;
}

/* Either way *i holds what the RIB holds, or is unchanged. */
static int
bring_up_to_date(uint8_t family, struct instance *i, const struct fib_change *c, unsigned n,
		 fib_fill_fn *fill, struct err *e)
{
	int rc = change_all(i, c, n);

	return rc == 0 ? 0 : remake(family, i, rc, fill, e);
}

static void
swap(uint8_t family, struct pair *p)
{
	p->live = !p->live;
	publish(family, p->of[p->live].fib);
	rcu_wait();
}

int
fib_apply(uint8_t family, const struct fib_change *c, unsigned n, fib_fill_fn *fill, struct err *e)
{
	struct pair *p = pair_of(family);
	struct instance *idle = &p->of[!p->live];
	int rc;

	rc = bring_up_to_date(family, idle, c, n, fill, e);
	if (rc != 0)
		return rc;
	swap(family, p);
	idle = &p->of[!p->live];
	rc = bring_up_to_date(family, idle, c, n, fill, e);
	if (rc == 0)
		return 0;
	/* No memory to make the second one larger: go back to it and undo the first. */
	swap(family, p);
	idle = &p->of[!p->live];
	for (unsigned k = n; k-- > 0;)
		put_one(idle->fib, &c[k].p, c[k].old_nh);
	return rc;
}

int
fib_init(struct err *e)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	for (unsigned f = 0; f < 2; f++) {
		struct pair *p = pair_of(families[f]);

		for (unsigned k = 0; k < 2; k++) {
			p->of[k] = (struct instance){
				.routes = ROUTES_START,
				.tbl8 = families[f] == AF_INET ? TBL8_START4 : TBL8_START6,
			};
			if (instance_make(families[f], &p->of[k]) != 0)
				return err_set(
					e, -ENOMEM,
					"forwarding tables take about 150 MB and there is not so "
					"much memory: reserve more hugepages, or with --no-huge "
					"give a larger -m");
		}
		p->live = 0;
		publish(families[f], p->of[0].fib);
	}
	return 0;
}
