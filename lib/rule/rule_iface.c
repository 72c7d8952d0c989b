/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gives out the bits of interface patterns. Called by rule_code.c and rule_check.c; control lcore. A bit is used
 * anew only after the last compiled chain with it was freed, which no worker sees any more.
 */
#include <stdlib.h>

#include "rule_iface.h"

static struct rule_iface_set all;
static uint32_t refs[RULE_IFACE_BITS];

static bool
same(const struct rule_iface_pattern *a, const struct rule_iface_pattern *b)
{
	return a->out == b->out && memcmp(a->name, b->name, sizeof(a->name)) == 0 &&
	       memcmp(a->mask, b->mask, sizeof(a->mask)) == 0;
}

int
rule_iface_hold(const struct rule_iface_pattern *p)
{
	int free_bit = -1;

	for (int i = RULE_IFACE_BITS - 1; i >= 0; i--) {
		if (refs[i] == 0) {
			free_bit = i;
		} else if (same(&all.pattern[i], p)) {
			refs[i]++;
			return i;
		}
	}
	if (free_bit >= 0) {
		all.pattern[free_bit] = *p;
		all.used |= UINT64_C(1) << free_bit;
		refs[free_bit] = 1;
	}
	return free_bit;
}

void
rule_iface_drop(unsigned bit)
{
	if (--refs[bit] == 0)
		all.used &= ~(UINT64_C(1) << bit);
}

struct rule_iface_set *
rule_iface_copy(uint64_t used)
{
	struct rule_iface_set *s = malloc(sizeof(*s));

	if (s == NULL)
		abort();
	*s = all;
	s->used = used;
	return s;
}
