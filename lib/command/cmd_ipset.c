/* SPDX-License-Identifier: BSD-3-Clause */
/* The noun `ipset`: ipset 7.17's commands, answered out of lib/set. */
#include "cmd_ipset.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd_complete.h"
#include "rule_path.h"

__attribute__((format(printf, 2, 0))) static void
say(struct ipset *x, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	str_printf(&x->cmd->err, IPSET_VERSION ": %s\n", text);
}

int
ipset_usage(struct ipset *x, const char *fmt, ...)
{
	va_list ap;

	if (x->quiet)
		return 2;
	va_start(ap, fmt);
	say(x, fmt, ap);
	va_end(ap);
	str_add(&x->cmd->err, "Try `ipset help' for more information.\n");
	return 2;
}

int
ipset_fail(struct ipset *x, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (x->quiet)
		return 1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_add(&x->cmd->err, IPSET_VERSION ": ");
	if (x->line != 0)
		str_printf(&x->cmd->err, "Error in line %u: ", x->line);
	str_printf(&x->cmd->err, "%s\n", text);
	return 1;
}

int
ipset_errno(struct ipset *x, int rc)
{
	bool add = x->verb == IPSET_ADD;

	switch (-rc) {
	case EEXIST:
		return ipset_fail(x, "Element cannot be added to the set: it's already added");
	case ENOENT:
		return ipset_fail(x, "Element cannot be deleted from the set: it's not added");
	case ENOSPC:
		return ipset_fail(x, "Hash is full, cannot add more elements");
	case ERANGE:
		return ipset_fail(
			x,
			add || x->verb == IPSET_DEL
				? "Element is out of the range of the set"
				: "The range you specified exceeds the size limit of the set type");
	case EDOM:
		return ipset_fail(x,
				  "The value of the CIDR parameter of the IP address is invalid");
	case EPROTO:
		return ipset_fail(x, "Invalid protocol specified");
	case ESRCH:
		return ipset_fail(x,
				  "The set to which you referred with 'before' or 'after' is not "
				  "added to the set.");
	case ENODATA:
		return ipset_fail(x, "Null-valued element, cannot be stored in a hash type of set");
	default:
		return ipset_fail(x, "Kernel error received: %s", strerror(-rc));
	}
}

int
ipset_find(struct ipset *x, const char *name, uint16_t *number)
{
	*number = set_find(name);
	return *number != SET_NO_NUMBER
		       ? 0
		       : ipset_fail(x, "The set with the given name does not exist");
}

/* Without a name: all of them, if none is in use. */
static int
destroy(struct ipset *x)
{
	static const char busy[] = "Set cannot be destroyed: it is in use by a kernel component";
	uint16_t n;
	int rc;

	if (x->argc == 1) {
		if (x->exist && set_find(x->argv[0]) == SET_NO_NUMBER)
			return 0;
		rc = ipset_find(x, x->argv[0], &n);
		if (rc != 0)
			return rc;
		return set_destroy(n) == 0 ? 0 : ipset_fail(x, "%s", busy);
	}
	for (n = set_next(0); n != SET_NO_NUMBER; n = set_next(n + 1))
		if (set_references(n) != 0)
			return ipset_fail(x, "%s", busy);
	for (n = set_next(0); n != SET_NO_NUMBER; n = set_next(n + 1))
		set_destroy(n);
	return 0;
}

static int
flush(struct ipset *x)
{
	uint16_t n;
	int rc = 0;

	if (x->argc == 1) {
		rc = ipset_find(x, x->argv[0], &n);
		if (rc == 0)
			set_flush(n);
		return rc;
	}
	for (n = set_next(0); n != SET_NO_NUMBER; n = set_next(n + 1))
		set_flush(n);
	return 0;
}

static int
rename_set(struct ipset *x)
{
	struct err e;
	uint16_t n;
	int rc;

	if (ipset_name(x->argv[1], &e) != 0)
		return ipset_fail(x, "%s", e.text);
	rc = ipset_find(x, x->argv[0], &n);
	if (rc != 0)
		return rc;
	rc = set_rename(n, x->argv[1]);
	if (rc == -EEXIST)
		return ipset_fail(x,
				  "Set cannot be renamed: a set with the new name already exists");
	return rc == 0 ? 0 : ipset_fail(x, "Set cannot be renamed: it is in use by another system");
}

static int
swap(struct ipset *x)
{
	uint16_t a, b = set_find(x->argv[1]);
	int rc = ipset_find(x, x->argv[0], &a);

	if (rc != 0)
		return rc;
	if (b == SET_NO_NUMBER)
		return ipset_fail(x, "Sets cannot be swapped: the second set does not exist");
	return set_swap(a, b) == 0
		       ? 0
		       : ipset_fail(x, "The sets cannot be swapped: their type does not match");
}

static int
version(struct ipset *x)
{
	str_add(&x->cmd->out, IPSET_VERSION ", protocol version: 7\n");
	return 0;
}

static int
quit(struct ipset *x)
{
	return 0;
}

int
ipset_run(struct ipset *x)
{
	static int (*const run[IPSET_VERBS])(struct ipset * x) = {
		[IPSET_CREATE] = ipset_create,
		[IPSET_ADD] = ipset_change,
		[IPSET_DEL] = ipset_change,
		[IPSET_TEST] = ipset_change,
		[IPSET_DESTROY] = destroy,
		[IPSET_LIST] = ipset_list,
		[IPSET_SAVE] = ipset_list,
		[IPSET_RESTORE] = ipset_restore,
		[IPSET_FLUSH] = flush,
		[IPSET_RENAME] = rename_set,
		[IPSET_SWAP] = swap,
		[IPSET_HELP] = ipset_help,
		[IPSET_VERSION_VERB] = version,
		[IPSET_QUIT] = quit,
	};

	return run[x->verb](x);
}

static int
run(struct cmd *c)
{
	struct ipset x = { .cmd = c };
	int rc = ipset_parse(&x, c->argc - 1, c->argv + 1);

	if (rc >= 0)
		return rc;
	rc = ipset_run(&x);
	/* Whatever it was that changed, and even if something failed behind it: known flows ask again. */
	if (x.verb != IPSET_LIST && x.verb != IPSET_SAVE && x.verb != IPSET_TEST && set_any_used())
		rule_path_forget();
	return rc;
}

CMD_REGISTER(
	ipset, "ipset", run,
	"ipset create|add|del|test|destroy|list|save|restore|flush|rename|swap|help [TYPE]|version "
	"[-exist] [-output plain|save|xml] [-sorted] [-name] [-terse] [-quiet] [-file NAME]",
	"sets of addresses, networks, ports ... that rules ask about (as ipset 7.17)")

static void
complete(struct cmd_complete *c)
{
	static const char *const verbs[] = { "create", "add",     "del",   "test",   "destroy",
					     "list",   "save",    "flush", "rename", "restore",
					     "swap",   "version", "help" };
	const struct set_type *t = NULL;

	for (unsigned i = 0; c->argc == 1 && i < RTE_DIM(verbs); i++)
		cmd_offer(c, verbs[i]);
	if (c->argc == 2 || (c->argc == 3 && strcmp(c->argv[1], "swap") == 0))
		for (uint16_t n = set_next(0); n != SET_NO_NUMBER; n = set_next(n + 1))
			cmd_offer(c, set_name(n));
	if ((c->argc == 3 && strcmp(c->argv[1], "create") == 0) ||
	    (c->argc == 2 && strcmp(c->argv[1], "help") == 0))
		while ((t = set_type_next(t)) != NULL)
			cmd_offer(c, t->name);
}

CMD_COMPLETE(ipset, "ipset", complete)
