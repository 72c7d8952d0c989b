/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compiled chains against the interpreter: random tables and packets that are made to fit their rules; the same
 * verdicts, what is left of packets, and counters of every rule and policy. The seed is printed; RULE_SEED repeats a run, RULE_ROUNDS
 * makes it longer.
 */
#include "rule_setup.h"

#include <rte_jhash.h>

#include "hook_emit.h"
#include "rule_random_table.h"

#include "ct.h"
#include "rule_build.h"
#include "rule_object.h"

#define PACKETS 192
#define TRIES_TEXT 12000 /* characters of a table that gets tries */
#define NOW 1000000      /* ms */

static uint64_t seed;
static unsigned rounds = 60;
static struct ct flow; /* what tracked packets point to */

/* One packet, to be made anew for every way. */
struct trial {
	struct packet p;
	uint8_t src[16], dst[16];
	uint64_t ct;
};

static const struct way {
	const char *name, *compile, *simd;
	int acl_min, bits_min, map_min, flat;
} ways[] = {
	{ "interpreter", "0", "auto", 0, 0, 0, 0 },
	{ "scalar", "1", "scalar", 0, 0, 0, 1 },
	{ "avx2", "1", "avx2", 0, 0, 0, 1 },
	{ "avx512", "1", "avx512", 0, 0, 0, 1 },
	{ "tries, scalar", "1", "scalar", 1, 0, 0, 0 },
	{ "tries, avx2", "1", "avx2", 4, 0, 0, 0 },
	{ "tries, avx512", "1", "avx512", 2, 0, 0, 0 },
	{ "bit vectors, scalar", "1", "scalar", 0, 1, 0, 0 },
	{ "bit vectors, avx2", "1", "avx2", 0, 7, 0, 0 },
	{ "bit vectors, avx512", "1", "avx512", 0, 2, 0, 0 },
	{ "tries and bit vectors", "1", "auto", 3, 1, 0, 0 },
	{ "maps, scalar", "1", "scalar", 0, 0, 3, 0 },
	{ "maps, avx2", "1", "avx2", 0, 0, 7, 1 },
	{ "maps, avx512", "1", "avx512", 0, 0, 12, 0 },
	{ "as ever", "1", "auto", 128, 192, 64, 1 },
};

/* What came of it. */
struct result {
	verdict_t verdict[PACKETS];
	uint32_t left[PACKETS]; /* a hash of what rules may have changed */
	struct count *count;
	unsigned nb;
};

static void
ignore_error(const struct hook_ctx *ctx, struct rte_mbuf *m, uint8_t type, uint8_t code,
	     uint32_t info)
{
}

static void
ignore_out(const struct hook_ctx *ctx, struct rte_mbuf *m)
{
	rte_pktmbuf_free(m);
}

static const struct rule *
random_rule_of(const struct rule_table *t)
{
	const struct rule_chain *c;

	do
		c = t->chain[pick(t->nb_slots)];
	while (c == NULL || c->nb == 0);
	return c->rules[pick(c->nb)];
}

/* An address that the rule names, most of the time. */
static void
fit_address(uint8_t *to, bool ip6, const union rule_addr *want, const union rule_addr *mask)
{
	const uint8_t *w = (const void *)want, *m = (const void *)mask;

	for (unsigned i = 0; i < (ip6 ? 16u : 4u); i++)
		to[i] = pick(30) == 0 ? pick(256) : (w[i] & m[i]) | (pick(256) & ~m[i]);
}

static void
fit_ports(struct packet *p, const struct rule *r)
{
	struct rule_test t[RULE_TESTS_MAX];

	for (unsigned i = 0; i < r->nb_matches; i++) {
		const struct rule_ext_type *type = r->match[i].type;
		int n = type->tests != NULL ? type->tests(r->match[i].data, t) : 0;

		for (int k = 0; k < n; k++) {
			unsigned j = t[k].nb != 0 ? pick(t[k].nb) : 0;
			unsigned in = t[k].range[j].lo +
				      pick(1 + (uint16_t)(t[k].range[j].hi - t[k].range[j].lo));

			if (t[k].field == RULE_FIELD_SPORT || t[k].field == RULE_FIELD_ICMP)
				p->w0 = in;
			else if (t[k].field == RULE_FIELD_DPORT ||
				 t[k].field == RULE_FIELD_ANY_PORT)
				p->w1 = in;
			else if (t[k].field == RULE_FIELD_TCP_FLAGS)
				p->tcp_flags = in;
		}
	}
}

static void
odd_packet(struct packet *p)
{
	switch (pick(4)) {
	case 0:
		p->frag = pick(2) ? 8 : 1;
		break;
	case 1:
		p->l4_len = p->proto == IPPROTO_TCP ? 4 + pick(16) : 4;
		break;
	case 2:
		p->hop_by_hop = p->ip6;
		break;
	default:
		p->ext_cut = p->ip6;
	}
}

static uint64_t
random_ct(void)
{
	static const uint8_t infos[] = { CT_INFO_ESTABLISHED, CT_INFO_RELATED, CT_INFO_NEW,
					 CT_INFO_ESTABLISHED_REPLY, CT_INFO_RELATED_REPLY };

	if (pick(3) == 0)
		return pick(2) ? 0 : CT_INFO_UNTRACKED;
	return (uintptr_t)&flow | infos[pick(RTE_DIM(infos))];
}

static void
random_trial(struct trial *x, const struct rule_table *t, bool ip6)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, 50, 51, 200 };
	const struct rule *r = random_rule_of(t);

	*x = (struct trial){ .p = { .ip6 = ip6, .w0 = pick(4000), .w1 = pick(4000) } };
	x->p.proto = r->ip.proto != 0 && pick(8) != 0 ? r->ip.proto : protos[pick(RTE_DIM(protos))];
	if (ip6 && x->p.proto == IPPROTO_ICMP)
		x->p.proto = IPPROTO_ICMPV6;
	x->p.tcp_flags = pick(64);
	x->p.tcp_option = pick(3) == 0 ? 2 + pick(250) : 0;
	x->p.in = pick(2) ? "r0" : "r1";
	x->p.out = pick(2) ? "r0" : "r1";
	fit_address(x->src, ip6, &r->ip.src, &r->ip.smask);
	fit_address(x->dst, ip6, &r->ip.dst, &r->ip.dmask);
	fit_ports(&x->p, r);
	if (pick(16) == 0)
		odd_packet(&x->p);
	x->ct = random_ct();
}

static struct rte_mbuf *
trial_make(const struct trial *x)
{
	struct rte_mbuf *m = packet_make(&x->p);

	if (x->p.ip6) {
		memcpy(&pkt_ip6(m)->ip6_src, x->src, 16);
		memcpy(&pkt_ip6(m)->ip6_dst, x->dst, 16);
	} else {
		memcpy(&pkt_ip4(m)->src_addr, x->src, 4);
		memcpy(&pkt_ip4(m)->dst_addr, x->dst, 4);
	}
	pkt(m)->ct = x->ct;
	return m;
}

/* The packet's addresses, TTL and traffic class, mark and state. */
static uint32_t
hash_of(struct rte_mbuf *m)
{
	const struct pkt *p = pkt(m);
	uint32_t h = rte_jhash(rte_pktmbuf_mtod_offset(m, void *, p->l3),
			       p->family == AF_INET6 ? sizeof(struct ip6_hdr)
						     : sizeof(struct rte_ipv4_hdr),
			       p->mark);

	return h ^ (uint32_t)p->ct;
}

static void
play_burst(const struct trial *x, unsigned n, enum hook_family family, const struct place *where,
	   struct result *r, unsigned at)
{
	unsigned type = rule_table_type_find(family, where->table);
	struct hook_ctx ctx = {
		.gen = gen_current(), .now = NOW, .family = family, .point = where->point
	};
	struct rte_mbuf *m[PKT_BURST];

	for (unsigned i = 0; i < n; i++) {
		m[i] = trial_make(&x[i]);
		r->verdict[at + i] = VERDICT_ACCEPT;
	}
	rule_hook(&ctx, rule_hook_priv(family, type), m, n, &r->verdict[at]);
	for (unsigned i = 0; i < n; i++) {
		r->left[at + i] = hash_of(m[i]);
		rte_pktmbuf_free(m[i]);
	}
}

static void
add_count(struct result *r, uint32_t id)
{
	r->count = realloc(r->count, (r->nb + 1) * sizeof(r->count[0]));
	assert_non_null(r->count);
	r->count[r->nb++] = counter_read(id);
}

static void
read_counts(const struct rule_table *t, struct result *r)
{
	for (unsigned s = 0; s < t->nb_slots; s++) {
		const struct rule_chain *c = t->chain[s];

		for (unsigned i = 0; c != NULL && i < c->nb; i++)
			add_count(r, c->rules[i]->counter);
		if (c != NULL && c->policy_counter != NULL)
			add_count(r, c->policy_counter->id);
	}
}

/* The last trials in a way, with a table that was made afresh. */
static bool
play(const struct way *w, const char *text, const struct trial *x, bool ip6,
     const struct place *where, struct result *r)
{
	enum hook_family family = ip6 ? HOOK_IP6 : HOOK_IP4;
	struct err e;

	*r = (struct result){ 0 };
	if (param_set_text(param_find("net.pollux.simd"), w->simd, &e) != 0)
		return false;
	assert_int_equal(param_set_text(param_find("net.pollux.rule_compile"), w->compile, &e), 0);
	/* Random addresses and ranges of many rules make tries that take minutes. */
	if (w->acl_min > 0 && strlen(text) > TRIES_TEXT)
		return false;
	param_set(param_find("net.pollux.rule_acl_min"), w->acl_min);
	param_set(param_find("net.pollux.rule_bits_min"), w->bits_min);
	param_set(param_find("net.pollux.rule_map_min"), w->map_min);
	param_set(param_find("net.pollux.rule_inline"), w->flat);
	if (run_with(ip6 ? "ip6tables-restore" : "iptables-restore", text) != 0)
		fail_msg("%s%s", text, str_text(&rule_err));
	rule_build_wait();
	for (unsigned at = 0; at < PACKETS;) {
		unsigned n = RTE_MIN(1 + pick(PKT_BURST), PACKETS - at);

		play_burst(&x[at], n, family, where, r, at);
		at += n;
	}
	read_counts(
		rule_table_get(gen_current(), family, rule_table_type_find(family, where->table)),
		r);
	return true;
}

static void
check_same(const char *text, const struct way *w, const struct result *want,
	   const struct result *got)
{
	for (unsigned i = 0; i < PACKETS; i++)
		if (want->verdict[i] != got->verdict[i] || want->left[i] != got->left[i])
			fail_msg("%.20000s%s: packet %u: verdict %u, left as %x, expected %u, %x",
				 text, w->name, i, got->verdict[i], got->left[i], want->verdict[i],
				 want->left[i]);
	assert_int_equal(want->nb, got->nb);
	for (unsigned i = 0; i < want->nb; i++)
		if (memcmp(&want->count[i], &got->count[i], sizeof(want->count[i])) != 0)
			fail_msg("%.20000s%s: counter %u: %lu, expected %lu", text, w->name, i,
				 got->count[i].packets, want->count[i].packets);
}

static void
one_round(bool ip6, const struct place *where, unsigned size, bool few)
{
	enum hook_family family = ip6 ? HOOK_IP6 : HOOK_IP4;
	unsigned type = rule_table_type_find(family, where->table);
	static struct trial x[PACKETS];
	struct result want, got;
	struct str text = { 0 };

	random_table(&text, ip6, where, size, few);
	if (run_with(ip6 ? "ip6tables-restore" : "iptables-restore", str_text(&text)) != 0)
		fail_msg("%s%s", str_text(&text), str_text(&rule_err));
	for (unsigned i = 0; i < PACKETS; i++)
		random_trial(&x[i], rule_table_get(gen_current(), family, type), ip6);
	assert_true(play(&ways[0], str_text(&text), x, ip6, where, &want));
	for (unsigned w = 1; w < RTE_DIM(ways); w++) {
		if (few && !ways[w].flat)
			continue;
		if (!play(&ways[w], str_text(&text), x, ip6, where, &got))
			continue;
		check_same(str_text(&text), &ways[w], &want, &got);
		free(got.count);
	}
	free(want.count);
	str_free(&text);
}

static void
test_same(void **state)
{
	for (unsigned i = 0; i < rounds; i++) {
		const struct place *where = &places[i / 2 % RTE_DIM(places)];

		one_round(i & 1 || where->only6, where, 1 + pick(1u << pick(12)), false);
	}
}

/* Chains that are searched in the places of the jumps to them, where what is asked may not be as it was. */
static void
test_short(void **state)
{
	for (unsigned i = 0; i < 3 * rounds; i++) {
		const struct place *where = &places[2 + i / 2 % (RTE_DIM(places) - 2)];

		one_round(i & 1 || where->only6, where, 8 + pick(24), true);
	}
}

static int
setup(void **state)
{
	struct err e = { "" };

	hook_emit = (struct hook_emit){ ignore_error, ignore_out };
	flow = (struct ct){ .family = AF_INET, .proto = IPPROTO_TCP, .status = CT_CONFIRMED };
	if (route_setup(state) != 0)
		return -1;
	rte_srand(seed);
	return param_set_text(param_find("net.netfilter.nf_conntrack_max"), "4096", &e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_short),
	};
	const char *fixed = getenv("RULE_SEED"), *more = getenv("RULE_ROUNDS");

	seed = fixed != NULL ? strtoull(fixed, NULL, 0) : rte_rdtsc();
	if (more != NULL)
		rounds = strtoul(more, NULL, 0);
	printf("seed %llu (RULE_SEED)\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, setup, NULL);
}
