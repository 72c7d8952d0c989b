/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds what rule_map.h says. Called by rule_code.c; control lcore. Rules that ask for the same fields are one group, by
 * the bits that all of them care for; where too many have the same, by the addresses' masks.
 */
#include <stdlib.h>

#include <rte_bitops.h>
#include <rte_common.h>

#include "base_alloc.h"
#include "base_param.h"
#include "rule_map.h"

PARAM_INT(map_min, "net.pollux.rule_map_min", RULE_MAP_MIN, 0, 1000000,
	  "so many rules in a chain are found by a map of what they ask exactly; 0: none are; any "
	  "number but the first value: even where it is slower")

#define FEW 4        /* so few rules of a kind are no group */
#define KINDS_MAX 64 /* rules of further ones are of none */
#define LIST_MAX 8   /* rules in a slot */
#define LIST_MEAN 2  /* and how many stand in a rule's list, on the average */

enum { FIELD_SRC = 1, FIELD_DST = 2, FIELD_SPORT = 4, FIELD_DPORT = 8 };

/* Rules that are the same by their fields, or by their masks. */
struct kind {
	unsigned fields;
	struct rule_map_key mask; /* what all of them care for */
	uint32_t nb;
	bool grouped;
};

struct maker {
	const struct rule_filter *f;
	uint32_t nb;
	bool ip4;
	struct rule_map *m;
	unsigned groups_max;
	unsigned nb_kinds;
	struct kind kind[KINDS_MAX];
	uint8_t *kind_of;         /* by rule */
	struct rule_map_key *its; /* by rule: the bits that it cares for */
};

static uint32_t
port_mask(const struct rule_port_range *p)
{
	return p->lo == p->hi && !p->invert ? UINT16_MAX : 0;
}

static struct rule_map_key
mask_of(const struct rule_filter *f, bool ip4)
{
	struct rule_map_key m = { .word = (uint32_t)f->care };

	m.ports = port_mask(&f->port[RULE_PORT_SRC]) | port_mask(&f->port[RULE_PORT_DST]) << 16;
	if (!f->not_src)
		memcpy(m.src, f->smask.w, ip4 ? 4 : 16);
	if (!f->not_dst)
		memcpy(m.dst, f->dmask.w, ip4 ? 4 : 16);
	return m;
}

static struct rule_map_key
key_of(const struct rule_filter *f, bool ip4)
{
	struct rule_map_key k = { .word = (uint32_t)f->want };

	k.ports = f->port[RULE_PORT_SRC].lo | (uint32_t)f->port[RULE_PORT_DST].lo << 16;
	memcpy(k.src, f->src.w, ip4 ? 4 : 16);
	memcpy(k.dst, f->dst.w, ip4 ? 4 : 16);
	return k;
}

/* What it asks is all in the mask: of ports that are not, it asks nothing. */
static bool
is_whole(const struct rule_filter *f, const struct rule_map_key *its,
	 const struct rule_map_key *mask, bool ip4)
{
	for (unsigned side = 0; side < 2; side++) {
		const struct rule_port_range *p = &f->port[side];

		if (port_mask(p) == 0 && (p->lo != 0 || p->hi != UINT16_MAX || p->invert))
			return false;
	}
	return !f->not_src && !f->not_dst && f->care >> 32 == 0 && rule_map_same(its, mask, ip4);
}

static unsigned
fields_of(const struct rule_map_key *m)
{
	return (m->src[0] | m->src[1] ? FIELD_SRC : 0) | (m->dst[0] | m->dst[1] ? FIELD_DST : 0) |
	       (m->ports & UINT16_MAX ? FIELD_SPORT : 0) | (m->ports >> 16 ? FIELD_DPORT : 0);
}

static bool
same_addresses(const struct rule_map_key *a, const struct rule_map_key *b)
{
	return memcmp(a->src, b->src, sizeof(a->src)) == 0 &&
	       memcmp(a->dst, b->dst, sizeof(a->dst)) == 0;
}

/* Sorts the rules of one kind into others, by their fields or (apart) also by the masks of their addresses. */
static void
sort(struct maker *k, uint8_t from, bool apart)
{
	unsigned first = k->nb_kinds;

	for (uint32_t r = 0; r < k->nb; r++) {
		const struct rule_map_key *mask = &k->its[r];
		unsigned fields, i = first;

		if (k->kind_of[r] != from)
			continue;
		fields = fields_of(mask);
		while (i < k->nb_kinds && (k->kind[i].fields != fields ||
					   (apart && !same_addresses(&k->kind[i].mask, mask))))
			i++;
		if (i == KINDS_MAX)
			continue;
		if (i == k->nb_kinds)
			k->kind[k->nb_kinds++] = (struct kind){ .fields = fields, .mask = *mask };
		rule_map_narrow(&k->kind[i].mask, mask);
		k->kind[i].nb++;
		k->kind_of[r] = i;
	}
}

/* Puts rule r, which stands before all those that are there. How long its list is now, up to one too many. */
static uint32_t
put(struct maker *k, struct rule_map_group *g, uint32_t r)
{
	struct rule_map_rule *rule = &k->m->rule[r];
	uint32_t at, length = 0;
	struct rule_map_slot *s;
	uint64_t hash;

	rule->key = key_of(&k->f[r], k->ip4);
	rule_map_narrow(&rule->key, &g->mask);
	rule->whole = is_whole(&k->f[r], &k->its[r], &g->mask, k->ip4);
	hash = rule_map_hash(&rule->key, k->ip4);
	at = hash;
	do
		s = &g->slot[at++ & (g->slots - 1)];
	while (s->first != RULE_MAP_NONE && s->tag != hash >> 32);
	g->maybe[(hash >> 32 & (g->maybes - 1)) / 64] |= UINT64_C(1) << (hash >> 32) % 64;
	rule->next = s->first;
	*s = (struct rule_map_slot){ hash >> 32, r };
	while (r != RULE_MAP_NONE && length <= LIST_MAX) {
		r = k->m->rule[r].next;
		length++;
	}
	return length;
}

/* false: too many of them have the same bits. */
static bool
put_all(struct maker *k, struct rule_map_group *g, uint8_t kind)
{
	uint64_t lengths = 0;

	for (uint32_t r = k->nb; r-- > 0;) {
		uint32_t length = k->kind_of[r] == kind ? put(k, g, r) : 0;

		lengths += length;
		if (length > LIST_MAX)
			return false;
	}
	return lengths <= LIST_MEAN * (uint64_t)k->kind[kind].nb;
}

static void
group_free(struct rule_map_group *g)
{
	free(g->maybe);
	free(g->slot);
}

/* A group of the rules of that kind; where too many have the same bits there is none. */
static bool
make_group(struct maker *k, uint8_t kind)
{
	struct rule_map_group *g = &k->m->group[k->m->nb_groups];

	if (k->m->nb_groups == k->groups_max)
		return false;
	*g = (struct rule_map_group){ .mask = k->kind[kind].mask,
				      .maybes = rte_align32pow2(8 * k->kind[kind].nb + 64),
				      .slots = rte_align32pow2(2 * k->kind[kind].nb + 2) };
	g->maybe = must_alloc(g->maybes / 8);
	g->slot = must_alloc(g->slots * sizeof(*g->slot));
	memset(g->slot, 0xff, g->slots * sizeof(*g->slot));
	if (!put_all(k, g, kind)) {
		group_free(g);
		return false;
	}
	k->kind[kind].grouped = true;
	k->m->nb_groups++;
	k->m->bytes += g->slots * sizeof(*g->slot) + g->maybes / 8;
	return true;
}

/* Kinds of few rules, or that ask for nothing exactly, are left for the rest. */
static bool
is_worth(const struct kind *kind)
{
	return kind->nb > FEW && kind->fields != 0;
}

/* What is too much the same by what all rules of a kind care for may not be by what those of one mask do. */
static void
make_groups(struct maker *k)
{
	unsigned kinds, last;

	sort(k, UINT8_MAX, false);
	kinds = k->nb_kinds;
	for (unsigned i = 0; i < kinds; i++) {
		if (!is_worth(&k->kind[i]) || make_group(k, i))
			continue;
		last = k->nb_kinds;
		sort(k, i, true);
		for (unsigned apart = last; apart < k->nb_kinds; apart++)
			if (is_worth(&k->kind[apart]))
				make_group(k, apart);
	}
}

static bool
is_grouped(const struct maker *k, uint32_t r)
{
	return k->kind_of[r] != UINT8_MAX && k->kind[k->kind_of[r]].grouped;
}

static void
make_rest(struct maker *k, uint32_t nb, bool upper)
{
	struct rule_map *m = k->m;
	uint32_t n = 0;

	if (nb == 0)
		return;
	rule_lin_init(&m->rest, nb, k->ip4, upper);
	m->rest_at = must_alloc(nb * sizeof(*m->rest_at));
	for (uint32_t r = 0; r < k->nb; r++) {
		if (is_grouped(k, r))
			continue;
		rule_lin_set(&m->rest, n, &k->f[r]);
		m->rest_at[n++] = r;
	}
	m->bytes += rule_lin_bytes(&m->rest) + nb * sizeof(*m->rest_at);
}

static uint32_t
count_rest(const struct maker *k)
{
	uint32_t nb = 0;

	for (uint32_t r = 0; r < k->nb; r++)
		nb += !is_grouped(k, r);
	return nb;
}

struct rule_map *
rule_map_make(const struct rule_filter *f, uint32_t nb, bool ip4, bool upper)
{
	struct maker k = { .f = f, .nb = nb, .ip4 = ip4 };
	uint32_t least = param_get(&map_min), rest;
	bool any = !param_is_default(&map_min);
	struct rule_map *m;

	if (least == 0 || nb < least)
		return NULL;
	m = must_alloc(sizeof(*m));
	k.groups_max = any ? RULE_MAP_GROUPS_MAX : RULE_MAP_GROUPS;
	k.m = m;
	m->ip4 = ip4;
	m->rule = must_alloc(nb * sizeof(*m->rule));
	k.kind_of = must_alloc(nb);
	memset(k.kind_of, 0xff, nb);
	k.its = must_alloc(nb * sizeof(*k.its));
	for (uint32_t r = 0; r < nb; r++)
		k.its[r] = mask_of(&f[r], ip4);
	m->bytes = sizeof(*m) + nb * sizeof(*m->rule);
	make_groups(&k);
	rest = count_rest(&k);
	if (m->nb_groups > 0 && (any || rest <= RTE_MIN(RULE_MAP_REST, nb / 4))) {
		make_rest(&k, rest, upper);
	} else {
		rule_map_free(m);
		m = NULL;
	}
	free(k.kind_of);
	free(k.its);
	return m;
}

void
rule_map_free(struct rule_map *m)
{
	if (m == NULL)
		return;
	for (unsigned i = 0; i < m->nb_groups; i++)
		group_free(&m->group[i]);
	rule_lin_free(&m->rest);
	free(m->rest_at);
	free(m->rule);
	free(m);
}
