/* SPDX-License-Identifier: BSD-3-Clause */
/* The helpers there are. */
#include <string.h>

#include "ct_ext.h"
#include "ct_helper.h"

static struct ct_helper *all;
bool ct_helped;

void
ct_helper_register(struct ct_helper *h)
{
	h->next = all;
	all = h;
}

const struct ct_helper *
ct_helper_find(const char *name, enum hook_family family, uint8_t proto)
{
	for (const struct ct_helper *h = all; h != NULL; h = h->next)
		if (strcmp(h->name, name) == 0 && h->families & 1u << family && h->proto == proto)
			return h;
	return NULL;
}

bool
ct_helper_set(struct ct *ct, const struct ct_helper *h, unsigned lane)
{
	struct ct_ext *x = ct_ext_get(ct, lane);

	if (x == NULL)
		return false;
	x->helper = h;
	ct_status_set(ct, CT_HELPER);
	__atomic_store_n(&ct_helped, true, __ATOMIC_RELAXED);
	return true;
}
