/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chooses another port: anywhere in the range or the class, and the next ones. For a source what was found used is
 * remembered (nat_tight.h), so that a port is found while there is one, by a look or two however full the range is; for a
 * destination as many ports are tried as Linux tries.
 */
#include <rte_random.h>

#include "ct_stat.h"
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
#define TIGHT_ATTEMPTS_WRONG 16u /* of no use, but if what is known is not true any more */
#define TIGHT_LOOKS 2u           /* that find somebody: then it is remembered */

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

static uint16_t
random_port(const struct ct *ct)
{
	if (!(ct_status(ct) & CT_NAT_LISTED) && ct->nat_next & DRAWN)
		return ct->nat_next;
	return rte_rand();
}

bool
nat_port_draw(const struct nat_seek *s, struct ct *ct, struct ct_tuple *t)
{
	struct ports p;

	if (!ports_to_try(s, t, &p))
		return false;
	if (!(ct_status(ct) & CT_NAT_LISTED))
		ct->nat_next = DRAWN | (rte_rand() & UINT16_MAX);
	take(&p, random_port(ct));
	if (s->manip == NAT_SRC)
		nat_tight_warm(nat_tight_key(t), rte_be_to_cpu_16(*p.port));
	return true;
}

void
nat_port_draw_next(const struct nat_seek *s, struct ct *ct, struct ct_tuple *t)
{
	uint32_t port, end;
	struct ports p;

	if (s->manip != NAT_SRC || ct_status(ct) & CT_NAT_LISTED || !ports_to_try(s, t, &p))
		return;
	end = p.min + p.size;
	port = nat_tight_next(nat_tight_key(t), rte_be_to_cpu_16(*p.port), end);
	if (port == end)
		return;
	ct->nat_next = DRAWN | (port - p.min);
	*p.port = rte_cpu_to_be_16(port);
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

/* A way through ports of which some are known to be used. */
struct search {
	const struct nat_seek *s;
	struct ct_tuple *t;
	uint64_t known;
	const struct nat_home
		*home;         /* only ports with which replies come in on this lane; NULL: any */
	uint32_t looks, ports; /* left: looked up, and gone through; 0: it was given up */
	uint32_t looked;
	bool passed; /* over some without a look */
};

/* One that nobody has as far as known, and nobody has, from a port on up to the one before end. */
static bool
choose_between(struct search *q, uint32_t port, uint32_t end)
{
	for (; q->looks != 0; port++) {
		uint32_t next = nat_tight_next(q->known, port, end);

		q->passed |= next != port;
		port = next;
		if (port == end || --q->ports == 0)
			return false;
		q->t->sport = rte_cpu_to_be_16(port);
		if (q->home != NULL && !nat_home_is(q->home, q->t->sport))
			continue;
		/* Somebody has it: another connection, or this one. Said before it is looked, as who goes does it after. */
		if (q->looked++ < TIGHT_LOOKS)
			nat_tight_set(q->known, port);
		else
			nat_tight_begin(q->known, port);
		if (!nat_used(q->s, q->t))
			return true;
		q->looks--;
	}
	return false;
}

/* From off on, and round. */
static bool
choose_round(struct search *q, const struct ports *p, uint16_t off)
{
	uint32_t from = p->min + off % p->size;

	return choose_between(q, from, p->min + p->size) || choose_between(q, p->min, from);
}

/* One with which replies come in on this lane, if there is one nearby. */
static bool
choose_home(struct search *q, const struct ports *p, uint16_t off)
{
	struct nat_home h;

	if (!nat_home_matters(&h, q->s->ctx, q->t))
		return false;
	q->home = &h;
	q->looks = HOME_ATTEMPTS;
	q->ports = HOME_PORTS;
	return choose_round(q, p, off);
}

static bool
choose_anywhere(struct search *q, const struct ports *p, uint16_t off)
{
	q->home = NULL;
	q->looks = TIGHT_ATTEMPTS;
	q->ports = UINT32_MAX;
	return choose_round(q, p, off);
}

/* All seem used: what is known may be wrong, connections may have expired, and those that have ended make way. */
static bool
choose_used(struct search *q, const struct ports *p, uint16_t off)
{
	bool tcp = q->t->proto == IPPROTO_TCP, found;

	if (p->size <= ATTEMPTS_MAX)
		found = choose_any(q->s, q->t, p, off);
	else
		found = choose_hard(q->s, q->t, p, rte_rand(),
				    tcp ? TIGHT_ATTEMPTS_HARD : TIGHT_ATTEMPTS_WRONG);
	if (found) /* who had it may have cleared it */
		nat_tight_set(q->known, rte_be_to_cpu_16(q->t->sport));
	return found;
}

/* false: all are used. */
static bool
choose_or_full(struct search *q, const struct ports *p, uint16_t off)
{
	uint16_t max = p->min + p->size - 1;
	uint32_t now = ct_time(q->s->ctx->now);

	if (choose_home(q, p, off) || choose_anywhere(q, p, off))
		return true;
	if (q->looks == 0)
		return false;
	take(p, off);
	if (nat_tight_is_full(q->known, p->min, max, now))
		return false;
	nat_tight_doubt(q->known);
	if (choose_anywhere(q, p, off) || choose_used(q, p, off))
		return true;
	nat_tight_set_full(q->known, p->min, max, now);
	return false;
}

/* The source's port. */
static bool
choose_source(const struct nat_seek *s, struct ct_tuple *t, const struct ports *p, uint16_t off)
{
	struct search q = { .s = s, .t = t, .known = nat_tight_key(t) };
	bool found = choose_or_full(&q, p, off);

	if (q.passed)
		CT_STAT_INC(s->ctx->lane, found);
	return found;
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
	/* Of so few TCP ports Linux tries all hard, which it does not count. */
	if (s->manip == NAT_DST || s->range->flags & NAT_PROTO_OFFSET ||
	    (t->proto == IPPROTO_TCP && p.size <= ATTEMPTS_HARD))
		return choose_any(s, t, &p, off);
	return choose_source(s, t, &p, off);
}
