/* SPDX-License-Identifier: BSD-3-Clause */
/* See set_ext.h. */
#include "set_ext.h"

#include <stdlib.h>

#include "set_key.h"

unsigned
set_ext_layout(struct set *s, unsigned words)
{
	const struct {
		uint16_t *at;
		bool wanted;
		uint8_t bytes;
	} parts[] = {
		{ &s->at_expiry, s->how.flags & SET_TIMEOUT, 8 },
		{ &s->at_count, s->how.flags & SET_COUNTERS, 16 },
		{ &s->at_info, s->how.flags & SET_SKBINFO, 16 },
		{ &s->at_comment, s->how.flags & SET_COMMENT, 8 },
		{ &s->at_mac, !s->type->hash && s->has & 1u << SET_PART_MAC, 8 },
	};
	unsigned bytes = offsetof(struct set_entry, key) + words * sizeof(uint32_t);

	for (unsigned i = 0; i < RTE_DIM(parts); i++)
		if (parts[i].wanted) {
			bytes = RTE_ALIGN(bytes, 8);
			*parts[i].at = bytes;
			bytes += parts[i].bytes;
		}
	return bytes;
}

uint64_t
set_expiry(const struct set *s, uint32_t timeout, uint64_t now)
{
	if (timeout == SET_NO_TIMEOUT)
		timeout = s->how.timeout;
	return timeout == 0 ? 0 : now + (uint64_t)RTE_MIN(timeout, SET_TIMEOUT_MAX) * 1000;
}

static bool
write_comment(struct set *s, struct set_entry *e, const struct set_ext *x)
{
	char **comment = set_entry_comment(s, e), *copy = NULL;

	if (x->comment != NULL && x->comment[0] != '\0') {
		copy = strdup(x->comment);
		if (copy == NULL)
			return false;
	}
	free(*comment);
	*comment = copy;
	return true;
}

static void
write_info(const struct set *s, struct set_entry *e, const struct set_ext *x)
{
	uint32_t *info = set_entry_info(s, e);
	const uint32_t values[4] = { x->mark, x->mark_mask, x->prio, x->queue };

	for (unsigned i = 0; i < RTE_DIM(values); i++)
		__atomic_store_n(&info[i], values[i], __ATOMIC_RELAXED);
}

bool
set_ext_write(struct set *s, struct set_entry *e, const struct set_key *k, const struct set_ext *x,
	      uint64_t now, bool fresh)
{
	uint32_t flags = (fresh ? 0 : SET_ENTRY_LIVE) | (x->nomatch ? SET_ENTRY_NOMATCH : 0);

	if (s->at_comment != 0 && !write_comment(s, e, x))
		return false;
	__atomic_store_n(&e->flags, flags, __ATOMIC_RELAXED);
	if (s->at_count != 0) {
		uint64_t *count = set_entry_count(s, e);

		if (x->packets != SET_NO_COUNT)
			__atomic_store_n(&count[0], x->packets, __ATOMIC_RELAXED);
		if (x->bytes != SET_NO_COUNT)
			__atomic_store_n(&count[1], x->bytes, __ATOMIC_RELAXED);
	}
	if (s->at_info != 0)
		write_info(s, e, x);
	if (s->at_mac != 0)
		__atomic_store_n(set_entry_mac(s, e), set_mac_word(k), __ATOMIC_RELAXED);
	if (s->at_expiry != 0)
		__atomic_store_n(set_entry_expiry(s, e), set_expiry(s, x->timeout, now),
				 __ATOMIC_RELAXED);
	return true;
}

void
set_ext_read(const struct set *s, struct set_entry *e, uint64_t now, struct set_key *k,
	     struct set_ext *x)
{
	*x = (struct set_ext){ .nomatch = e->flags & SET_ENTRY_NOMATCH };
	if (s->at_expiry != 0) {
		uint64_t expiry = *set_entry_expiry(s, e);

		x->timeout = expiry == 0 ? 0 : (expiry - now) / 1000;
	}
	if (s->at_count != 0) {
		x->packets = __atomic_load_n(&set_entry_count(s, e)[0], __ATOMIC_RELAXED);
		x->bytes = __atomic_load_n(&set_entry_count(s, e)[1], __ATOMIC_RELAXED);
	}
	if (s->at_info != 0) {
		const uint32_t *info = set_entry_info(s, e);

		x->mark = info[0];
		x->mark_mask = info[1];
		x->prio = info[2];
		x->queue = info[3];
	}
	if (s->at_comment != 0)
		x->comment = *set_entry_comment(s, e);
	if (s->at_mac != 0) {
		uint64_t mac = __atomic_load_n(set_entry_mac(s, e), __ATOMIC_RELAXED);

		k->has_mac = mac != 0;
		memcpy(k->mac, &mac, sizeof(k->mac));
	}
}

void
set_mac_fill(struct set *s, const struct set_key *k, uint64_t now)
{
	uint32_t word[SET_WORDS_MAX], n;
	struct set_entry *e;
	uint64_t none = 0;

	if (!k->has_mac)
		return;
	set_key_pack(s, k, word);
	n = set_table_find(&s->table, word, set_table_hash(&s->table, word));
	if (n == SET_NONE)
		return;
	e = set_table_entry(&s->table, n);
	if (s->at_expiry != 0 && set_expired(s, e, now))
		return;
	__atomic_compare_exchange_n(set_entry_mac(s, e), &none, set_mac_word(k), false,
				    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static bool
within(const struct set_limit *l, uint64_t n)
{
	switch (l->op) {
	case SET_EQ:
		return n == l->value;
	case SET_NE:
		return n != l->value;
	case SET_LT:
		return n < l->value;
	case SET_GT:
		return n > l->value;
	default:
		return true;
	}
}

bool
set_found(const struct set *s, struct set_ask *a, uint64_t *count, const uint32_t *info)
{
	if (count != NULL) {
		if (a->flags & SET_ASK_COUNT) {
			__atomic_fetch_add(&count[0], 1, __ATOMIC_RELAXED);
			__atomic_fetch_add(&count[1], a->bytes, __ATOMIC_RELAXED);
		}
		if (a->flags & SET_ASK_COMPARE &&
		    !(within(&a->packets_limit, __atomic_load_n(&count[0], __ATOMIC_RELAXED)) &&
		      within(&a->bytes_limit, __atomic_load_n(&count[1], __ATOMIC_RELAXED))))
			return false;
	}
	if (info != NULL) {
		a->mark = __atomic_load_n(&info[0], __ATOMIC_RELAXED);
		a->mark_mask = __atomic_load_n(&info[1], __ATOMIC_RELAXED);
		a->prio = __atomic_load_n(&info[2], __ATOMIC_RELAXED);
		a->queue = __atomic_load_n(&info[3], __ATOMIC_RELAXED);
	}
	return true;
}
