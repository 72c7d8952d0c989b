/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small forwarding tables. The array is sorted by first address, then length, then worst route first;
 * `up` leads from an entry to the next worse route of its prefix and on to the prefixes around it.
 * What covers an address is the last entry that does not begin behind it, or is found upwards.
 */
#include <stdlib.h>

#include <rte_byteorder.h>

#include "fib_small.h"

struct entry {
	uint64_t hi, lo; /* host byte order; IPv4 in the top half of hi */
	uint32_t nh;
	int16_t up;  /* -1: none */
	uint8_t len; /* of an IPv6 or IPv4 prefix */
	uint8_t spare;
	uint32_t order; /* while being built: worse routes first */
};

struct fib_small {
	unsigned n, max;
	struct entry of[];
};

static void
key_of(const struct ip_addr *a, uint64_t *hi, uint64_t *lo)
{
	if (a->family == AF_INET) {
		*hi = (uint64_t)rte_be_to_cpu_32(a->v4) << 32;
		*lo = 0;
	} else {
		*hi = rte_be_to_cpu_64(a->q[0]);
		*lo = rte_be_to_cpu_64(a->q[1]);
	}
}

static bool
covers(const struct entry *e, uint64_t hi, uint64_t lo)
{
	if (e->len == 0)
		return true;
	if (e->len <= 64)
		return (e->hi ^ hi) >> (64 - e->len) == 0;
	return e->hi == hi && (e->lo ^ lo) >> (128 - e->len) == 0;
}

struct fib_small *
fib_small_new(unsigned n)
{
	struct fib_small *s = calloc(1, sizeof(*s) + n * sizeof(s->of[0]));

	if (s != NULL)
		s->max = n;
	return s;
}

void
fib_small_put(struct fib_small *s, const struct ip_prefix *p, const uint32_t *nh, unsigned n)
{
	for (unsigned i = 0; i < n && s->n < s->max; i++) {
		struct entry *e = &s->of[s->n++];

		key_of(&p->addr, &e->hi, &e->lo);
		e->len = p->len;
		e->nh = nh[i];
		e->order = n - i;
	}
}

static int
compare(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;

	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void
fib_small_finish(struct fib_small *s)
{
	qsort(s->of, s->n, sizeof(s->of[0]), compare);
	for (unsigned i = 0; i < s->n; i++) {
		struct entry *e = &s->of[i];
		int up = (int)i - 1;

		/* IPv4 lengths count from the same top bit as IPv6's. */
		while (up >= 0 && !covers(&s->of[up], e->hi, e->lo))
			up = s->of[up].up;
		e->up = up;
	}
}

/* The last entry that begins at or before the address; -1: none. */
static int
predecessor(const struct fib_small *s, uint64_t hi, uint64_t lo)
{
	unsigned low = 0, high = s->n;

	while (low < high) {
		unsigned mid = (low + high) / 2;
		const struct entry *e = &s->of[mid];

		if (e->hi < hi || (e->hi == hi && e->lo <= lo))
			low = mid + 1;
		else
			high = mid;
	}
	return (int)low - 1;
}

uint32_t
fib_small_lookup(const struct fib_small *s, const struct ip_addr *dst, uint16_t out, uint8_t *len)
{
	uint64_t hi, lo;
	int i;

	key_of(dst, &hi, &lo);
	for (i = predecessor(s, hi, lo); i >= 0; i = s->of[i].up) {
		const struct entry *e = &s->of[i];

		if (covers(e, hi, lo) && (out == 0 || nexthop_by_port(nexthop_get(e->nh), out))) {
			*len = e->len;
			return e->nh;
		}
	}
	return NEXTHOP_NONE;
}

size_t
fib_small_memory(const struct fib_small *s)
{
	return s == NULL ? 0 : sizeof(*s) + s->max * sizeof(s->of[0]);
}
