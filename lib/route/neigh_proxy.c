/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include "base_log.h"
#include "base_rcu.h"
#include "neigh_proxy.h"

struct proxy {
	struct ip_addr addr;
	uint16_t port; /* 0: all */
	bool router;
};

/* Immutable. */
struct proxies {
	unsigned n, n6;
	struct proxy of[];
};

static struct proxies *current; /* atomic; NULL: none */

static struct proxies *
get(void)
{
	return __atomic_load_n(&current, __ATOMIC_ACQUIRE);
}

static int
order(const struct proxy *p, uint16_t port, const struct ip_addr *addr)
{
	int d = (int)p->addr.family - (int)addr->family;

	if (d == 0)
		d = (int)p->port - (int)port;
	return d != 0 ? d : memcmp(p->addr.v6, addr->v6, ip_addr_bits(addr->family) / 8);
}

/* The place of the entry, or where it would be. */
static unsigned
place(const struct proxies *t, uint16_t port, const struct ip_addr *addr, bool *there)
{
	unsigned low = 0, high = t != NULL ? t->n : 0;

	*there = false;
	while (low < high) {
		unsigned mid = (low + high) / 2;
		int d = order(&t->of[mid], port, addr);

		*there |= d == 0;
		if (d < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
neigh_proxy_find(uint16_t port, const struct ip_addr *addr, bool *router)
{
	const struct proxies *t = get();
	bool there;
	unsigned at = place(t, port, addr, &there);

	if (!there)
		at = place(t, 0, addr, &there);
	if (there && router != NULL)
		*router = t->of[at].router;
	return there;
}

bool
neigh_proxy_any6(void)
{
	const struct proxies *t = get();

	return t != NULL && t->n6 != 0;
}

bool
neigh_proxy_group6(uint16_t port, const uint8_t group[16])
{
	static const uint8_t prefix[13] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff };
	const struct proxies *t = get();

	if (t == NULL || t->n6 == 0 || memcmp(group, prefix, sizeof(prefix)) != 0)
		return false;
	for (unsigned i = 0; i < t->n; i++)
		if (t->of[i].addr.family == AF_INET6 && t->of[i].port == port &&
		    memcmp(t->of[i].addr.v6 + 13, group + 13, 3) == 0)
			return true;
	return false;
}

static struct proxies *
make(unsigned n)
{
	return calloc(1, sizeof(struct proxies) + n * sizeof(struct proxy));
}

static void
append(struct proxies *t, const struct proxy *p)
{
	t->of[t->n++] = *p;
	t->n6 += p->addr.family == AF_INET6;
}

static void
publish(struct proxies *t)
{
	struct proxies *old = current;

	__atomic_store_n(&current, t, __ATOMIC_RELEASE);
	if (old != NULL)
		rcu_defer(free, old);
}

int
neigh_proxy_add(uint16_t port, const struct ip_addr *addr, bool router, struct err *e)
{
	struct proxy one = { .addr = *addr, .port = port, .router = router };
	const struct proxies *old = current;
	unsigned n = old != NULL ? old->n : 0, at;
	struct proxies *t;
	bool there;

	e->text[0] = '\0';
	at = place(old, port, addr, &there);
	if (port == 0 && addr->family == AF_INET6)
		return -ENOBUFS;
	if (!there && n == NEIGH_PROXY_MAX)
		return err_set(e, -ENOBUFS, "Proxy table is full (%u entries)", n);
	t = make(n + 1);
	if (t == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < at; i++)
		append(t, &old->of[i]);
	append(t, &one);
	for (unsigned i = at + there; i < n; i++)
		append(t, &old->of[i]);
	publish(t);
	return 0;
}

/* Leaves out those for which gone() says so. -ENOENT: none. */
static int
take(bool (*gone)(const struct proxy *p, const struct proxy *sample), const struct proxy *sample)
{
	const struct proxies *old = current;
	struct proxies *t;

	if (old == NULL)
		return -ENOENT;
	t = make(old->n);
	if (t == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < old->n; i++)
		if (!gone(&old->of[i], sample))
			append(t, &old->of[i]);
	if (t->n == old->n) {
		free(t);
		return -ENOENT;
	}
	publish(t);
	return 0;
}

static bool
is_it(const struct proxy *p, const struct proxy *sample)
{
	return order(p, sample->port, &sample->addr) == 0;
}

static bool
is_of_port(const struct proxy *p, const struct proxy *sample)
{
	return p->port == sample->port &&
	       (sample->addr.family == 0 || p->addr.family == sample->addr.family);
}

int
neigh_proxy_del(uint16_t port, const struct ip_addr *addr)
{
	struct proxy sample = { .addr = *addr, .port = port };

	return take(is_it, &sample);
}

void
neigh_proxy_flush_port(uint16_t port, uint8_t family)
{
	struct proxy sample = { .addr.family = family, .port = port };

	if (take(is_of_port, &sample) == -ENOMEM)
		LOG(ERR, "no memory to take the proxy entries of port %u", port);
}

void
neigh_proxy_walk(void (*fn)(const struct neigh_info *i, void *arg), void *arg)
{
	const struct proxies *t =
		current; /* what is replaced meanwhile stays until the next reap */

	for (unsigned i = 0; t != NULL && i < t->n; i++) {
		struct neigh_info info = { .addr = t->of[i].addr,
					   .port = t->of[i].port,
					   .router = t->of[i].router,
					   .proxy = true };

		fn(&info, arg);
	}
}
