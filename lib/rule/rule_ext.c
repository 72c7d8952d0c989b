/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registry of match and target extensions, and what is common to their options. Written by
 * constructors, then read only; instances belong to the control lcore.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_ext.h"

static struct rule_ext_type *types;

void
rule_ext_register(struct rule_ext_type *type)
{
	type->next = types;
	types = type;
}

const struct rule_ext_type *
rule_ext_next(const struct rule_ext_type *type)
{
	return type == NULL ? types : type->next;
}

static const struct rule_ext_type *
find(enum hook_family family, const char *name, bool target)
{
	for (const struct rule_ext_type *t = types; t != NULL; t = t->next) {
		if (t->target != target || !(t->families & 1u << family))
			continue;
		if (strcmp(t->name, name) == 0)
			return t;
		if (t->alias != NULL && strcmp(t->alias, name) == 0)
			return t;
	}
	return NULL;
}

const struct rule_ext_type *
rule_match_find(enum hook_family family, const char *name)
{
	return find(family, name, false);
}

const struct rule_ext_type *
rule_target_find(enum hook_family family, const char *name)
{
	return find(family, name, true);
}

const struct rule_ext_type *
rule_match_for_proto(enum hook_family family, uint8_t proto)
{
	for (const struct rule_ext_type *t = types; t != NULL; t = t->next)
		if (!t->target && proto != 0 && t->proto == proto && t->families & 1u << family)
			return t;
	return NULL;
}

static void *
data_alloc(const struct rule_ext_type *type)
{
	size_t bytes = type->size;
	void *data;

	if (bytes == 0)
		return NULL;
	if (type->state_size != 0)
		bytes = RTE_CACHE_LINE_ROUNDUP(bytes) +
			RTE_CACHE_LINE_ROUNDUP((size_t)type->state_size);
	data = type->state_size != 0 ? aligned_alloc(RTE_CACHE_LINE_SIZE, bytes) : malloc(bytes);
	if (data == NULL)
		abort();
	return memset(data, 0, bytes);
}

struct rule_ext
rule_ext_new(const struct rule_ext_type *type)
{
	struct rule_ext x = { .type = type, .data = data_alloc(type) };

	if (type->init != NULL)
		type->init(x.data);
	return x;
}

struct rule_ext
rule_ext_clone(const struct rule_ext *x)
{
	struct rule_ext n = *x;

	if (x->data == NULL)
		return n;
	n.data = data_alloc(x->type);
	memcpy(n.data, x->data, x->type->size);
	rule_ext_restart(&n);
	return n;
}

void
rule_ext_restart(const struct rule_ext *x)
{
	if (x->type->restart != NULL)
		x->type->restart(x->data, rule_ext_state(x->type, x->data));
}

uint32_t
rule_ext_points(const struct rule_ext *x)
{
	uint32_t points = x->type->points != 0 ? x->type->points : ~0u;

	return x->type->points_of != NULL ? points & x->type->points_of(x->data) : points;
}

void
rule_ext_free(struct rule_ext *x)
{
	if (x->data != NULL && x->type->release != NULL)
		x->type->release(x->data, rule_ext_state(x->type, x->data));
	free(x->data);
	x->data = NULL;
}

bool
rule_ext_equal(const struct rule_ext *a, const struct rule_ext *b)
{
	if (a->type != b->type)
		return false;
	return a->type == NULL || a->type->size == 0 ||
	       memcmp(a->data, b->data, a->type->size) == 0;
}

static const char *
opt_name(const struct rule_ext_type *type, unsigned id)
{
	for (unsigned i = 0; i < type->nb_opts; i++)
		if (type->opts[i].id == id)
			return type->opts[i].name;
	return "?";
}

int
rule_ext_option(const struct rule_parse *p, struct rule_ext *x, unsigned opt, const char *arg,
		bool invert)
{
	const struct rule_ext_type *type = x->type;
	const struct rule_opt *o = &type->opts[opt];
	struct rule_parse q = *p;

	q.type = type;
	q.opt = opt_name(type, o->id);
	if (o->flags & RULE_OPT_ONCE && x->seen & 1u << o->id)
		return err_set(p->err, -EINVAL, "%s: option \"--%s\" can only be used once.\n",
			       type->name, q.opt);
	if (invert && !(o->flags & RULE_OPT_INVERT))
		return err_set(p->err, -EINVAL, "%s: option \"--%s\" cannot be inverted.\n",
			       type->name, q.opt);
	int rc = type->parse(&q, o->id, arg, invert, x->data);

	if (rc == 0)
		x->seen |= 1u << o->id;
	return rc;
}

/* One option against the others that were given. */
static int
check_option(const struct rule_parse *p, const struct rule_ext *x, const struct rule_opt *o)
{
	const struct rule_ext_type *type = x->type;
	uint32_t clash = x->seen & o->excludes;

	if (!(x->seen & 1u << o->id))
		return o->flags & RULE_OPT_MUST
			       ? err_set(p->err, -EINVAL, "%s: option \"--%s\" must be specified\n",
					 type->name, o->name)
			       : 0;
	if (clash != 0)
		return err_set(p->err, -EINVAL,
			       "%s: option \"--%s\" cannot be used together with \"--%s\".\n",
			       type->name, o->name, opt_name(type, __builtin_ctz(clash)));
	return 0;
}

int
rule_ext_final(const struct rule_parse *p, const struct rule_ext *x)
{
	const struct rule_ext_type *type = x->type;
	int rc = type->final != NULL ? type->final(p, x->seen, x->data) : 0;

	for (unsigned i = 0; rc == 0 && i < type->nb_opts; i++)
		rc = check_option(p, x, &type->opts[i]);
	return rc;
}
