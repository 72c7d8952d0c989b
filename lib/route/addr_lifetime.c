/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses that last for a while: deprecated when their preferred time is over, gone when their valid
 * time is. Control lcore.
 */
#include <errno.h>

#include "addr_table.h"
#include "base_log.h"

static bool
over(uint32_t seconds, uint64_t since, uint64_t now)
{
	return seconds != ADDR_FOREVER && now >= since + seconds * 1000ull;
}

static void
publish(struct addr_table *t)
{
	struct gen *draft = gen_draft();

	gen_draft_set(draft, addr_slot, t);
	gen_commit(draft);
}

int
addr_set_lifetime(const struct addr *a, struct err *e)
{
	const struct addr_table *t = addr_table_get(gen_current());
	unsigned i = t->first[a->port], end = t->first[a->port + 1];
	struct addr_table *next;

	while (i < end && !(ip_addr_equal(&t->of[i].prefix.addr, &a->prefix.addr) &&
			    t->of[i].prefix.len == a->prefix.len))
		i++;
	if (i == end)
		return err_set(e, -EADDRNOTAVAIL, "ipv4: Address not found");
	next = addr_table_make(t, NULL, 0, NULL);
	if (next == NULL)
		return err_set(e, -ENOMEM, "no memory to change the address");
	next->of[i].valid = a->valid;
	next->of[i].preferred = a->preferred;
	next->of[i].since = a->since;
	next->of[i].deprecated = a->deprecated;
	publish(next);
	return 0;
}

void
addr_timer(uint64_t now)
{
	const struct addr_table *t = addr_table_get(gen_current());
	struct err e;

	for (unsigned i = 0; i < t->n; i++) {
		struct addr a = t->of[i];

		if (a.valid == 0)
			continue;
		if (over(a.valid, a.since, now)) {
			if (addr_del(a.port, &a.prefix, false, &e) != 0)
				LOG(ERR, "%s", e.text);
			return; /* the table is another one now; the rest has its turn next time */
		}
		if (a.deprecated || !over(a.preferred, a.since, now))
			continue;
		a.deprecated = true;
		if (addr_set_lifetime(&a, &e) != 0)
			LOG(ERR, "%s", e.text);
		return;
	}
}
