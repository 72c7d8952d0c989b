/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rte_fib and rte_fib6 under one roof. Called by route_fib.c on the control lcore; look-ups also by
 * workers, only in a published instance, which nobody changes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_memory.h>
#include <rte_rib.h>
#include <rte_rib6.h>
#include <rte_version.h>

#include "fib_instance.h"
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
#define ROUTES_START 4096u
#define TBL8_START4 1024
#define TBL8_START6 4096
#define ROUTES_MAX (1u << 23)
#define WORN 256
#define TBL24_ENTRIES (1u << 24)
#define TBL8_ENTRIES 256u

static void *
make4(const char *name, const struct fib_instance *i)
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
make6(const char *name, const struct fib_instance *i)
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

int
fib_instance_make(uint8_t family, struct fib_instance *i)
{
	static unsigned serial;
	char name[24];

	snprintf(name, sizeof(name), "route%c-%u", family == AF_INET ? '4' : '6', serial++);
	i->live.fib = family == AF_INET ? make4(name, i) : make6(name, i);
	i->live.default_nh = NEXTHOP_NONE;
	i->changes = 0;
	return i->live.fib == NULL ? -ENOMEM : 0;
}

void
fib_instance_free(uint8_t family, struct fib_instance *i)
{
	if (family == AF_INET)
		rte_fib_free(i->live.fib);
	else
		rte_fib6_free(i->live.fib);
	i->live.fib = NULL;
}

/*
 * A prefix whose next hop is its parent's is added without being accounted for, but taken off the
 * account when it goes (seen in DPDK 22.11). So it comes with another one first; nobody looks at
 * this instance yet.
 */
static bool
as_parent4(struct rte_fib *fib, uint32_t host, uint8_t len, uint32_t nh)
{
	struct rte_rib_node *n = rte_rib_lookup(rte_fib_get_rib(fib), host);
	uint8_t depth = 0;
	uint64_t id = 0;

	for (; n != NULL; n = rte_rib_lookup_parent(n)) {
		rte_rib_get_depth(n, &depth);
		if (depth <= len)
			break;
	}
	if (n == NULL || depth == len)
		return false;
	rte_rib_get_nh(n, &id);
	return id == nh;
}

static int
add4(void *fib, uint32_t host, uint8_t len, uint32_t nh)
{
	int rc = 0;

	if (len > 24 && as_parent4(fib, host, len, nh))
		rc = rte_fib_add(fib, host, len, NEXTHOP_UNUSED);
	return rc == 0 ? rte_fib_add(fib, host, len, nh) : rc;
}

static bool
as_parent6(struct rte_fib6 *fib, const uint8_t *bytes, uint8_t len, uint32_t nh)
{
	struct rte_rib6_node *n = rte_rib6_lookup(rte_fib6_get_rib(fib), FIB6_ADDR(bytes));
	uint8_t depth = 0;
	uint64_t id = 0;

	for (; n != NULL; n = rte_rib6_lookup_parent(n)) {
		rte_rib6_get_depth(n, &depth);
		if (depth <= len)
			break;
	}
	if (n == NULL || depth == len)
		return false;
	rte_rib6_get_nh(n, &id);
	return id == nh;
}

static int
add6(void *fib, const uint8_t *bytes, uint8_t len, uint32_t nh)
{
	int rc = 0;

	if (len > 24 && as_parent6(fib, bytes, len, nh))
		rc = rte_fib6_add(fib, FIB6_ADDR(bytes), len, NEXTHOP_UNUSED);
	return rc == 0 ? rte_fib6_add(fib, FIB6_ADDR(bytes), len, nh) : rc;
}

int
fib_instance_put(struct fib_instance *i, const struct ip_prefix *p, uint32_t nh)
{
	void *fib = i->live.fib;

	if (p->len == 0) {
		i->live.default_nh = nh == FIB_ABSENT ? NEXTHOP_NONE : nh;
		return 0;
	}
	if (!i->wide && nh != FIB_ABSENT && nh > SMALL_NH_MAX)
		return -EOVERFLOW;
	if (p->addr.family == AF_INET) {
		uint32_t host = rte_be_to_cpu_32(p->addr.v4);

		return nh == FIB_ABSENT ? rte_fib_delete(fib, host, p->len)
					: add4(fib, host, p->len, nh);
	}
	return nh == FIB_ABSENT ? rte_fib6_delete(fib, FIB6_ADDR(p->addr.v6), p->len)
				: add6(fib, p->addr.v6, p->len, nh);
}

int
fib_instance_change(struct fib_instance *i, const struct fib_change *c, unsigned n)
{
	int rc = 0;
	unsigned k;

	i->changes += n;
	for (k = 0; k < n && rc == 0; k++)
		rc = fib_instance_put(i, &c[k].p, c[k].new_nh);
	if (rc == 0)
		return 0;
	for (k--; k-- > 0;)
		fib_instance_put(i, &c[k].p, c[k].old_nh);
	return rc;
}

/* One that saw many changes first gets a second chance in its size, for what its accounts lost. */
bool
fib_instance_enlarge(struct fib_instance *i, int why)
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

void
fib_instance_size(uint8_t family, struct fib_instance *i, unsigned routes)
{
	uint32_t tbl8 = family == AF_INET ? TBL8_START4 : TBL8_START6;

	*i = (struct fib_instance){ .routes = ROUTES_START, .tbl8 = tbl8 };
	while (i->routes < routes && i->routes < ROUTES_MAX)
		i->routes *= 2;
}

void
fib_instance_fit(struct fib_instance *i, uint32_t groups)
{
	uint32_t spare = groups / 8;

	if (groups + spare < i->tbl8)
		return;
	i->tbl8 = RTE_MIN(groups + spare + 1, TBL8_MAX);
	if (!i->wide && i->tbl8 > TBL8_MAX_SMALL) {
		i->wide = groups >= TBL8_MAX_SMALL;
		i->tbl8 = i->wide ? i->tbl8 : TBL8_MAX_SMALL;
	}
}

/* From the longest prefix up to the first whose next hop leaves by the port. */
static uint32_t
climb4(struct rte_fib *fib, uint32_t host, uint16_t out, uint8_t *len)
{
	struct rte_rib_node *n = rte_rib_lookup(rte_fib_get_rib(fib), host);
	uint64_t nh;

	for (; n != NULL; n = rte_rib_lookup_parent(n)) {
		rte_rib_get_nh(n, &nh);
		if (out == 0 || nexthop_by_port(nexthop_get(nh), out)) {
			rte_rib_get_depth(n, len);
			return nh;
		}
	}
	return NEXTHOP_NONE;
}

static uint32_t
climb6(struct rte_fib6 *fib, const uint8_t *bytes, uint16_t out, uint8_t *len)
{
	struct rte_rib6_node *n = rte_rib6_lookup(rte_fib6_get_rib(fib), FIB6_ADDR(bytes));
	uint64_t nh;

	for (; n != NULL; n = rte_rib6_lookup_parent(n)) {
		rte_rib6_get_nh(n, &nh);
		if (out == 0 || nexthop_by_port(nexthop_get(nh), out)) {
			rte_rib6_get_depth(n, len);
			return nh;
		}
	}
	return NEXTHOP_NONE;
}

uint32_t
fib_instance_lookup(uint8_t family, const struct fib_live *live, const struct ip_addr *dst,
		    uint16_t out, uint8_t *len)
{
	uint32_t nh = family == AF_INET ? climb4(live->fib, rte_be_to_cpu_32(dst->v4), out, len)
					: climb6(live->fib, dst->v6, out, len);

	if (nh != NEXTHOP_NONE)
		return nh;
	*len = 0;
	nh = live->default_nh;
	return out == 0 || nexthop_by_port(nexthop_get(nh), out) ? nh : NEXTHOP_NONE;
}

size_t
fib_instance_memory(uint8_t family, const struct fib_instance *i)
{
	size_t size = i->wide ? 4 : 2;
	size_t node = family == AF_INET ? 64 : 96; /* rte_rib's node, about */

	if (i->live.fib == NULL)
		return 0;
	return size * (TBL24_ENTRIES + (size_t)i->tbl8 * TBL8_ENTRIES) + 2 * node * i->routes;
}
