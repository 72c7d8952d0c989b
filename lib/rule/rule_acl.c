/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds and searches tries. Called by rule_build.c (its thread) and rule_code.c (workers); what is built is never
 * changed.
 */
#include <stdlib.h>

#include <rte_acl.h>
#include <rte_malloc.h>

#include "base_mem.h"
#include "rule_acl.h"

/* Input of a trie: parts of struct rule_key. */
#define FIELDS4 5
#define FIELDS6 11
#define PORTS_FIELDS 2

RTE_ACL_RULE_DEF(acl_rule, FIELDS6);

/* A chain's rules at most, see rule.h; the first rule wins. */
#define PRIORITY(i) (RTE_ACL_MAX_PRIORITY - (int32_t)(i))

static void
define(struct rte_acl_field_def *d, unsigned field, unsigned type, unsigned size, unsigned input,
       size_t offset)
{
	d[field] = (struct rte_acl_field_def){ .type = type,
					       .size = size,
					       .field_index = field,
					       .input_index = input,
					       .offset = offset };
}

/* Protocol, words of the source, of the destination, ports. Returns their number. */
static unsigned
define_all(struct rte_acl_field_def *d, bool ip4)
{
	unsigned n = 0, words = ip4 ? 1 : 4;

	define(d, n++, RTE_ACL_FIELD_TYPE_BITMASK, 1, 0, offsetof(struct rule_key, word));
	for (unsigned i = 0; i < words; i++, n++)
		define(d, n, RTE_ACL_FIELD_TYPE_MASK, 4, n, offsetof(struct rule_key, src[i]));
	for (unsigned i = 0; i < words; i++, n++)
		define(d, n, RTE_ACL_FIELD_TYPE_MASK, 4, n, offsetof(struct rule_key, dst[i]));
	define(d, n, RTE_ACL_FIELD_TYPE_RANGE, 2, n, offsetof(struct rule_key, wire[0]));
	define(d, n + 1, RTE_ACL_FIELD_TYPE_RANGE, 2, n, offsetof(struct rule_key, wire[1]));
	return n + PORTS_FIELDS;
}

/* Length of a prefix; -1: the mask is none. */
static int
prefix_len(const union rule_addr *mask, unsigned words)
{
	int len = 0;

	for (unsigned i = 0; i < words; i++) {
		uint32_t host = rte_be_to_cpu_32(mask->w[i]);
		int ones = host == UINT32_MAX ? 32 : __builtin_clz(~host);

		if ((uint64_t)host << ones & UINT32_MAX || (ones > 0 && len < (int)i * 32))
			return -1;
		len += ones;
	}
	return len;
}

bool
rule_acl_takes(const struct rule_filter *f, bool ip4)
{
	unsigned words = ip4 ? 1 : 4;

	return !f->not_src && !f->not_dst && !f->port[0].invert && !f->port[1].invert &&
	       prefix_len(&f->smask, words) >= 0 && prefix_len(&f->dmask, words) >= 0;
}

static unsigned
add_address(struct rte_acl_field *field, const union rule_addr *a, const union rule_addr *mask,
	    bool ip4)
{
	unsigned words = ip4 ? 1 : 4;

	for (unsigned i = 0; i < words; i++) {
		field[i].value.u32 = rte_be_to_cpu_32(a->w[i]);
		field[i].mask_range.u32 = __builtin_popcount(mask->w[i]);
	}
	return words;
}

static void
make_rule(struct acl_rule *r, const struct rule_filter *f, uint32_t i, bool ip4)
{
	unsigned n = 1;

	*r = (struct acl_rule){ 0 };
	r->data.category_mask = 1;
	r->data.priority = PRIORITY(i);
	r->data.userdata = i + 1;
	r->field[0].value.u8 = f->want;
	r->field[0].mask_range.u8 = f->care;
	n += add_address(&r->field[n], &f->src, &f->smask, ip4);
	n += add_address(&r->field[n], &f->dst, &f->dmask, ip4);
	for (unsigned side = 0; side < PORTS_FIELDS; side++) {
		r->field[n + side].value.u16 = f->port[side].lo;
		r->field[n + side].mask_range.u16 = f->port[side].hi;
	}
}

/*
 * Small tries first: they take little time where they are possible at all. With 512 MB more shapes can be built, in 2 to 20
 * seconds, but what comes of them (400 rules: 207 cycles, 1,000: 655) is slower than the rules side by side.
 */
static int
build(struct rte_acl_ctx *ctx, bool ip4, size_t most)
{
	static const size_t ladder[] = { 0, (size_t)64 << 20 };
	struct rte_acl_config c = { .num_categories = 1 };
	int rc = -ENOMEM;

	c.num_fields = define_all(c.defs, ip4);
	for (unsigned i = 0; rc != 0 && i < RTE_DIM(ladder); i++) {
		if (ladder[i] > most)
			break;
		c.max_size = ladder[i];
		rc = rte_acl_build(ctx, &c);
	}
	return rc;
}

static struct rte_acl_ctx *
make_context(uint32_t nb, bool ip4)
{
	static uint32_t number;
	char name[RTE_ACL_NAMESIZE];
	struct rte_acl_param p = {
		.name = name,
		.socket_id = SOCKET_ID_ANY,
		.rule_size = RTE_ACL_RULE_SZ(ip4 ? FIELDS4 : FIELDS6),
		.max_rule_num = nb,
	};

	snprintf(name, sizeof(name), "rules%u", number++);
	return rte_acl_create(&p);
}

struct rule_acl *
rule_acl_build(const struct rule_filter *f, const uint64_t *serial, uint32_t nb, bool ip4,
	       size_t most)
{
	struct rule_acl *a = calloc(1, sizeof(*a));
	struct rte_acl_ctx *ctx;
	size_t before = mem_heap_bytes();
	struct acl_rule r;
	int rc = 0;

	if (a == NULL)
		return NULL;
	a->ctx = ctx = make_context(nb, ip4);
	if (!rule_index_init(&a->index, RULE_INDEX_TRIE, serial, nb, ip4) || ctx == NULL) {
		rule_index_free(&a->index);
		return NULL;
	}
	for (uint32_t i = 0; rc == 0 && i < nb; i++) {
		make_rule(&r, &f[i], i, ip4);
		rc = rte_acl_add_rules(ctx, (const struct rte_acl_rule *)&r, 1);
	}
	if (rc == 0)
		rc = build(ctx, ip4, most);
	if (rc != 0) {
		rule_index_free(&a->index);
		return NULL;
	}
	a->index.bytes = RTE_MAX(mem_heap_bytes(), before) - before;
	return a;
}

void
rule_acl_free(struct rule_acl *a)
{
	rte_acl_free(a->ctx);
	free(a);
}

bool
rule_acl_find(const struct rule_acl *a, const struct rule_key *const *keys, uint32_t *results,
	      unsigned n)
{
	static const enum rte_acl_classify_alg alg[] = {
		[RULE_SIMD_SCALAR] = RTE_ACL_CLASSIFY_SCALAR,
		[RULE_SIMD_AVX2] = RTE_ACL_CLASSIFY_AVX2,
		[RULE_SIMD_AVX512] = RTE_ACL_CLASSIFY_AVX512X32,
	};

	/* As rule_simd() says: rte_acl by itself asks EAL, which holds AVX-512 back. */
	return rte_acl_classify_alg(a->ctx, (const uint8_t **)(uintptr_t)keys, results, n, 1,
				    alg[rule_simd()]) == 0;
}
