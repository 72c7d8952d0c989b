/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds what rule_bits.h says. Called by rule_build.c (its thread), rule_code.c and rule_pays.c. The values of a field are
 * gone through in order; where a rule begins or ends the set changes, by one line as a rule.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "rule_bits_field.h"

#define VALUES (UINT16_MAX + 1)
#define SLOTS (2 * VALUES) /* of a hash table; there are never more than half as many things */
#define HUGE_PAGE ((size_t)2 << 20)

/* Things of one size, each of them once. */
struct store {
	uint8_t *thing;
	size_t size;
	uint32_t nb, cap;
	uint16_t slot[SLOTS]; /* number + 1 */
};

/* One field in the making. */
struct field {
	struct rule_bits_what what;
	uint16_t class[VALUES]; /* as keys have the value */
	unsigned values;
	struct store sets, lines;
};

struct maker {
	const struct rule_filter *f;
	uint32_t nb;
	struct rule_bits *b;
	struct rule_bits_line now[RULE_BITS_LINES];
	uint8_t set[sizeof(struct rule_bits_set)];
	uint32_t changed; /* bit per line */
	int32_t begin[VALUES],
		end[VALUES]; /* first rule that begins or ends at a value; -1: none */
	int32_t next_begin[RULE_BITS_MAX], next_end[RULE_BITS_MAX];
	unsigned nb_fields;
	struct field field[RULE_BITS_FIELDS];
};

_Static_assert(RULE_BITS_LINES <= 32, "a bit per line");
_Static_assert(2 * RULE_BITS_MAX + RULE_BITS_LINES < UINT16_MAX, "numbers of lines and sets");

static uint32_t
hash(const void *thing, size_t size)
{
	uint64_t h = 0, word;

	for (size_t i = 0; i < size; i += sizeof(word)) {
		memcpy(&word, (const uint8_t *)thing + i, sizeof(word));
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return h % SLOTS;
}

/* Its number. */
static uint16_t
put(struct store *s, const void *thing)
{
	uint32_t at = hash(thing, s->size);

	for (; s->slot[at] != 0; at = (at + 1) % SLOTS)
		if (memcmp(s->thing + (s->slot[at] - 1) * s->size, thing, s->size) == 0)
			return s->slot[at] - 1;
	if (s->nb == s->cap) {
		s->cap = 2 * s->cap + 64;
		s->thing = realloc(s->thing, s->cap * s->size);
		if (s->thing == NULL)
			abort();
	}
	memcpy(s->thing + s->nb++ * s->size, thing, s->size);
	s->slot[at] = s->nb;
	return s->nb - 1;
}

static void
change(struct maker *k, uint32_t r)
{
	k->now[r / RULE_BITS_LINE].word[r % RULE_BITS_LINE / 64] ^= UINT64_C(1) << r % 64;
	k->changed |= 1u << r / RULE_BITS_LINE;
}

/* The class of the rules as they are now. */
static uint16_t
class_now(struct maker *k, struct field *f)
{
	uint8_t *some = k->set, *line = k->set + k->b->summaries * sizeof(uint64_t);

	for (; k->changed != 0; k->changed &= k->changed - 1) {
		unsigned n = __builtin_ctz(k->changed);
		uint16_t number = put(&f->lines, &k->now[n]);

		memcpy(line + n * sizeof(number), &number, sizeof(number));
		some[n] = 0;
		for (unsigned w = 0; w < RULE_BITS_LINE / 64; w++)
			some[n] |= (k->now[n].word[w] != 0) << w;
	}
	return put(&f->sets, k->set);
}

static void
start(struct maker *k, struct field *f)
{
	memset(k->now, 0, sizeof(k->now));
	memset(k->set, 0, sizeof(k->set));
	k->changed = UINT32_MAX >> (32 - k->b->lines);
	f->lines.size = sizeof(struct rule_bits_line);
	f->sets.size = k->b->stride;
}

static void
list_spans(struct maker *k, const struct field *f)
{
	memset(k->begin, 0xff, sizeof(k->begin));
	memset(k->end, 0xff, sizeof(k->end));
	for (uint32_t r = 0; r < k->nb; r++) {
		struct rule_bits_span s = rule_bits_span(f->what, &k->f[r]);

		k->next_begin[r] = k->begin[s.lo];
		k->begin[s.lo] = r;
		k->next_end[r] = k->end[s.hi];
		k->end[s.hi] = r;
	}
}

/* Ports are there in host order, addresses as on the wire. */
static void
make_two_bytes(struct maker *k, struct field *f)
{
	bool wire = f->what.part != RULE_BITS_PORT;
	uint16_t class = 0;
	bool ended = true;

	list_spans(k, f);
	f->values = VALUES;
	for (uint32_t v = 0; v < VALUES; v++) {
		for (int32_t r = k->begin[v]; r >= 0; r = k->next_begin[r])
			change(k, r);
		if (k->begin[v] >= 0 || ended)
			class = class_now(k, f);
		f->class[wire ? rte_cpu_to_be_16(v) : v] = class;
		ended = k->end[v] >= 0;
		for (int32_t r = k->end[v]; r >= 0; r = k->next_end[r])
			change(k, r);
	}
}

/* Bits that no rule cares for do not make a value another one. */
static void
make_byte(struct maker *k, struct field *f)
{
	uint8_t want[RULE_BITS_MAX], care[RULE_BITS_MAX], cares = 0;

	for (uint32_t r = 0; r < k->nb; r++) {
		struct rule_bits_span s = rule_bits_span(f->what, &k->f[r]);

		want[r] = s.want;
		care[r] = s.care;
		cares |= s.care;
	}
	f->values = UINT8_MAX + 1;
	for (uint32_t v = 0; v <= UINT8_MAX; v++) {
		if ((v & cares) != v) {
			f->class[v] = f->class[v & cares];
			continue;
		}
		memset(k->now, 0, sizeof(k->now));
		for (uint32_t r = 0; r < k->nb; r++)
			k->now[r / RULE_BITS_LINE].word[r % RULE_BITS_LINE / 64] |=
				(uint64_t)((v & care[r]) == want[r]) << r % 64;
		k->changed = UINT32_MAX >> (32 - k->b->lines);
		f->class[v] = class_now(k, f);
	}
}

static size_t
field_bytes(const struct field *f)
{
	return RTE_CACHE_LINE_ROUNDUP(f->lines.nb * f->lines.size) +
	       RTE_CACHE_LINE_ROUNDUP(f->sets.nb * f->sets.size) + f->values * sizeof(f->class[0]);
}

static const void *
move(uint8_t **to, const void *from, size_t bytes)
{
	void *at = memcpy(*to, from, bytes);

	*to += RTE_CACHE_LINE_ROUNDUP(bytes);
	return at;
}

/* All fields next to each other, in huge pages where it is worth them: every search looks at a line or two of each. */
static void
settle(struct maker *k)
{
	struct rule_bits *b = k->b;
	size_t bytes = b->index.bytes;
	uint8_t *to;

	if (bytes >= HUGE_PAGE / 2)
		bytes = RTE_ALIGN_CEIL(bytes, HUGE_PAGE);
	b->arena = to = aligned_alloc(bytes >= HUGE_PAGE ? HUGE_PAGE : RTE_CACHE_LINE_SIZE,
				      RTE_CACHE_LINE_ROUNDUP(bytes));
	if (to == NULL)
		abort();
	if (bytes >= HUGE_PAGE)
		madvise(to, bytes, MADV_HUGEPAGE);
	b->index.bytes = bytes;
	for (unsigned i = 0; i < k->nb_fields; i++) {
		const struct field *f = &k->field[i];

		b->field[i] = (struct rule_bits_field){
			.at = rule_bits_at(f->what),
			.mask = f->values - 1,
			.class = move(&to, f->class, f->values * sizeof(f->class[0])),
			.set = move(&to, f->sets.thing, f->sets.nb * f->sets.size),
			.line = move(&to, f->lines.thing, f->lines.nb * f->lines.size),
		};
	}
	b->nb_fields = k->nb_fields;
}

static void
make_fields(struct maker *k, const struct rule_bits_what *what, unsigned n)
{
	k->nb_fields = n;
	for (unsigned i = 0; i < n; i++) {
		struct field *f = &k->field[i];

		f->what = what[i];
		start(k, f);
		if (what[i].part == RULE_BITS_WORD)
			make_byte(k, f);
		else
			make_two_bytes(k, f);
		k->b->index.bytes += field_bytes(f);
	}
}

static void
maker_free(struct maker *k)
{
	for (unsigned i = 0; i < k->nb_fields; i++) {
		free(k->field[i].sets.thing);
		free(k->field[i].lines.thing);
	}
	free(k);
}

static struct rule_bits *
new_bits(const uint64_t *serial, uint32_t nb, bool ip4)
{
	struct rule_bits *b = calloc(1, sizeof(*b));

	if (b == NULL || !rule_index_init(&b->index, RULE_INDEX_BITS, serial, nb, ip4))
		abort();
	b->lines = (nb + RULE_BITS_LINE - 1) / RULE_BITS_LINE;
	b->summaries = (nb + RULE_BITS_BRIEF * 64 - 1) / (RULE_BITS_BRIEF * 64);
	b->stride = RTE_ALIGN_CEIL(b->summaries * sizeof(uint64_t) + b->lines * sizeof(uint16_t),
				   sizeof(uint64_t));
	return b;
}

struct rule_bits *
rule_bits_build(const struct rule_filter *f, const uint64_t *serial, uint32_t nb, bool ip4,
		size_t most)
{
	struct rule_bits_what what[RULE_BITS_FIELDS];
	unsigned n = rule_bits_choose(what, f, nb, ip4);
	struct rule_bits *b;
	struct maker *k;

	if (n == 0)
		return NULL;
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		abort();
	b = new_bits(serial, nb, ip4);
	k->f = f;
	k->nb = nb;
	k->b = b;
	make_fields(k, what, n);
	if (b->index.bytes <= most)
		settle(k);
	maker_free(k);
	if (b->arena != NULL)
		return b;
	rule_index_free(&b->index);
	return NULL;
}

void
rule_bits_free(struct rule_bits *b)
{
	free(b->arena);
	free(b);
}
