/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tries that rte_acl had to cut into many cost more than the rules themselves: nested prefixes with ranges of ports, 300 of
 * them 411 cycles a packet, against 75 side by side; and bit vectors of rules that exclude little find too many. Called by
 * rule_build.c in its threads, with made-up packets that look like the rules.
 */
#include <stdlib.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_random.h>

#include "rule_outline.h"
#include "rule_pays.h"
#include "rule_run.h"

#define KEYS 512
#define BURST 32
#define MOMENTS 3
#define TIMES 12 /* the best of which counts: others use the machine too */

/* Rules and packets, and all that may find the ones for the others; NULL: not to be tried. */
struct contest {
	struct rule_filter *f;
	uint32_t nb;
	bool ip4;
	struct rule_lin lin, outline;
	const struct rule_bits *bits;
	const struct rule_acl *trie;
	const struct rule_key *keys[KEYS];
	struct rule_key key[KEYS];
};

/* A packet has one state, of those that the rule does not exclude. */
static uint64_t
make_word(const struct rule_filter *f)
{
	uint64_t states = RULE_WORD_STATES & ~f->care;

	return f->want | (states & -states);
}

static void
make_key(struct rule_key *k, const struct rule_filter *f, const struct rule_filter *g)
{
	uint16_t port[2];

	k->word = make_word(f);
	for (unsigned i = 0; i < 4; i++) {
		k->src[i] = f->src.w[i] | (~f->smask.w[i] & (uint32_t)rte_rand());
		k->dst[i] = f->dst.w[i] | (~f->dmask.w[i] & (uint32_t)rte_rand());
	}
	/* Half of them miss that rule, as likely as not, by the ports of another. */
	for (unsigned side = 0; side < 2; side++) {
		const struct rule_port_range *p = rte_rand_max(2) ? &f->port[side] : &g->port[side];

		port[side] = p->lo + rte_rand_max(1u + (uint16_t)(p->hi - p->lo));
		k->wire[side] = rte_cpu_to_be_16(port[side]);
	}
	k->sport = port[RULE_PORT_SRC];
	k->dport = port[RULE_PORT_DST];
}

/* Packets that one of the first rules is for cost the same by any way: others are looked for, a while. */
static void
make_keys(struct contest *c)
{
	for (unsigned i = 0; i < KEYS; i++) {
		unsigned tries = 0;

		do
			make_key(&c->key[i], &c->f[rte_rand_max(c->nb)],
				 &c->f[rte_rand_max(c->nb)]);
		while (tries++ < 8 && c->nb > RULE_BITS_LEAD &&
		       rule_lin_scalar(&c->lin, 0, RULE_BITS_LEAD, &c->key[i]) < RULE_BITS_LEAD);
		c->keys[i] = &c->key[i];
	}
}

/* word: the bits of packets' words that count. */
static struct contest *
contest_new(const struct rule_filter *f, uint32_t nb, bool ip4, uint64_t word)
{
	struct contest *c = calloc(1, sizeof(*c));
	uint64_t cares = 0;

	if (c == NULL || (c->f = malloc(nb * sizeof(*f))) == NULL)
		abort();
	c->nb = nb;
	c->ip4 = ip4;
	for (uint32_t i = 0; i < nb; i++) {
		c->f[i] = f[i];
		c->f[i].want &= word;
		c->f[i].care &= word;
		cares |= c->f[i].care;
	}
	rule_lin_init(&c->lin, nb, ip4, cares >> 32 != 0);
	for (uint32_t i = 0; i < nb; i++)
		rule_lin_set(&c->lin, i, &c->f[i]);
	rule_outline_make(&c->outline, c->f, nb, ip4, cares >> 32 != 0);
	make_keys(c);
	return c;
}

static void
contest_free(struct contest *c)
{
	rule_lin_free(&c->outline);
	rule_lin_free(&c->lin);
	free(c->f);
	free(c);
}

static void
run_trie(const struct contest *c)
{
	uint32_t result[BURST];

	for (unsigned i = 0; i < KEYS; i += BURST)
		rule_acl_find(c->trie, c->keys + i, result, BURST);
}

static void
run_bits(const struct contest *c)
{
	for (unsigned i = 0; i < KEYS; i++)
		rule_bits_find(c->bits, &c->lin, 0, 0, c->nb, c->keys[i]);
}

static void
run_plain(const struct contest *c)
{
	for (unsigned i = 0; i < KEYS; i++) {
		if (c->outline.block != NULL)
			rule_outline_find(&c->lin, &c->outline, 0, c->nb, c->keys[i]);
		else
			rule_lin_find(&c->lin, 0, c->nb, c->keys[i]);
	}
}

/* In turn, so that a slow moment is one for both. Is the first one faster? */
static bool
is_faster(const struct contest *c, void (*run)(const struct contest *c),
	  void (*than)(const struct contest *c))
{
	uint64_t best = UINT64_MAX, best_than = UINT64_MAX;

	for (unsigned i = 0; i < TIMES; i++) {
		uint64_t begin = rte_rdtsc(), between;

		run(c);
		between = rte_rdtsc();
		than(c);
		best = RTE_MIN(best, between - begin);
		best_than = RTE_MIN(best_than, rte_rdtsc() - between);
	}
	return best < best_than;
}

bool
rule_bits_pays(const struct rule_bits *b, const struct rule_filter *f, uint32_t nb, bool ip4)
{
	struct contest *c = contest_new(f, nb, ip4, UINT64_MAX);
	bool pays = false;

	c->bits = b;
	/* What is refused stays so: not for one bad moment. */
	for (unsigned i = 0; !pays && i < MOMENTS; i++) {
		if (i > 0)
			usleep(20000);
		pays = is_faster(c, run_bits, run_plain);
	}
	contest_free(c);
	return pays;
}

bool
rule_acl_pays(const struct rule_acl *a, const struct rule_filter *f, uint32_t nb, bool ip4)
{
	struct contest *c = contest_new(f, nb, ip4, UINT8_MAX);
	struct rule_bits *b = NULL;
	bool pays;

	c->trie = a;
	pays = is_faster(c, run_trie, run_plain);
	if (pays && rule_run_on(RULE_INDEX_BITS) && nb >= RULE_BITS_MIN)
		b = rule_bits_build(c->f, a->index.serial, nb, ip4, SIZE_MAX);
	if (b != NULL) {
		c->bits = b;
		pays = is_faster(c, run_trie, run_bits);
		rule_index_free(&b->index);
	}
	contest_free(c);
	return pays;
}
