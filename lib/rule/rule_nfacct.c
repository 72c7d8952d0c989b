/* SPDX-License-Identifier: BSD-3-Clause */
/* Accounting objects. Made and ended by control (`nfacct`, rules), counted into by the match on workers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_nfacct.h"

#define OBJECTS_MAX 65536u

static struct rule_nfacct *objects, **last = &objects;
static uint32_t nb_objects;

struct rule_nfacct *
rule_nfacct_next(const struct rule_nfacct *n)
{
	return n == NULL ? objects : n->next;
}

struct rule_nfacct *
rule_nfacct_find(const char *name)
{
	struct rule_nfacct *n = objects;

	while (n != NULL && strncmp(n->name, name, RULE_NFACCT_NAME - 1) != 0)
		n = n->next;
	return n;
}

static uint64_t
counted(const struct rule_nfacct *n, struct count c)
{
	return n->mode == RULE_NFACCT_BYTES ? c.bytes : c.packets;
}

int
rule_nfacct_add(const struct rule_nfacct *what, struct count c)
{
	struct rule_nfacct *n;
	int rc;

	if (what->name[0] == '\0')
		return -EINVAL;
	if (rule_nfacct_find(what->name) != NULL)
		return -EBUSY;
	if (nb_objects == OBJECTS_MAX)
		return -ENOSPC;
	n = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*n));
	if (n == NULL)
		return -ENOMEM;
	*n = *what;
	n->next = NULL;
	n->rules = 0;
	rc = counter_alloc(&n->counter);
	if (rc != 0) {
		free(n);
		return rc;
	}
	counter_set(n->counter, c);
	n->used = counted(n, c);
	n->over = false;
	*last = n;
	last = &n->next;
	nb_objects++;
	return 0;
}

int
rule_nfacct_delete(struct rule_nfacct *n)
{
	struct rule_nfacct **at = &objects;

	if (n->rules != 0)
		return -EBUSY;
	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	if (last == &n->next)
		last = at;
	counter_free(n->counter);
	free(n);
	nb_objects--;
	return 0;
}

struct count
rule_nfacct_read(const struct rule_nfacct *n)
{
	return counter_read(n->counter);
}

void
rule_nfacct_reset(struct rule_nfacct *n)
{
	counter_set(n->counter, (struct count){ 0 });
	__atomic_store_n(&n->used, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&n->over, false, __ATOMIC_RELAXED);
}

bool
rule_nfacct_count(struct rule_nfacct *n, unsigned lane, uint32_t len)
{
	uint64_t more = n->mode == RULE_NFACCT_BYTES ? len : 1;

	counter_add(lane, n->counter, 1, len);
	if (n->mode == RULE_NFACCT_FREE)
		return true;
	if (__atomic_add_fetch(&n->used, more, __ATOMIC_RELAXED) <= n->quota)
		return false;
	__atomic_store_n(&n->over, true, __ATOMIC_RELAXED);
	return true;
}
