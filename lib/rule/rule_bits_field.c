/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads filters field by field. Called by rule_bits_make.c. */
#include "rule_bits_field.h"

#define FIELDS_MAX (2 * 8 + 2 + sizeof(uint64_t))
#define SAMPLES 32    /* values that are tried */
#define AGAINST 1024u /* rules that they are tried with */
#define USELESS 0.95  /* a field that lets pass so many does not pay */
#define ENOUGH 0.05   /* so many rules of all are left by the fields before: no other is needed */

/* The fixed first bits of a half decide; a mask with holes asks for more than they say. */
static struct rule_bits_span
span_address(const union rule_addr *a, const union rule_addr *mask, unsigned n)
{
	uint16_t care = mask->v6[2 * n] << 8 | mask->v6[2 * n + 1];
	uint16_t want = a->v6[2 * n] << 8 | a->v6[2 * n + 1];
	unsigned ones = care == UINT16_MAX ? 16 : __builtin_clz(~((uint32_t)care << 16));
	uint16_t host = UINT16_MAX >> ones;

	return (struct rule_bits_span){ want & ~host, want | host, 0, 0 };
}

struct rule_bits_span
rule_bits_span(struct rule_bits_what w, const struct rule_filter *f)
{
	struct rule_bits_span all = { 0, UINT16_MAX, 0, 0 };

	switch (w.part) {
	case RULE_BITS_SRC:
		return f->not_src ? all : span_address(&f->src, &f->smask, w.n);
	case RULE_BITS_DST:
		return f->not_dst ? all : span_address(&f->dst, &f->dmask, w.n);
	case RULE_BITS_PORT:
		if (!f->port[w.n].invert)
			return (struct rule_bits_span){ f->port[w.n].lo, f->port[w.n].hi, 0, 0 };
		return all;
	default:
		all.want = f->want >> 8 * w.n;
		all.care = f->care >> 8 * w.n;
		return all;
	}
}

uint16_t
rule_bits_at(struct rule_bits_what w)
{
	static const uint16_t port[] = {
		[RULE_PORT_SRC] = offsetof(struct rule_key, sport),
		[RULE_PORT_DST] = offsetof(struct rule_key, dport),
	};

	switch (w.part) {
	case RULE_BITS_SRC:
		return offsetof(struct rule_key, src) + 2 * w.n;
	case RULE_BITS_DST:
		return offsetof(struct rule_key, dst) + 2 * w.n;
	case RULE_BITS_PORT:
		return port[w.n];
	default:
		return offsetof(struct rule_key, word) + w.n;
	}
}

static bool
asks(const struct rule_bits_span *s)
{
	return s->lo != 0 || s->hi != UINT16_MAX || s->care != 0;
}

/* A value that the rule lets pass. Of states, which a filter excludes, a packet has one. */
static uint32_t
value_of(struct rule_bits_what w, const struct rule_bits_span *s)
{
	uint32_t states = RULE_WORD_STATES >> RULE_WORD_STATE_SHIFT & ~s->care;

	if (w.part != RULE_BITS_WORD)
		return s->lo;
	return w.n == RULE_WORD_STATE_SHIFT / 8 ? s->want | (states & -states) : s->want;
}

/* How much of the rules a packet that is for one of them meets by that field alone, 0 to 1. */
static double
share(struct rule_bits_what w, const struct rule_filter *f, uint32_t nb)
{
	uint32_t fits = 0, tried = 0, step = RTE_MAX(1u, nb / AGAINST);

	for (uint32_t n = 0; n < SAMPLES; n++) {
		uint32_t i = (uint64_t)n * nb / SAMPLES, end = (uint64_t)(n + 1) * nb / SAMPLES;
		struct rule_bits_span s = { .hi = UINT16_MAX };

		for (; i < end && !asks(&s); i++)
			s = rule_bits_span(w, &f[i]);
		for (uint32_t r = 0; asks(&s) && r < nb; r += step) {
			struct rule_bits_span other = rule_bits_span(w, &f[r]);

			fits += rule_bits_in(&other, value_of(w, &s));
			tried++;
		}
	}
	return tried != 0 ? (double)fits / tried : 1;
}

static unsigned
all_fields(struct rule_bits_what *what, bool ip4)
{
	unsigned n = 0;

	for (unsigned i = 0; i < (ip4 ? 2 : 8); i++) {
		what[n++] = (struct rule_bits_what){ RULE_BITS_SRC, i };
		what[n++] = (struct rule_bits_what){ RULE_BITS_DST, i };
	}
	what[n++] = (struct rule_bits_what){ RULE_BITS_PORT, RULE_PORT_SRC };
	what[n++] = (struct rule_bits_what){ RULE_BITS_PORT, RULE_PORT_DST };
	for (unsigned i = 0; i < sizeof(uint64_t); i++)
		what[n++] = (struct rule_bits_what){ RULE_BITS_WORD, i };
	return n;
}

unsigned
rule_bits_choose(struct rule_bits_what *what, const struct rule_filter *f, uint32_t nb, bool ip4)
{
	struct rule_bits_what all[FIELDS_MAX];
	double left = nb, shares[FIELDS_MAX];
	unsigned n = all_fields(all, ip4), chosen = 0;

	for (unsigned i = 0; i < n; i++)
		shares[i] = share(all[i], f, nb);
	while (chosen < RULE_BITS_FIELDS && left > ENOUGH) {
		unsigned best = 0;

		for (unsigned i = 1; i < n; i++)
			if (shares[i] < shares[best])
				best = i;
		if (shares[best] > USELESS)
			break;
		what[chosen++] = all[best];
		left *= shares[best];
		shares[best] = 1;
	}
	return chosen;
}
