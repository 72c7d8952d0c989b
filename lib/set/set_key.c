/* SPDX-License-Identifier: BSD-3-Clause */
/* See set_key.h. */
#include "set_key.h"

#include <arpa/inet.h>
#include <string.h>

#define IFACE_WORDS 5
#define PHYSDEV 1u
#define WILDCARD 2u

bool
set_has(const struct set_type *t, enum set_part part)
{
	return t->part[0] == part || t->part[1] == part || t->part[2] == part;
}

static inline bool
has(const struct set *s, enum set_part part)
{
	return s->has & 1u << part;
}

unsigned
set_key_words(const struct set *s)
{
	unsigned mac =
		s->type->hash
			? 2
			: 0; /* a bitmap's elements are addresses; the MAC address comes with them */

	return s->addrs * s->addr_words + (s->nets != 0) + has(s, SET_PART_PORT) +
	       mac * has(s, SET_PART_MAC) + has(s, SET_PART_MARK) +
	       IFACE_WORDS * has(s, SET_PART_IFACE);
}

unsigned
set_key_hashed(const struct set *s)
{
	return set_key_words(s) - IFACE_WORDS * has(s, SET_PART_IFACE);
}

void
set_key_pack(const struct set *s, const struct set_key *k, uint32_t *w)
{
	for (unsigned i = 0; i < s->addrs; i++) {
		memcpy(w, k->ip[i].w, s->addr_words * sizeof(*w));
		w += s->addr_words;
	}
	if (s->nets != 0)
		*w++ = k->len[0] | (uint32_t)k->len[1] << 8;
	if (has(s, SET_PART_PORT))
		*w++ = k->port | (uint32_t)k->proto << 16;
	if (has(s, SET_PART_MAC) && s->type->hash) {
		w[0] = w[1] = 0;
		memcpy(w, k->mac, sizeof(k->mac));
		w += 2;
	}
	if (has(s, SET_PART_MARK))
		*w++ = k->mark;
	if (has(s, SET_PART_IFACE)) {
		memcpy(w, k->iface, sizeof(k->iface));
		w[4] = (k->physdev ? PHYSDEV : 0) | (k->wildcard ? WILDCARD : 0);
	}
}

void
set_key_unpack(const struct set *s, const uint32_t *w, struct set_key *k)
{
	memset(k, 0, sizeof(*k));
	for (unsigned i = 0; i < s->addrs; i++) {
		memcpy(k->ip[i].w, w, s->addr_words * sizeof(*w));
		w += s->addr_words;
	}
	if (s->nets != 0) {
		k->len[0] = *w & UINT8_MAX;
		k->len[1] = *w++ >> 8;
	}
	if (has(s, SET_PART_PORT)) {
		k->port = *w & UINT16_MAX;
		k->proto = *w++ >> 16;
	}
	if (has(s, SET_PART_MAC) && s->type->hash) {
		memcpy(k->mac, w, sizeof(k->mac));
		k->has_mac = true;
		w += 2;
	}
	if (has(s, SET_PART_MARK))
		k->mark = *w++;
	if (has(s, SET_PART_IFACE)) {
		memcpy(k->iface, w, sizeof(k->iface));
		k->physdev = w[4] & PHYSDEV;
		k->wildcard = (w[4] & WILDCARD) != 0;
	}
}

/* words: those in front of the interface. */
static inline bool
covers(const uint32_t *stored, const uint32_t *key, unsigned words)
{
	const char *name = (const char *)(key + words);
	uint32_t w[4 + 1 + IFACE_WORDS];

	for (unsigned i = 0; i < words + IFACE_WORDS; i++)
		w[i] = __atomic_load_n(&stored[i], __ATOMIC_RELAXED);
	if (memcmp(w, key, words * sizeof(w[0])) != 0 || (w[words + 4] ^ key[words + 4]) & PHYSDEV)
		return false;
	if (w[words + 4] & WILDCARD)
		return strncmp((char *)(w + words), name, strnlen((char *)(w + words), 16)) == 0;
	return memcmp(w + words, name, 16) == 0;
}

bool
set_key_covers4(const uint32_t *stored, const uint32_t *key)
{
	return covers(stored, key, 1 + 1);
}

bool
set_key_covers6(const uint32_t *stored, const uint32_t *key)
{
	return covers(stored, key, 4 + 1);
}

void
set_addr_mask(union set_addr *a, unsigned words, unsigned len)
{
	for (unsigned i = 0; i < words; i++, len -= RTE_MIN(len, 32u))
		if (len < 32)
			a->w[i] &= len == 0 ? 0 : htonl(UINT32_MAX << (32 - len));
}

void
set_key_narrow(const struct set *s, struct set_key *k)
{
	for (unsigned i = 0; i < s->addrs && s->how.flags & SET_NETMASK; i++)
		set_addr_mask(&k->ip[i], s->addr_words, s->how.netmask);
	for (unsigned i = 0; i < s->addrs && s->how.flags & SET_BITMASK; i++)
		for (unsigned w = 0; w < s->addr_words; w++)
			k->ip[i].w[w] &= s->how.bitmask.w[w];
	if (s->has & 1u << SET_PART_MARK)
		k->mark &= s->how.markmask;
	for (unsigned i = 0; i < RTE_MIN(s->addrs, 2u) && s->nets != 0; i++)
		if (s->type->part[i == 0 ? 0 : s->last] == SET_PART_NET)
			set_addr_mask(&k->ip[i], s->addr_words, k->len[i]);
}

bool
set_key_in_range(const struct set *s, const struct set_key *k)
{
	uint32_t at = s->addrs != 0 ? ntohl(k->ip[0].w[0]) : k->port;

	return s->type->hash || (at >= s->how.lo && at <= s->how.hi);
}

uint32_t
set_key_find(const struct set *s, const struct set_key *k, uint32_t *hash)
{
	uint32_t words[SET_WORDS_MAX];

	set_key_pack(s, k, words);
	*hash = set_table_hash(&s->table, words);
	return set_table_find(&s->table, words, *hash);
}

bool
set_key_is_zero(const struct set *s, const struct set_key *k)
{
	static const union set_addr zero;
	const uint8_t *part = s->type->part;
	struct set_key own;

	if (!s->type->hash || part[0] != SET_PART_IP || part[2] != SET_PART_NONE ||
	    (s->parts != 1 && part[1] != SET_PART_PORT))
		return false;
	own.ip[0] = k->ip[0];
	set_key_narrow(s, &own);
	return memcmp(&own.ip[0], &zero, sizeof(zero)) == 0;
}
