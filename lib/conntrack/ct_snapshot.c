/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies; nothing is locked. Counters that move meanwhile are of some moment. */
#include <netinet/in.h>

#include <rte_jhash.h>

#include "ct_expect.h"
#include "ct_helper.h"
#include "ct_proto.h"
#include "ct_snapshot.h"

static uint32_t
seconds_left(uint32_t expires, uint32_t now)
{
	int32_t steps = expires - now;

	return steps > 0 ? ((uint64_t)steps << CT_TIME_SHIFT) / 1000 : 0;
}

/* The place in the pool alone would be the next connection's too. */
static uint32_t
id_of(const struct ct_snapshot *s, const struct ct *ct)
{
	return rte_jhash(&s->tuple[CT_ORIGINAL], sizeof(s->tuple[CT_ORIGINAL]), ct_number(ct));
}

static void
take_ext(struct ct_snapshot *s, const struct ct_ext *x)
{
	s->has = x->has;
	for (unsigned d = 0; d < CT_DIRS; d++) {
		s->acct[d].packets = __atomic_load_n(&x->acct[d].packets, __ATOMIC_RELAXED);
		s->acct[d].bytes = __atomic_load_n(&x->acct[d].bytes, __ATOMIC_RELAXED);
	}
	if (x->has & CT_HAS_LABELS)
		memcpy(s->labels, x->labels, sizeof(s->labels));
	s->start = x->start;
	s->stop = x->stop;
	s->secmark = x->secmark;
	s->children = x->nb_children;
	if (x->helper != NULL)
		s->helper = x->helper->name;
}

void
ct_snapshot(struct ct_snapshot *s, const struct ct *ct, uint32_t now)
{
	const struct ct_proto *proto =
		ct_proto(ct->family == AF_INET ? HOOK_IP4 : HOOK_IP6, ct->proto);
	const struct ct_ext *x = __atomic_load_n(&ct->ext, __ATOMIC_ACQUIRE);

	*s = (struct ct_snapshot){
		.tuple = { ct_tuple(ct, CT_ORIGINAL), ct_tuple(ct, CT_REPLY) },
		.status = ct_status(ct),
		.mark = __atomic_load_n(&ct->mark, __ATOMIC_RELAXED),
		.timeout = seconds_left(__atomic_load_n(&ct->expires, __ATOMIC_RELAXED), now),
		.state_number = ct->state,
		.zone_dirs = ct->zone_dirs,
	};
	if (!(s->status & CT_CONFIRMED))
		s->timeout = seconds_left(ct->expires, 0);
	s->id = id_of(s, ct);
	if (proto->state_name != NULL)
		s->state = proto->state_name(ct);
	if (ct->proto == IPPROTO_SCTP)
		for (unsigned d = 0; d < CT_DIRS; d++)
			s->vtag[d] = ct->sctp.vtag[d];
	if (ct->proto == IPPROTO_DCCP)
		s->role = ct->dccp.role[CT_ORIGINAL];
	if (x != NULL)
		take_ext(s, x);
}

void
ct_expect_snapshot(struct ct_expect_snapshot *s, const struct ct_expect *e, uint32_t now)
{
	const struct ct_ext *x =
		e->master != NULL ? __atomic_load_n(&e->master->ext, __ATOMIC_ACQUIRE) : NULL;

	*s = (struct ct_expect_snapshot){
		.tuple = e->tuple,
		.mask = e->mask,
		.timeout = seconds_left(e->expires, now),
		.id = e->id,
		.class = e->class,
		.flags = e->flags,
	};
	if (e->master != NULL)
		s->master = ct_tuple(e->master, CT_ORIGINAL);
	if (x != NULL && x->helper != NULL)
		s->helper = x->helper->name;
}
