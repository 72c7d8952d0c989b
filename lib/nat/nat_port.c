/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chooses another port: anywhere in the range or the class, and the next ones, as many as Linux tries. Where these are
 * mostly taken, what was found taken is remembered (nat_tight.h), and a port is found while there is one.
 */
#include <rte_random.h>

#include "nat_home.h"
#include "nat_port.h"
#include "nat_tight.h"

#define ATTEMPTS_MAX 128u
#define ATTEMPTS_FEW 16u
#define ATTEMPTS_HARD 32u /* so few are left: ended connections make way */
#define HOME_ATTEMPTS 32u /* looked up, of HOME_PORTS */
#define HOME_PORTS 1024u
/* Linux tries 128, 64, 32 and 16 ports, of each the last 32 hard. */
#define TIGHT_ATTEMPTS 240u
#define TIGHT_ATTEMPTS_HARD 112u
#define TIGHT_ATTEMPTS_WRONG 16u /* of no use, but if what is remembered is not true any more */

/* Ports to choose from. */
struct ports {
	uint16_t *port; /* of the tuple */
	uint32_t min, size;
};

uint16_t *
nat_port_of(struct ct_tuple *t, enum nat_manip manip)
{
	switch (t->proto) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return &t->sport;
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_GRE:
		return manip == NAT_SRC ? &t->sport : &t->dport;
	default:
		return NULL;
	}
}

/* false: there is nothing to choose. */
static bool
ports_to_try(const struct nat_seek *s, struct ct_tuple *t, struct ports *p)
{
	const struct nat_range *r = s->range;
	uint16_t own;

	p->port = nat_port_of(t, s->manip);
	if (p->port == NULL || (t->proto == IPPROTO_GRE && !(ct_status(s->ct) & CT_EXPECTED)))
		return false;
	own = rte_be_to_cpu_16(*p->port);
	if (r->flags & NAT_PROTO_SPECIFIED) {
		p->min = RTE_MIN(r->min_port, r->max_port);
		p->size = RTE_MAX(r->min_port, r->max_port) - p->min + 1u;
	} else if (t->proto == IPPROTO_ICMP || t->proto == IPPROTO_ICMPV6) {
		p->min = 0;
		p->size = 65536;
	} else if (t->proto == IPPROTO_GRE) {
		p->min = 1;
		p->size = 65535;
	} else {
		/* Ports below 512 tell rsh and its kin who may come in: they stay there (BSD's convention). */
		p->min = own < 512 ? 1 : own < 1024 ? 600 : 1024;
		p->size = own < 512 ? 511 : own < 1024 ? 424 : 64512;
		return s->manip == NAT_SRC;
	}
	return true;
}

static inline void
take(const struct ports *p, uint16_t off)
{
	*p->port = rte_cpu_to_be_16(p->min + off % p->size);
}

/* In the link of an entry that is in no list. */
#define DRAWN (1u << 16)

void
nat_port_draw(struct ct *ct)
{
	if (!(ct_status(ct) & CT_NAT_LISTED))
		ct->nat_next = DRAWN | (rte_rand() & UINT16_MAX);
}

static uint16_t
random_port(const struct ct *ct)
{
	if (!(ct_status(ct) & CT_NAT_LISTED) && ct->nat_next & DRAWN)
		return ct->nat_next;
	return rte_rand();
}

bool
nat_port_drawn(const struct nat_seek *s, struct ct_tuple *t)
{
	struct ports p;

	if (!ports_to_try(s, t, &p))
		return false;
	take(&p, random_port(s->ct));
	return true;
}

/* One with which replies come in on this lane, if there is one nearby. */
static bool
choose_home(const struct nat_seek *s, struct ct_tuple *t, const struct ports *p, uint16_t off)
{
	uint32_t tried = 0;
	struct nat_home h;

	if (s->manip != NAT_SRC || s->range->flags & NAT_PROTO_OFFSET ||
	    !nat_home_matters(&h, s->ctx, t))
		return false;
	for (uint32_t i = 0; i < RTE_MIN(p->size, HOME_PORTS) && tried < HOME_ATTEMPTS; i++) {
		take(p, off++);
		if (!nat_home_is(&h, *p->port))
			continue;
		if (!nat_used(s, t))
			return true;
		tried++;
	}
	return false;
}

static bool
choose_hard(const struct nat_seek *s, struct ct_tuple *t, const struct ports *p, uint16_t off,
	    uint32_t attempts)
{
	for (uint32_t i = 0; i < attempts; i++) {
		take(p, off++);
		if (!nat_used_harder(s, t))
			return true;
	}
	return false;
}

static bool
choose_some(const struct nat_seek *s, struct ct_tuple *t, const struct ports *p, uint16_t off,
	    uint32_t attempts)
{
	for (uint32_t i = 0; i < attempts; i++) {
		take(p, off++);
		if (!nat_used(s, t))
			return true;
	}
	return false;
}

/* As Linux tries them. */
static bool
choose_any(const struct nat_seek *s, struct ct_tuple *t, const struct ports *p, uint16_t off)
{
	for (uint32_t n = RTE_MIN(p->size, ATTEMPTS_MAX);; n /= 2, off = rte_rand()) {
		uint32_t hard = RTE_MIN(n, ATTEMPTS_HARD);

		if (choose_some(s, t, p, off, n - hard) ||
		    choose_hard(s, t, p, off + n - hard, hard))
			return true;
		if (n >= p->size || n < ATTEMPTS_FEW)
			return false;
	}
}

/* One that nobody has as far as known, from a port on up to the one before end. */
static bool
choose_unknown(const struct nat_seek *s, struct ct_tuple *t, struct nat_tight *known, uint32_t port,
	       uint32_t end)
{
	for (uint32_t i = 0; i < TIGHT_ATTEMPTS; i++, port++) {
		port = nat_tight_next(known, port, end);
		if (port == end)
			return false;
		t->sport = rte_cpu_to_be_16(port);
		nat_tight_set(known, port); /* somebody has it: another connection, or this one */
		if (!nat_used(s, t))
			return true;
	}
	return false;
}

static bool
choose_tight(const struct nat_seek *s, struct ct_tuple *t, const struct ports *p,
	     struct nat_tight *known, uint16_t off)
{
	uint32_t from = p->min + off % p->size;
	bool tcp = t->proto == IPPROTO_TCP;

	if (choose_unknown(s, t, known, from, p->min + p->size) ||
	    choose_unknown(s, t, known, p->min, from))
		return true;
	if (!choose_hard(s, t, p, rte_rand(), tcp ? TIGHT_ATTEMPTS_HARD : TIGHT_ATTEMPTS_WRONG))
		return false;
	nat_tight_set(known, rte_be_to_cpu_16(t->sport)); /* who had it may have cleared it */
	return true;
}

/* The source's port, of many. */
static bool
choose_of_many(const struct nat_seek *s, struct ct_tuple *t, const struct ports *p, uint16_t off)
{
	struct nat_tight *known = nat_tight_find(t, s->ctx->now);

	if (known == NULL) {
		if (choose_home(s, t, p, off) || choose_some(s, t, p, off, ATTEMPTS_FEW))
			return true;
		known = nat_tight_begin(t, s->ctx->now);
	}
	return known != NULL ? choose_tight(s, t, p, known, off) : choose_any(s, t, p, off);
}

bool
nat_choose_port(const struct nat_seek *s, struct ct_tuple *t)
{
	struct ports p;
	uint16_t off = 0;

	if (!ports_to_try(s, t, &p))
		return false;
	if (s->range->flags & NAT_PROTO_OFFSET)
		off = rte_be_to_cpu_16(*p.port) - s->range->base_port;
	else if (s->range->flags & NAT_PROTO_RANDOM_ALL || s->manip != NAT_DST)
		off = random_port(s->ct);
	if (s->manip == NAT_SRC && p.size > ATTEMPTS_MAX)
		return choose_of_many(s, t, &p, off);
	return choose_home(s, t, &p, off) || choose_any(s, t, &p, off);
}
