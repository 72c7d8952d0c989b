/* SPDX-License-Identifier: BSD-3-Clause */
/* See rule_recent.h: what /proc/net/xt_recent/NAME shows, and takes. Control lcore. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>

#include "base_clock.h"
#include "rule_recent_table.h"

#define PRINT_AT_ONCE 64u /* entries; packets wait meanwhile */

static void
print_entry(const struct rule_recent *r, uint32_t n, struct str *out)
{
	const struct rule_recent_entry *e = &r->entries[n];
	const uint64_t *stamps = rule_recent_stamps(r, n);
	const uint8_t *a = e->key.addr.v6;

	str_add(out, "src=");
	for (unsigned i = 0; e->key.family == HOOK_IP6 && i < 16; i += 2)
		str_printf(out, "%s%02x%02x", i == 0 ? "" : ":", a[i], a[i + 1]);
	if (e->key.family == HOOK_IP4)
		str_printf(out, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
	str_printf(out, " ttl: %u last_seen: %" PRIu64 " oldest_pkt: %u", e->key.ttl,
		   stamps[e->at - 1], e->at);
	for (uint32_t i = 0; i < e->nb; i++)
		str_printf(out, "%s %" PRIu64, i == 0 ? "" : ",", stamps[i]);
	str_add(out, "\n");
}

void
rule_recent_print(struct rule_recent *r, struct str *out)
{
	for (uint32_t n = 1; n <= r->room; n += PRINT_AT_ONCE) {
		rte_spinlock_lock(&r->lock);
		for (uint32_t i = n; i <= r->room && i < n + PRINT_AT_ONCE; i++)
			if (r->entries[i].nb != 0)
				print_entry(r, i, out);
		rte_spinlock_unlock(&r->lock);
	}
}

int
rule_recent_write(struct rule_recent *r, const char *text)
{
	struct rule_recent_key key = { .family = HOOK_IP4 };
	uint64_t tick = clock_ms() / RULE_RECENT_TICK_MS;
	uint32_t n;

	if (text[0] != '/') {
		if (text[0] != '+' && text[0] != '-')
			return -EINVAL;
		if (inet_pton(AF_INET, text + 1, &key.addr) != 1) {
			key.family = HOOK_IP6;
			if (inet_pton(AF_INET6, text + 1, &key.addr) != 1)
				return -EINVAL;
		}
	}
	rte_spinlock_lock(&r->lock);
	n = text[0] == '/' ? 0 : rule_recent_look(r, &key, 0);
	if (text[0] == '/')
		rule_recent_forget_all(r);
	else if (text[0] == '-' && n != 0)
		rule_recent_forget(r, n);
	else if (text[0] == '+' && n != 0)
		rule_recent_seen(r, n, tick);
	else if (text[0] == '+')
		rule_recent_add(r, &key, tick);
	rte_spinlock_unlock(&r->lock);
	return 0;
}
