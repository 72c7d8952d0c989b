/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_ifparam.h"

static struct ifparam *ifparams;

static int
combine(const struct ifparam *p, unsigned i)
{
	int own = p->own[i]->value, all = p->all != NULL ? p->all->value : 0;

	switch (p->rule) {
	case IFPARAM_ALL:
		return all;
	case IFPARAM_AND:
		return all && own;
	case IFPARAM_OR:
		return all || own;
	case IFPARAM_MAX:
		return all > own ? all : own;
	case IFPARAM_DEV:
	case IFPARAM_COPY:
		break;
	}
	return own;
}

static void
put_in_force(struct ifparam *p)
{
	for (unsigned i = 0; i < IFPARAM_IFS; i++)
		if (p->own[i] != NULL)
			__atomic_store_n(&p->in_force[i], combine(p, i), __ATOMIC_RELAXED);
}

static void
default_changed(struct ifparam *p)
{
	if (strcmp(p->dir, IFPARAM_CONF6) == 0)
		return;
	for (unsigned i = 0; i < IFPARAM_IFS; i++)
		if (p->own[i] != NULL && !p->set[i])
			p->own[i]->value = p->dflt->value;
}

static void
all_changed(struct ifparam *p)
{
	if (p->rule != IFPARAM_COPY)
		return;
	p->dflt->value = p->all->value;
	for (unsigned i = 0; i < IFPARAM_IFS; i++)
		if (p->own[i] != NULL)
			p->own[i]->value = p->all->value;
}

/* One of the values was written. */
static void
written(struct param *one)
{
	struct ifparam *p = one->of;
	int ifindex = one->ifindex;

	if (ifindex == IFPARAM_OF_ALL)
		all_changed(p);
	else if (ifindex == IFPARAM_OF_DEFAULT)
		default_changed(p);
	else
		p->set[ifindex] = true;
	put_in_force(p);
	if (p->changed != NULL)
		p->changed(p, ifindex);
}

/* A '.' in an interface's name is written as '/', as sysctl does. */
static void
whole_name(char name[128], const struct ifparam *p, const char *scope)
{
	int n = snprintf(name, 128, "%s.", p->dir);

	for (; *scope != '\0'; scope++)
		name[n++] = *scope == '.' ? '/' : *scope;
	snprintf(name + n, 128 - n, ".%s", p->leaf);
}

static struct param *
one_value(struct ifparam *p, const char *scope, int ifindex, int value)
{
	struct param *one = calloc(1, sizeof(*one));
	char name[128];

	whole_name(name, p, scope);
	if (one == NULL || (one->name = strdup(name)) == NULL)
		abort(); /* like struct str: the control lcore cannot go on without memory */
	one->help = p->help;
	one->inert = p->inert;
	one->most = p->most;
	one->def = one->value = value;
	one->min = p->min;
	one->max = p->max;
	one->of = p;
	one->ifindex = ifindex;
	one->changed = written;
	param_register(one);
	return one;
}

void
ifparam_register(struct ifparam *p)
{
	if (strstr(p->dir, ".neigh") == NULL)
		p->all = one_value(p, "all", IFPARAM_OF_ALL, p->all_def);
	p->dflt = one_value(p, "default", IFPARAM_OF_DEFAULT, p->def);
	p->own[IFPARAM_LO] = one_value(p, "lo", IFPARAM_LO, p->def);
	p->set[IFPARAM_LO] = true; /* it is up and has its address from the start */
	p->next = ifparams;
	ifparams = p;
	put_in_force(p);
}

void
ifparam_set_all(struct ifparam *p, int value)
{
	p->all->value = value;
	written(p->all);
}

void
ifparam_store(struct ifparam *p, unsigned ifindex, int value)
{
	p->own[ifindex]->value = value;
	put_in_force(p);
}

void
ifparam_if_add(unsigned ifindex, const char *name)
{
	for (struct ifparam *p = ifparams; p != NULL; p = p->next) {
		p->set[ifindex] = false;
		p->own[ifindex] = one_value(p, name, ifindex, p->dflt->value);
		put_in_force(p);
	}
}

void
ifparam_if_pin(unsigned ifindex)
{
	for (struct ifparam *p = ifparams; p != NULL; p = p->next)
		if (strstr(p->dir, "ipv4") != NULL)
			p->set[ifindex] = true;
}

void
ifparam_if_del(unsigned ifindex)
{
	for (struct ifparam *p = ifparams; p != NULL; p = p->next) {
		struct param *one = p->own[ifindex];

		if (one == NULL)
			continue;
		p->own[ifindex] = NULL;
		param_unregister(one);
		free((char *)(uintptr_t)one->name);
		free(one);
	}
}
