/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is asked for, when, and what becomes of it. Control lcore, but for addr_dad_heard(), which takes
 * the lock of the reports.
 */
#include <arpa/inet.h>
#include <limits.h>
#include <string.h>

#include <rte_random.h>
#include <rte_spinlock.h>

#include "addr_conf6.h"
#include "addr_dad.h"
#include "addr_routes.h"
#include "base_clock.h"
#include "base_log.h"
#include "port.h"
#include "route_rib.h"

IFPARAM_INT(accept_dad, IFPARAM_CONF6, "accept_dad", IFPARAM_MAX, 0, 1, INT_MIN, INT_MAX,
	    "1: ask whether another has an address before it is used; 2: and no IPv6 on the port "
	    "when another has its link-local one")
IFPARAM_INT(dad_transmits, IFPARAM_CONF6, "dad_transmits", IFPARAM_DEV, 1, 1, 0, INT_MAX,
	    "how often is asked")
IFPARAM_INT(enhanced_dad, IFPARAM_CONF6, "enhanced_dad", IFPARAM_OR, 1, 1, 0, 1,
	    "questions carry a nonce, to know them when they come back")
IFPARAM_INT(solicit_delay, IFPARAM_CONF6, "router_solicitation_delay", IFPARAM_DEV, 1, 1, 0, 3600,
	    "the first question waits up to so many seconds")
IFPARAM_INT(ndisc_notify, IFPARAM_CONF6, "ndisc_notify", IFPARAM_OR, 0, 0, 0, 1,
	    "tell everybody of an address that has become usable")

#define REPEAT_MS 1000 /* between questions, and to wait after the last (RFC 4861 RETRANS_TIMER) */
#define REPORTS_MAX 64
#define NONCE_LEN 6

struct addr_dad_ops addr_dad_ops;

struct asking {
	struct ip_addr addr;
	uint16_t port;
	bool live;
	unsigned left; /* questions to be sent */
	uint64_t due;
	uint8_t nonce[NONCE_LEN];
};

static struct asking asked[ADDR_MAX];
static unsigned nb_asked; /* [0, nb_asked) may be live */

static struct {
	rte_spinlock_t lock;
	unsigned n;
	struct report {
		struct ip_addr addr;
		uint16_t port;
		bool has_nonce;
		uint8_t nonce[NONCE_LEN];
	} of[REPORTS_MAX];
} reports = { .lock = RTE_SPINLOCK_INITIALIZER };

static const struct addr *
find(const struct gen *gen, uint16_t port, const struct ip_addr *a)
{
	const struct addr_table *t = addr_table_get(gen);

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (ip_addr_equal(&t->of[i].prefix.addr, a))
			return &t->of[i];
	return NULL;
}

bool
addr_is_tentative(const struct gen *gen, uint16_t port, const struct ip_addr *a)
{
	const struct addr *own = find(gen, port, a);

	return own != NULL && own->dad == ADDR_TENTATIVE;
}

void
addr_dad_heard(uint16_t port, const struct ip_addr *a, const uint8_t *nonce)
{
	struct report r = { .addr = *a, .port = port, .has_nonce = nonce != NULL };

	if (nonce != NULL)
		memcpy(r.nonce, nonce, NONCE_LEN);
	rte_spinlock_lock(&reports.lock);
	if (reports.n < REPORTS_MAX)
		reports.of[reports.n++] = r;
	rte_spinlock_unlock(&reports.lock);
}

bool
addr_dad_wanted(const struct addr *a)
{
	return a->prefix.addr.family == AF_INET6 && !a->no_dad &&
	       ifparam_get(&accept_dad, a->port) > 0 && ifparam_get(&dad_transmits, a->port) > 0;
}

static struct asking *
find_asking(uint16_t port, const struct ip_addr *a)
{
	for (unsigned i = 0; i < nb_asked; i++)
		if (asked[i].live && asked[i].port == port && ip_addr_equal(&asked[i].addr, a))
			return &asked[i];
	return NULL;
}

/* There are as many places as addresses; those of addresses that went are free at the next tick. */
static struct asking *
free_place(void)
{
	for (unsigned i = 0; i < nb_asked; i++)
		if (!asked[i].live)
			return &asked[i];
	return nb_asked < ADDR_MAX ? &asked[nb_asked++] : NULL;
}

static void
ask_later(const struct addr *a)
{
	unsigned delay = ifparam_get(&solicit_delay, a->port) * 1000u;
	uint64_t nonce = rte_rand();
	struct asking *k = free_place();

	if (k == NULL)
		return;
	*k = (struct asking){ .addr = a->prefix.addr, .port = a->port, .live = true };
	k->left = ifparam_get(&dad_transmits, a->port);
	k->due = clock_ms() + (delay != 0 ? rte_rand_max(delay) : 0);
	memcpy(k->nonce, &nonce, NONCE_LEN);
}

void
addr_dad_start(uint16_t port)
{
	const struct addr_table *t = addr_table_get(gen_current());

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (t->of[i].dad == ADDR_TENTATIVE && !find_asking(port, &t->of[i].prefix.addr))
			ask_later(&t->of[i]);
}

void
addr_dad_over(const struct addr *a)
{
	const struct port *p = port_get(gen_current(), a->port);

	if (a->prefix.addr.family == AF_INET6 && !a->no_dad && p != NULL && p->up &&
	    ifparam_get(&ndisc_notify, a->port) && addr_dad_ops.announce != NULL)
		addr_dad_ops.announce(a->port, &a->prefix.addr);
}

/* The address is usable, or another's: one new generation, and the routes of a usable one. */
static void
settle(uint16_t port, const struct ip_addr *ip, uint8_t state)
{
	const struct addr_table *t = addr_table_get(gen_current());
	const struct addr *old = find(gen_current(), port, ip);
	struct err e = { "" };
	struct addr_table *next;
	struct addr *a;

	if (old == NULL || old->dad != ADDR_TENTATIVE)
		return;
	next = addr_table_set_dad(t, old - t->of, state);
	if (next == NULL)
		return; /* stays tentative; asked again when the port comes up */
	a = &next->of[old - t->of];
	route_batch_begin();
	addr_routes_put(a, &e);
	if (route_batch_end(&e) != 0)
		LOG(ERR, "routes of a new address: %s", e.text);
	addr_publish(next);
	if (state == ADDR_USABLE)
		addr_dad_over(a);
}

static void
failed(uint16_t port, const struct ip_addr *ip)
{
	const struct port *p = port_get(gen_current(), port);
	char text[INET6_ADDRSTRLEN];

	if (p == NULL)
		return;
	LOG(WARNING, "%s: IPv6 duplicate address %s detected!", p->name,
	    inet_ntop(AF_INET6, ip->v6, text, sizeof(text)));
	settle(port, ip, ADDR_DUPLICATE);
	if (ifparam_get(&accept_dad, port) > 1 && ip_addr_is_link_local(ip))
		param_set(addr_disable6.own[port], 1);
}

static void
next_step(struct asking *k, uint64_t now)
{
	struct asking copy = *k;

	if (!addr_is_tentative(gen_current(), k->port, &k->addr)) {
		k->live = false;
	} else if (k->left == 0) {
		k->live = false;
		settle(copy.port, &copy.addr, ADDR_USABLE);
	} else {
		k->left--;
		k->due = now + REPEAT_MS;
		if (addr_dad_ops.probe != NULL)
			addr_dad_ops.probe(k->port, &k->addr,
					   ifparam_get(&enhanced_dad, k->port) ? k->nonce : NULL);
	}
}

static bool
take_report(struct report *r)
{
	bool any;

	rte_spinlock_lock(&reports.lock);
	any = reports.n > 0;
	if (any)
		*r = reports.of[--reports.n];
	rte_spinlock_unlock(&reports.lock);
	return any;
}

void
addr_dad_tick(uint64_t now)
{
	struct report r;

	while (take_report(&r)) {
		struct asking *k = find_asking(r.port, &r.addr);

		/* Our own question, come back. */
		if (k == NULL || (r.has_nonce && memcmp(r.nonce, k->nonce, NONCE_LEN) == 0))
			continue;
		k->live = false;
		failed(r.port, &r.addr);
	}
	for (unsigned i = 0; i < nb_asked; i++)
		if (asked[i].live && asked[i].due <= now)
			next_step(&asked[i], now);
	while (nb_asked > 0 && !asked[nb_asked - 1].live)
		nb_asked--;
}
