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

struct rule_ext
rule_ext_new(const struct rule_ext_type *type)
{
	struct rule_ext x = { .type = type };

	if (type->size != 0) {
		x.data = calloc(1, type->size);
		if (x.data == NULL)
			abort();
	}
	if (type->init != NULL)
		type->init(x.data);
	return x;
}

struct rule_ext
rule_ext_clone(const struct rule_ext *x)
{
	struct rule_ext n = *x;

	if (x->data != NULL) {
		n.data = malloc(x->type->size);
		if (n.data == NULL)
			abort();
		memcpy(n.data, x->data, x->type->size);
	}
	return n;
}

void
rule_ext_free(struct rule_ext *x)
{
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

	if (o->flags & RULE_OPT_ONCE && x->seen & 1u << o->id)
		return err_set(p->err, -EINVAL, "%s: option \"--%s\" can only be used once.\n",
			       type->name, opt_name(type, o->id));
	if (invert && !(o->flags & RULE_OPT_INVERT))
		return err_set(p->err, -EINVAL, "%s: option \"--%s\" cannot be inverted.\n",
			       type->name, opt_name(type, o->id));
	int rc = type->parse(p, o->id, arg, invert, x->data);

	if (rc == 0)
		x->seen |= 1u << o->id;
	return rc;
}

int
rule_ext_final(const struct rule_parse *p, const struct rule_ext *x)
{
	const struct rule_ext_type *type = x->type;

	for (unsigned i = 0; i < type->nb_opts; i++) {
		const struct rule_opt *o = &type->opts[i];
		bool seen = x->seen & 1u << o->id;
		uint32_t clash = seen ? x->seen & o->excludes : 0;

		if (o->flags & RULE_OPT_MUST && !seen)
			return err_set(p->err, -EINVAL, "%s: option \"--%s\" must be specified\n",
				       type->name, opt_name(type, o->id));
		if (clash != 0)
			return err_set(
				p->err, -EINVAL,
				"%s: option \"--%s\" cannot be used together with \"--%s\".\n",
				type->name, opt_name(type, o->id),
				opt_name(type, __builtin_ctz(clash)));
	}
	return type->final != NULL ? type->final(p, x->seen, x->data) : 0;
}
