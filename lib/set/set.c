/* SPDX-License-Identifier: BSD-3-Clause */
/* See set.h: which sets there are. */
#include "set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_random.h>

#include "base_clock.h"
#include "base_mem.h"
#include "base_rcu.h"
#include "set_elem.h"
#include "set_ext.h"
#include "set_key.h"

#define SWEEP 4096u /* entries of a set a tick */

struct set *set_by_number[SET_MAX];

static struct {
	char name[SET_NAME];
	uint32_t refs;
} numbers[SET_MAX];

static unsigned nb_numbers; /* those behind were never used */

uint16_t
set_next(unsigned from)
{
	while (from < nb_numbers && set_by_number[from] == NULL)
		from++;
	return from < nb_numbers ? from : SET_NO_NUMBER;
}

uint16_t
set_find(const char *name)
{
	uint16_t n = set_next(0);

	while (n != SET_NO_NUMBER && strcmp(numbers[n].name, name) != 0)
		n = set_next(n + 1);
	return n;
}

const char *
set_name(uint16_t number)
{
	return numbers[number].name;
}

uint32_t
set_references(uint16_t number)
{
	return numbers[number].refs;
}

bool
set_any_used(void)
{
	for (unsigned n = 0; n < nb_numbers; n++)
		if (numbers[n].refs != 0)
			return true;
	return false;
}

void
set_hold(uint16_t number)
{
	numbers[number].refs++;
}

void
set_release(uint16_t number)
{
	numbers[number].refs--;
}

static bool
has_addr(const struct set_type *t)
{
	return t->part[0] == SET_PART_IP || t->part[0] == SET_PART_NET;
}

struct set_how
set_defaults(const struct set_type *type)
{
	return (struct set_how){
		.family = type->families || has_addr(type) ? AF_INET : AF_UNSPEC,
		.markmask = UINT32_MAX,
		.hashsize = 1024,
		.maxelem = 65536,
		.initval = (uint32_t)rte_rand(),
		.bucketsize = 12,
		.size = 8,
	};
}

static bool
same_kind(const struct set *s, const struct set_type *type, const struct set_how *how)
{
	return s->type == type && s->how.family == how->family;
}

static void
measure(struct set *s)
{
	for (unsigned i = 0; i < SET_PARTS && s->type->part[i] != SET_PART_NONE; i++) {
		enum set_part part = s->type->part[i];

		s->parts++;
		s->has |= 1u << part;
		s->nets += part == SET_PART_NET;
		if (part == SET_PART_IP || part == SET_PART_NET) {
			s->addrs++;
			s->last = i;
		}
	}
	s->addr_words = s->how.family == AF_INET6 ? 4 : 1;
	s->one_address = s->type->hash && s->has == 1u << SET_PART_IP && s->addr_words == 1 &&
			 !(s->how.flags & (SET_NETMASK | SET_BITMASK));
}

static int
make_table(struct set *s)
{
	unsigned words = set_key_words(s), bytes = set_ext_layout(s, words);
	int rc = set_table_init(&s->table, words, bytes, s->how.initval,
				s->type->hash ? s->how.hashsize : 64);

	s->table.hashed = set_key_hashed(s);
	if (s->has & 1u << SET_PART_IFACE)
		s->table.covers = s->addr_words == 1 ? set_key_covers4 : set_key_covers6;
	return rc;
}

int
set_create(const char *name, const struct set_type *type, const struct set_how *how)
{
	uint16_t number = set_find(name);
	struct set *s;
	int rc;

	if (number != SET_NO_NUMBER)
		return same_kind(set_get(number), type, how) ? -EEXIST : -ENOTUNIQ;
	for (number = 0; number < SET_MAX && set_by_number[number] != NULL; number++)
		;
	if (number == SET_MAX)
		return -ENFILE;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->type = type;
	s->how = *how;
	measure(s);
	rc = s->parts == 1 && type->part[0] == SET_PART_NAME ? 0 : make_table(s);
	if (rc != 0) {
		free(s);
		return rc;
	}
	memset(&numbers[number], 0, sizeof(numbers[number]));
	strncpy(numbers[number].name, name, SET_NAME - 1);
	nb_numbers = RTE_MAX(nb_numbers, number + 1u);
	__atomic_store_n(&set_by_number[number], s, __ATOMIC_RELEASE);
	return 0;
}

static bool
is_list(const struct set *s)
{
	return s->type->part[0] == SET_PART_NAME;
}

/* A grace period has passed. */
static void
finish(void *p)
{
	struct set *s = p;

	if (!is_list(s)) {
		set_clear(s);
		set_table_free(&s->table);
	}
	free(s);
}

int
set_destroy(uint16_t number)
{
	struct set *s = set_get(number);

	if (numbers[number].refs != 0)
		return -EBUSY;
	if (is_list(s))
		set_list_clear(s);
	__atomic_store_n(&set_by_number[number], NULL, __ATOMIC_RELEASE);
	rcu_defer(finish, s);
	return 0;
}

int
set_rename(uint16_t number, const char *name)
{
	if (numbers[number].refs != 0)
		return -EBUSY;
	if (set_find(name) != SET_NO_NUMBER)
		return -EEXIST;
	memset(numbers[number].name, 0, SET_NAME);
	strncpy(numbers[number].name, name, SET_NAME - 1);
	return 0;
}

int
set_swap(uint16_t a, uint16_t b)
{
	struct set *first = set_get(a), *second = set_get(b);

	if (!same_kind(first, second->type, &second->how))
		return -EINVAL;
	__atomic_store_n(&set_by_number[a], second, __ATOMIC_RELEASE);
	__atomic_store_n(&set_by_number[b], first, __ATOMIC_RELEASE);
	return 0;
}

void
set_flush(uint16_t number)
{
	struct set *s = set_get(number);

	if (is_list(s))
		set_list_clear(s);
	else
		set_clear(s);
}

void
set_tick(uint64_t now)
{
	for (uint16_t n = set_next(0); n != SET_NO_NUMBER; n = set_next(n + 1)) {
		struct set *s = set_get(n);

		if (!(s->how.flags & SET_TIMEOUT))
			continue;
		if (is_list(s))
			set_list_sweep(s, now);
		else
			set_sweep_some(s, now, SWEEP);
	}
}

uint32_t
set_count(struct set *s)
{
	return is_list(s) ? set_list_count(s, clock_ms()) : set_sweep(s, clock_ms());
}

uint64_t
set_bytes(struct set *s)
{
	uint64_t bytes = sizeof(*s);

	if (is_list(s))
		return bytes + set_list_count(s, clock_ms()) * sizeof(struct set_member);
	rte_spinlock_lock(&s->table.lock);
	bytes += set_table_bytes(&s->table);
	rte_spinlock_unlock(&s->table.lock);
	return bytes;
}

static struct mem_use
memory(void)
{
	struct mem_use use = { 0 };

	for (uint16_t n = set_next(0); n != SET_NO_NUMBER; n = set_next(n + 1))
		use.used += set_bytes(set_get(n));
	use.reserved = use.used;
	return use;
}

MEM_USER(sets, "sets", "elements of ipset's sets and their indexes", memory)
