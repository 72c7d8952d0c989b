/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parameters with a value per interface, as Linux has them: net.ipv4.conf.{all,default,NAME}.LEAF.
 * Declared once, in the file that uses it:
 *	IFPARAM_INT(rp_filter, IFPARAM_CONF4, "rp_filter", IFPARAM_MAX, 0, 0, 0, 2, "...");
 *	if (ifparam_get(&rp_filter, port->index)) ...
 * Each of the values is a struct param (base_param.h) under its whole name; what workers read is
 * what "all" and the interface's own value give together.
 *
 * "default" is what new interfaces start with. In net.ipv4.conf, and for neighbours, it is also the
 * value of those that nobody set, as long as the interface had no address (ifparam_if_pin()).
 */
#pragma once

#include "base_param.h"

#define IFPARAM_IFS 64 /* interface indexes: those of the ports */
#define IFPARAM_LO 0   /* the loopback interface, always there */

#define IFPARAM_CONF4 "net.ipv4.conf"
#define IFPARAM_CONF6 "net.ipv6.conf"
#define IFPARAM_NEIGH4 "net.ipv4.neigh" /* these two have no "all" */
#define IFPARAM_NEIGH6 "net.ipv6.neigh"

/* How "all" and the interface's own value give the one in force. */
enum ifparam_rule {
	IFPARAM_DEV,  /* the interface's own; "all" is only remembered */
	IFPARAM_ALL,  /* that of "all" */
	IFPARAM_AND,  /* both are set */
	IFPARAM_OR,   /* one is set */
	IFPARAM_MAX,  /* the greater one */
	IFPARAM_COPY, /* the interface's own; writing "all" writes all of them and "default" */
};

struct ifparam {
	struct ifparam *next;
	const char *dir, *leaf;
	const char *help;
	const char *inert; /* as in struct param */
	int (*most)(const struct param *one);
	enum ifparam_rule rule;
	int all_def, def, min, max;
	/* After a write of one of them, in force already. ifindex: -1 all, -2 default. May be NULL. */
	void (*changed)(const struct ifparam *p, int ifindex);
	struct param *all, *dflt, *own[IFPARAM_IFS]; /* NULL: no such interface */
	bool set[IFPARAM_IFS];                       /* somebody gave it its own value */
	int in_force[IFPARAM_IFS];
};

#define IFPARAM_OF_ALL (-1)
#define IFPARAM_OF_DEFAULT (-2)

/* Workers. ifindex of a port, or IFPARAM_LO. */
static inline int
ifparam_get(const struct ifparam *p, unsigned ifindex)
{
	return __atomic_load_n(&p->in_force[ifindex], __ATOMIC_RELAXED);
}

void ifparam_register(struct ifparam *p); /* constructor time */
/* Control: as if written by `sysctl -w` to "all"; calls changed. For parameters with an alias. */
void ifparam_set_all(struct ifparam *p, int value);

/* Control: changes an interface's value; nobody is told. */
void ifparam_store(struct ifparam *p, unsigned ifindex, int value);

/* Control, before packets of the interface are seen, and after: its values come and go. */
void ifparam_if_add(unsigned ifindex, const char *name);
void ifparam_if_del(unsigned ifindex);
/* Control: the interface got an IPv4 address; from now on "default" does not reach it. */
void ifparam_if_pin(unsigned ifindex);

#define IFPARAM_DEFINE(id, ...)                     \
	static struct ifparam id = { __VA_ARGS__ }; \
	RTE_INIT(ifparam_init_##id)                 \
	{                                           \
		ifparam_register(&id);              \
	}

#define IFPARAM_INT(id, dir_, leaf_, rule_, all_def_, def_, min_, max_, help_)             \
	IFPARAM_DEFINE(id, .dir = dir_, .leaf = leaf_, .rule = rule_, .all_def = all_def_, \
		       .def = def_, .min = min_, .max = max_, .help = help_)

/* The same, with fn called after a write. */
#define IFPARAM_INT_CALL(id, dir_, leaf_, rule_, all_def_, def_, min_, max_, fn_, help_)   \
	IFPARAM_DEFINE(id, .dir = dir_, .leaf = leaf_, .rule = rule_, .all_def = all_def_, \
		       .def = def_, .min = min_, .max = max_, .changed = fn_, .help = help_)
