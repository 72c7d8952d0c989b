/* SPDX-License-Identifier: BSD-3-Clause */
/* The timeout policies there are. Made and deleted by `nfct timeout`, counted by rules; control lcore. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_rcu.h"
#include "ct_ext.h"
#include "ct_table.h"
#include "ct_timeouts.h"

static struct ct_timeouts *all;

const struct ct_timeouts *
ct_timeouts_next(const struct ct_timeouts *t)
{
	return t == NULL ? all : t->next;
}

static struct ct_timeouts **
place(const char *name)
{
	struct ct_timeouts **at = &all;

	while (*at != NULL && strncmp((*at)->name, name, CT_TIMEOUTS_NAME - 1) != 0)
		at = &(*at)->next;
	return at;
}

struct ct_timeouts *
ct_timeouts_find(const char *name)
{
	return *place(name);
}

int
ct_timeouts_add(const char *name, enum hook_family family, const struct ct_proto *proto,
		const uint32_t *seconds)
{
	struct ct_timeouts **at = place(name), *t;

	if (*at != NULL)
		return -EBUSY;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return -ENOMEM;
	memcpy(t->name, name, strnlen(name, CT_TIMEOUTS_NAME - 1));
	t->family = family;
	t->proto = proto->proto;
	memcpy(t->seconds, seconds, proto->nb_timeouts * sizeof(seconds[0]));
	*at = t;
	return 0;
}

static bool
take_away(struct ct *ct, void *arg)
{
	struct ct_ext *x = ct->ext;

	if (x != NULL && x->timeouts == arg)
		__atomic_store_n(&x->timeouts, NULL, __ATOMIC_RELAXED);
	return true;
}

int
ct_timeouts_delete(const char *name)
{
	struct ct_timeouts **at = place(name), *t = *at;

	if (t == NULL)
		return -ENOENT;
	if (t->uses != 0)
		return -EBUSY;
	*at = t->next;
	/* What a rule gave it before is confirmed then, and can be found. */
	rcu_wait();
	ct_each(take_away, t);
	rcu_defer(free, t);
	return 0;
}

bool
ct_timeouts_fit(const struct ct_timeouts *t, enum hook_family family, uint8_t proto)
{
	if (t->family != family)
		return false;
	return t->proto == proto || (t->proto == 0 && ct_proto(family, proto)->proto == 0);
}
