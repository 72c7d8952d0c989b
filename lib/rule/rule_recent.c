/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of -m recent. Entries are numbered from 1 in one piece of memory, chained by the hash of their address (in the
 * order in which they came) and by when they were seen last. Called by the match (workers) and by control, which alone
 * makes and ends lists; what packets change is under the list's lock.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_jhash.h>
#include <rte_random.h>
#include <rte_spinlock.h>

#include "base_clock.h"
#include "base_mem.h"
#include "base_param.h"
#include "rule_recent.h"

#define TIMES 32u              /* remembered of each address when no rule asks for more */
#define MEMORY_MAX (1ul << 30) /* of a list */
#define PRINT_AT_ONCE 64u      /* entries; packets wait meanwhile */

PARAM_INT(ip_list_tot, "net.pollux.recent_ip_list_tot", 100, 1, 65536,
	  "addresses in a list of -m recent, when it is made (ip_list_tot of the module xt_recent)")
PARAM_INT(ip_pkt_list_tot, "net.pollux.recent_ip_pkt_list_tot", 0, 0, RULE_RECENT_HITS_MAX,
	  "times that -m recent remembers of each address; 0: what its rules need "
	  "(ip_pkt_list_tot of the module xt_recent)")

struct entry {
	struct rule_recent_key key;
	uint32_t nb, at; /* times, 0: it is free; and where the next one goes */
	uint32_t next;   /* of the chain, or of those that are free */
	uint32_t older, newer;
};

struct rule_recent {
	struct rule_recent *next;
	uint32_t rules;
	char name[RULE_RECENT_NAME];
	union rule_addr mask;
	uint32_t seed;
	uint32_t room, times, nb_heads; /* times, nb_heads: powers of two */
	size_t bytes;
	rte_spinlock_t lock __rte_cache_aligned;
	uint32_t nb, free;
	uint32_t oldest, newest;
	uint64_t replaced;
	uint32_t *heads;
	struct entry *entries; /* [room + 1] */
	uint64_t *stamps;      /* [room + 1][times], in ticks */
};

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

static void
forget_all(struct rule_recent *r)
{
	memset(r->heads, 0, r->nb_heads * sizeof(*r->heads));
	r->nb = r->oldest = r->newest = r->free = 0;
	for (uint32_t n = r->room; n > 0; n--) {
		r->entries[n].nb = 0;
		r->entries[n].next = r->free;
		r->free = n;
	}
}

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
	forget_all(r);
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

static uint32_t *
head_of(struct rule_recent *r, const struct rule_recent_key *key)
{
	uint32_t h = rte_jhash_32b(key->addr.w, RTE_DIM(key->addr.w), r->seed + key->family);

	return &r->heads[h & (r->nb_heads - 1)];
}

/* With a TTL: one that was seen with it, or with any. */
static uint32_t
find(struct rule_recent *r, const struct rule_recent_key *key, uint8_t ttl)
{
	uint32_t n = *head_of(r, key);

	for (; n != 0; n = r->entries[n].next) {
		const struct rule_recent_key *k = &r->entries[n].key;

		if (k->family == key->family && k->addr.q[0] == key->addr.q[0] &&
		    k->addr.q[1] == key->addr.q[1] && (ttl == 0 || k->ttl == 0 || k->ttl == ttl))
			break;
	}
	return n;
}

static void
unlink_age(struct rule_recent *r, struct entry *e)
{
	*(e->older != 0 ? &r->entries[e->older].newer : &r->oldest) = e->newer;
	*(e->newer != 0 ? &r->entries[e->newer].older : &r->newest) = e->older;
}

static void
link_newest(struct rule_recent *r, uint32_t n)
{
	struct entry *e = &r->entries[n];

	e->older = r->newest;
	e->newer = 0;
	*(r->newest != 0 ? &r->entries[r->newest].newer : &r->oldest) = n;
	r->newest = n;
}

static void
forget(struct rule_recent *r, uint32_t n)
{
	struct entry *e = &r->entries[n];
	uint32_t *at = head_of(r, &e->key);

	while (*at != n)
		at = &r->entries[*at].next;
	*at = e->next;
	unlink_age(r, e);
	e->nb = 0;
	e->next = r->free;
	r->free = n;
	r->nb--;
}

static inline uint64_t *
stamps_of(const struct rule_recent *r, uint32_t n)
{
	return &r->stamps[(size_t)n * r->times];
}

static uint32_t
add(struct rule_recent *r, const struct rule_recent_key *key, uint64_t tick)
{
	uint32_t *at = head_of(r, key), n;

	if (r->free == 0) {
		forget(r, r->oldest);
		r->replaced++;
	}
	n = r->free;
	r->free = r->entries[n].next;
	r->entries[n] = (struct entry){ .key = *key, .nb = 1, .at = 1 };
	stamps_of(r, n)[0] = tick;
	while (*at != 0)
		at = &r->entries[*at].next;
	*at = n;
	link_newest(r, n);
	r->nb++;
	return n;
}

static void
seen(struct rule_recent *r, uint32_t n, uint64_t tick)
{
	struct entry *e = &r->entries[n];

	e->at &= r->times - 1;
	stamps_of(r, n)[e->at++] = tick;
	e->nb = RTE_MAX(e->nb, e->at);
	unlink_age(r, e);
	link_newest(r, n);
}

/* Was it seen that often, since then? */
static bool
seen_enough(const struct rule_recent *r, uint32_t n, const struct rule_recent_ask *ask,
	    int64_t since)
{
	const uint64_t *stamps = stamps_of(r, n);
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

	if (n != 0 && n != keep && (int64_t)stamps_of(r, n)[r->entries[n].at - 1] < since)
		forget(r, n);
}

static bool
ask_of(struct rule_recent *r, const struct rule_recent_ask *ask, const struct rule_recent_key *key,
       uint64_t tick)
{
	int64_t since = tick - (uint64_t)ask->seconds * RULE_RECENT_TICKS;
	uint32_t n = find(r, key, ask->same_ttl ? key->ttl : 0);
	bool yes = true;

	if (n == 0) {
		if (ask->mode != RULE_RECENT_SET)
			return ask->invert;
		add(r, key, tick);
		return !ask->invert;
	}
	if (ask->mode == RULE_RECENT_REMOVE) {
		forget(r, n);
		return !ask->invert;
	}
	if (ask->mode != RULE_RECENT_SET)
		yes = seen_enough(r, n, ask, since);
	yes ^= ask->invert;
	if (ask->reap)
		reap(r, since, ask->mode == RULE_RECENT_UPDATE && yes ? n : 0);
	if (ask->mode == RULE_RECENT_SET || (ask->mode == RULE_RECENT_UPDATE && yes)) {
		seen(r, n, tick);
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

static void
print_entry(const struct rule_recent *r, uint32_t n, struct str *out)
{
	const struct entry *e = &r->entries[n];
	const uint64_t *stamps = stamps_of(r, n);
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
	n = text[0] == '/' ? 0 : find(r, &key, 0);
	if (text[0] == '/')
		forget_all(r);
	else if (text[0] == '-' && n != 0)
		forget(r, n);
	else if (text[0] == '+' && n != 0)
		seen(r, n, tick);
	else if (text[0] == '+')
		add(r, &key, tick);
	rte_spinlock_unlock(&r->lock);
	return 0;
}
