/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset: elements that stand for many: addresses of a range or a network, networks that make up a range, ports. */
#include <arpa/inet.h>
#include <errno.h>

#include "cmd_ipset.h"

typedef int each_fn(const struct set_key *k, void *arg);

struct walk {
	const struct ipset_entry *e;
	each_fn *fn;
	void *arg;
};

/* Of IPv4: the first and the last address. */
static void
ends(const struct ipset_span *p, uint32_t *lo, uint32_t *hi)
{
	uint32_t mask = p->len == 0 ? 0 : UINT32_MAX << (32 - p->len);

	*lo = ntohl(p->lo.w[0]) & mask;
	*hi = ntohl(p->hi.w[0]) | ~mask;
	if (*lo > *hi) {
		uint32_t first = *hi;

		*hi = *lo;
		*lo = first;
	}
}

/* The length of the largest network that begins at lo and does not go beyond hi. */
static uint8_t
largest(uint32_t lo, uint32_t hi)
{
	uint8_t len = 32;

	/* Never all of IPv4: there is no such network. */
	while (len > 1) {
		uint32_t bit = UINT32_C(1) << (32 - len);

		if (lo & bit || hi - lo < bit * 2 - 1)
			break;
		len--;
	}
	return len;
}

static int
each_second(struct walk *w, struct set_key *k)
{
	const struct ipset_entry *e = w->e;
	uint32_t lo, hi;
	int rc;

	if (e->set->addrs < 2)
		return w->fn(k, w->arg);
	k->len[1] = e->span[1].len;
	k->ip[1] = e->span[1].lo;
	if (!e->span[1].ranged)
		return w->fn(k, w->arg);
	ends(&e->span[1], &lo, &hi);
	for (uint64_t at = lo; at <= hi; at += UINT64_C(1) << (32 - k->len[1])) {
		k->ip[1].w[0] = htonl(at);
		k->len[1] = largest(at, hi);
		rc = w->fn(k, w->arg);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
each_port(struct walk *w, struct set_key *k)
{
	const struct ipset_entry *e = w->e;
	int rc;

	if (!(e->set->has & 1u << SET_PART_PORT))
		return each_second(w, k);
	for (uint32_t port = e->ports.lo; port <= e->ports.hi; port++) {
		k->port = port;
		rc = each_second(w, k);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
ipset_each(const struct ipset_entry *e, each_fn *fn, void *arg)
{
	struct walk w = { e, fn, arg };
	struct set_key k = e->key;
	const struct set *s = e->set;
	bool net = s->type->part[0] == SET_PART_NET, many = e->span[0].ranged;
	uint32_t lo, hi, step = 1;
	int rc;

	k.ip[0] = e->span[0].lo;
	k.len[0] = e->span[0].len;
	many |= !net && s->addr_words == 1 && k.len[0] != 32;
	if (s->addrs == 0 || !many)
		return each_port(&w, &k);
	ends(&e->span[0], &lo, &hi);
	if (s->how.flags & SET_NETMASK)
		step <<= 32 - s->how.netmask;
	for (uint64_t at = lo & -step; at <= hi;
	     at += net ? UINT64_C(1) << (32 - k.len[0]) : step) {
		k.ip[0].w[0] = htonl(at);
		k.len[0] = net ? largest(at, hi) : 32;
		rc = each_port(&w, &k);
		if (rc != 0)
			return rc;
	}
	return 0;
}
