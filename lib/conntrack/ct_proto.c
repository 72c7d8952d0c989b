/* SPDX-License-Identifier: BSD-3-Clause */
/* The protocols there are. Filled by constructors, read by everybody. */
#include <string.h>

#include "ct_ext.h"
#include "ct_proto.h"
#include "ct_timeouts.h"

static struct ct_proto *all;
static const struct ct_proto *by_number[HOOK_FAMILIES][256];

bool ct_shared;

void
ct_proto_register(struct ct_proto *p)
{
	p->next = all;
	all = p;
	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		if (p->families & 1u << f)
			by_number[f][p->proto] = p;
}

/* The generic one is registered as protocol 0, which no packet is tracked by otherwise. */
const struct ct_proto *
ct_proto(enum hook_family family, uint8_t proto)
{
	const struct ct_proto *p = by_number[family][proto];

	return p != NULL ? p : by_number[family][0];
}

const struct ct_proto *
ct_proto_by_name(const char *name)
{
	for (const struct ct_proto *p = all; p != NULL; p = p->next)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

bool
ct_invert(struct ct_tuple *r, const struct ct_tuple *t)
{
	const struct ct_proto *p = ct_proto(t->family == AF_INET ? HOOK_IP4 : HOOK_IP6, t->proto);

	uint16_t sport = t->sport, dport = t->dport;
	ct_words addresses;

	/* In whole words, see ct_words. */
	memcpy(&addresses, t, sizeof(addresses));
	addresses = __builtin_shufflevector(addresses, addresses, 4, 5, 6, 7, 0, 1, 2, 3);
	*r = *t;
	memcpy(r, &addresses, sizeof(addresses));
	if (p->invert != NULL)
		return p->invert(r, t);
	r->sport = dport;
	r->dport = sport;
	return true;
}

uint32_t
ct_timeout(const struct ct *ct, const struct ct_proto *proto, unsigned index)
{
	const struct ct_timeouts *own = NULL;

	/* `nfct timeout delete` may take it away meanwhile. */
	if (unlikely(ct->ext != NULL))
		own = __atomic_load_n(&ct->ext->timeouts, __ATOMIC_RELAXED);
	return own != NULL ? own->seconds[index] : (uint32_t)param_get(proto->timeouts[index]);
}
