/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parameters: the sysctl table. A parameter is declared once, in the file that uses it, under
 * Linux's name (or net.pollux.*), and registers itself:
 *	PARAM_INT(ip_forward, "net.ipv4.ip_forward", 0, 0, 1, "forward IPv4 packets");
 *	if (param_get(&ip_forward)) ...
 * Workers read with param_get(); the control lcore writes through param_set_text().
 * Those with a value per interface: base_ifparam.h.
 */
#pragma once

#include <stdbool.h>

#include <rte_common.h>

#include "base_err.h"
#include "base_str.h"

struct ifparam;

#define PARAM_TEXT_MAX 1024 /* longer lines are cut, as Linux does */

struct param {
	struct param *next;
	const char *name; /* dotted */
	const char *help;
	int def, min, max;
	int value;
	const char *const *words;          /* PARAM_WORD: NULL-terminated, value is the index */
	const char *text_def;              /* not NULL: a line of text, with that as first value */
	char *text;                        /* its value; NULL: still text_def. Control only */
	char *(*normal)(const char *text); /* not NULL: the text as it is kept; NULL: it is bad */
	unsigned numbers;  /* the text is that many numbers, or fewer; 0: any line */
	bool write_only;   /* writing it does something; it has no value */
	const char *inert; /* not NULL: why it is kept but has no effect */
	int (*most)(const struct param *p); /* not NULL: the greatest value now, below max */
	/* Not NULL: control, asked before a number (of a word: its index) is written; not 0: refused, with the text. */
	int (*check)(const struct param *p, int value, struct err *e);
	void (*changed)(struct param *p); /* control, after a write; may be NULL */
	int (*now)(void);                 /* not NULL: says its value, which nobody can write */
	struct ifparam *of;               /* one of the values of this one, or NULL */
	int ifindex;                      /* whose value: an index or IFPARAM_OF_* */
};

static inline int
param_get(const struct param *p)
{
	return __atomic_load_n(&p->value, __ATOMIC_RELAXED);
}

/* Constructor time, or control; aborts on a name given twice. */
void param_register(struct param *p);
void param_unregister(struct param *p); /* control */
/*
 * Writes name as parameters are called: a path gets its slashes replaced by dots, and the dots of an
 * interface's name by slashes ("net/ipv4/conf/eth0.5/tag" is "net.ipv4.conf.eth0/5.tag").
 */
void param_dotted(char *name);
/* name with dots or as a path. NULL: unknown. */
struct param *param_find(const char *name);
/* Sorted by name; NULL after the last, first with NULL. */
struct param *param_next(const struct param *p);
/*
 * 0; -EINVAL with what was expected, or what check() said. Changes nothing on error. Numbers as Linux takes them: decimal,
 * 0x, 0 for octal; what stands behind a blank is not looked at.
 */
int param_set_text(struct param *p, const char *text, struct err *e);
/* Control: a value within the limits, as if written. */
void param_set(struct param *p, int value);
/* Constructor time, one caller: fn is called when a value was written, and is in force. Control. */
void param_on_write(void (*fn)(void));
/* Is it what it was at the start? */
bool param_is_default(const struct param *p);
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

/* The same, with fn called after a write. */
#define PARAM_INT_CALL(id, dotted, default_, min_, max_, fn, help_)                                \
	PARAM_DEFINE(id, .name = dotted, .help = help_, .def = default_, .min = min_, .max = max_, \
		     .value = default_, .changed = fn)

/* words_: a static const char *const[] ending in NULL. */
#define PARAM_WORD(id, dotted, default_, words_, help_)                                     \
	PARAM_DEFINE(id, .name = dotted, .help = help_, .def = default_, .value = default_, \
		     .words = words_)
