/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tries that rte_acl had to cut into many cost more than the rules themselves: nested prefixes with ranges of ports, 300 of
 * them 411 cycles a packet, against 75 side by side. Called by rule_build.c in its thread, with made-up packets that
 * look like the rules.
 */
#include <rte_cycles.h>
#include <rte_random.h>

#include "rule_pays.h"

#define KEYS 512
#define BURST 32
#define TIMES 5 /* the best of which counts: others use the machine too */

static void
make_key(struct rule_key *k, const struct rule_filter *f, const struct rule_filter *g)
{
	uint16_t port[2];

	k->word = f->want & UINT8_MAX;
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

static uint64_t
time_trie(const struct rule_acl *a, const struct rule_key *const *keys)
{
	uint64_t begin = rte_rdtsc();
	uint32_t result[BURST];

	for (unsigned i = 0; i < KEYS; i += BURST)
		rule_acl_find(a, keys + i, result, BURST);
	return rte_rdtsc() - begin;
}

static uint64_t
time_lin(const struct rule_lin *lin, const struct rule_key *const *keys)
{
	uint64_t begin = rte_rdtsc();

	for (unsigned i = 0; i < KEYS; i++)
		rule_lin_find(lin, 0, lin->nb, keys[i]);
	return rte_rdtsc() - begin;
}

bool
rule_acl_pays(const struct rule_acl *a, const struct rule_filter *f, uint32_t nb, bool ip4)
{
	uint64_t trie = UINT64_MAX, side_by_side = UINT64_MAX;
	static struct rule_key key[KEYS]; /* of the one thread that builds */
	const struct rule_key *keys[KEYS];
	struct rule_lin lin;

	rule_lin_init(&lin, nb, ip4, false);
	for (uint32_t i = 0; i < nb; i++) {
		struct rule_filter plain = f[i];

		plain.want &= UINT8_MAX;
		plain.care &= UINT8_MAX;
		rule_lin_set(&lin, i, &plain);
	}
	for (unsigned i = 0; i < KEYS; i++) {
		make_key(&key[i], &f[rte_rand_max(nb)], &f[rte_rand_max(nb)]);
		keys[i] = &key[i];
	}
	for (unsigned i = 0; i < TIMES; i++) {
		trie = RTE_MIN(trie, time_trie(a, keys));
		side_by_side = RTE_MIN(side_by_side, time_lin(&lin, keys));
	}
	rule_lin_free(&lin);
	return trie < side_by_side;
}
