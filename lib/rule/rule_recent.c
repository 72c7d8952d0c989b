/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of -m recent, and what a rule asks of one. Called by the match (workers) and by control, which alone makes and
 * ends lists; what packets change is under the list's lock.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_random.h>

#include "base_mem.h"
#include "base_param.h"
#include "rule_recent_table.h"

#define TIMES 32u              /* remembered of each address when no rule asks for more */
#define MEMORY_MAX (1ul << 30) /* of a list */

PARAM_INT(ip_list_tot, "net.pollux.recent_ip_list_tot", 100, 1, 65536,
	  "addresses in a list of -m recent, when it is made (ip_list_tot of the module xt_recent)")
PARAM_INT(ip_pkt_list_tot, "net.pollux.recent_ip_pkt_list_tot", 0, 0, RULE_RECENT_HITS_MAX,
	  "times that -m recent remembers of each address; 0: what its rules need "
	  "(ip_pkt_list_tot of the module xt_recent)")

static struct rule_recent *lists;

static struct mem_use
memory(void)
{
	struct mem_use u = { 0, 0 };

	for (const struct rule_recent *r = lists; r != NULL; r = r->next)
		u.reserved += r->bytes;
	u.used = u.reserved;
	return u;
}

MEM_USER(recent, "recent", "lists of -m recent", memory)

/* Times are to be remembered of every address. The list forgets what it has. 0 or -ENOMEM. */
static int
set_times(struct rule_recent *r, uint32_t times)
{
	uint64_t *stamps = calloc((size_t)r->room + 1, times * sizeof(*stamps)), *old;
	size_t bytes = ((size_t)r->room + 1) * times * sizeof(*stamps);

	if (stamps == NULL || bytes > MEMORY_MAX) {
		free(stamps);
		return -ENOMEM;
	}
	rte_spinlock_lock(&r->lock);
	old = r->stamps;
	r->stamps = stamps;
	r->times = times;
	rule_recent_forget_all(r);
	rte_spinlock_unlock(&r->lock);
	r->bytes = sizeof(*r) + r->nb_heads * sizeof(*r->heads) +
		   ((size_t)r->room + 1) * sizeof(*r->entries) + bytes;
	free(old);
	return 0;
}

static void
list_free(struct rule_recent *r)
{
	free(r->heads);
	free(r->entries);
	free(r->stamps);
	free(r);
}

static struct rule_recent *
list_new(const char *name, const union rule_addr *mask, uint32_t times)
{
	struct rule_recent *r = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*r));

	if (r == NULL)
		return NULL;
	memset(r, 0, sizeof(*r));
	memcpy(r->name, name, strlen(name));
	rte_spinlock_init(&r->lock);
	r->mask = *mask;
	r->seed = rte_rand();
	r->room = param_get(&ip_list_tot);
	r->nb_heads = rte_align32pow2(r->room);
	r->heads = calloc(r->nb_heads, sizeof(*r->heads));
	r->entries = calloc((size_t)r->room + 1, sizeof(*r->entries));
	if (r->heads != NULL && r->entries != NULL && set_times(r, times) == 0)
		return r;
	list_free(r);
	return NULL;
}

struct rule_recent *
rule_recent_find(const char *name)
{
	struct rule_recent *r = lists;

	while (r != NULL && strcmp(r->name, name) != 0)
		r = r->next;
	return r;
}

struct rule_recent *
rule_recent_next(const struct rule_recent *r)
{
	return r == NULL ? lists : r->next;
}

/* How many times a list must remember for a rule; 0: the rule asks for too many. */
static uint32_t
times_for(uint32_t hits)
{
	uint32_t told = param_get(&ip_pkt_list_tot);

	if (hits > RULE_RECENT_HITS_MAX || (told != 0 && hits > told))
		return 0;
	return rte_align32pow2(told != 0 ? told : hits != 0 ? hits : TIMES);
}

int
rule_recent_get(const char *name, const union rule_addr *mask, uint32_t hits,
		struct rule_recent **out)
{
	struct rule_recent *r = rule_recent_find(name);
	uint32_t times = times_for(hits);

	/* It is the name of a file in Linux. */
	if (times == 0 || name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return -EINVAL;
	if (r == NULL) {
		r = list_new(name, mask, times);
		if (r == NULL)
			return -ENOMEM;
		r->next = lists;
		lists = r;
	} else if (times > r->times && set_times(r, times) != 0) {
		return -ENOMEM;
	}
	r->rules++;
	*out = r;
	return 0;
}

void
rule_recent_put(struct rule_recent *r)
{
	struct rule_recent **at = &lists;

	if (--r->rules > 0)
		return;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	list_free(r);
}

/* Was it seen that often, since then? */
static bool
seen_enough(const struct rule_recent *r, uint32_t n, const struct rule_recent_ask *ask,
	    int64_t since)
{
	const uint64_t *stamps = rule_recent_stamps(r, n);
	uint32_t hits = 0;

	for (uint32_t i = 0; i < r->entries[n].nb; i++)
		if ((ask->seconds == 0 || (int64_t)stamps[i] >= since) && ++hits >= ask->hits)
			return true;
	return false;
}

/* One address that was not seen since then goes; not the one that is about to be seen. */
static void
reap(struct rule_recent *r, int64_t since, uint32_t keep)
{
	uint32_t n = r->oldest;

	if (n != 0 && n != keep && (int64_t)rule_recent_stamps(r, n)[r->entries[n].at - 1] < since)
		rule_recent_forget(r, n);
}

static bool
ask_of(struct rule_recent *r, const struct rule_recent_ask *ask, const struct rule_recent_key *key,
       uint64_t tick)
{
	int64_t since = tick - (uint64_t)ask->seconds * RULE_RECENT_TICKS;
	uint32_t n = rule_recent_look(r, key, ask->same_ttl ? key->ttl : 0);
	bool yes = true;

	if (n == 0) {
		if (ask->mode != RULE_RECENT_SET)
			return ask->invert;
		rule_recent_add(r, key, tick);
		return !ask->invert;
	}
	if (ask->mode == RULE_RECENT_REMOVE) {
		rule_recent_forget(r, n);
		return !ask->invert;
	}
	if (ask->mode != RULE_RECENT_SET)
		yes = seen_enough(r, n, ask, since);
	yes ^= ask->invert;
	if (ask->reap)
		reap(r, since, ask->mode == RULE_RECENT_UPDATE && yes ? n : 0);
	if (ask->mode == RULE_RECENT_SET || (ask->mode == RULE_RECENT_UPDATE && yes)) {
		rule_recent_seen(r, n, tick);
		r->entries[n].key.ttl = key->ttl;
	}
	return yes;
}

bool
rule_recent_match(struct rule_recent *r, const struct rule_recent_ask *ask,
		  const struct rule_recent_key *key, uint64_t tick)
{
	struct rule_recent_key k = *key;
	bool yes;

	k.addr.q[0] &= r->mask.q[0];
	k.addr.q[1] &= r->mask.q[1];
	rte_spinlock_lock(&r->lock);
	yes = ask_of(r, ask, &k, tick);
	rte_spinlock_unlock(&r->lock);
	return yes;
}

struct rule_recent_info
rule_recent_info(struct rule_recent *r)
{
	struct rule_recent_info i = { .name = r->name, .room = r->room, .rules = r->rules };

	rte_spinlock_lock(&r->lock);
	i.addresses = r->nb;
	i.replaced = r->replaced;
	rte_spinlock_unlock(&r->lock);
	return i;
}
