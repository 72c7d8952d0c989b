/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parameters: the sysctl table. A parameter is declared once, in the file that uses it, under
 * Linux's name (or net.pollux.*), and registers itself:
 *	PARAM_INT(ip_forward, "net.ipv4.ip_forward", 0, 0, 1, "forward IPv4 packets");
 *	if (param_get(&ip_forward)) ...
 * Workers read with param_get(); the control lcore writes through param_set_text().
 */
#pragma once

#include <stdbool.h>

#include <rte_common.h>

#include "base_err.h"
#include "base_str.h"

struct param {
	struct param *next;
	const char *name; /* dotted */
	const char *help;
	int def, min, max;
	int value;
	const char *const *words; /* PARAM_WORD: NULL-terminated, value is the index */
};

static inline int
param_get(const struct param *p)
{
	return __atomic_load_n(&p->value, __ATOMIC_RELAXED);
}

void param_register(struct param *p); /* constructor time; abort on a name given twice */
/* name with dots or slashes, as sysctl takes it. NULL: unknown. */
struct param *param_find(const char *name);
/* Sorted by name; NULL after the last, first with NULL. */
struct param *param_next(const struct param *p);
/* 0; -EINVAL with what was expected. Changes nothing on error. */
int param_set_text(struct param *p, const char *text, struct err *e);
void param_print(const struct param *p, struct str *out);

#define PARAM_DEFINE(id, ...)                     \
	static struct param id = { __VA_ARGS__ }; \
	RTE_INIT(param_init_##id)                 \
	{                                         \
		param_register(&id);              \
	}

#define PARAM_INT(id, dotted, default_, min_, max_, help_)                                         \
	PARAM_DEFINE(id, .name = dotted, .help = help_, .def = default_, .min = min_, .max = max_, \
		     .value = default_)

/* words_: a static const char *const[] ending in NULL. */
#define PARAM_WORD(id, dotted, default_, words_, help_)                                     \
	PARAM_DEFINE(id, .name = dotted, .help = help_, .def = default_, .value = default_, \
		     .words = words_)
