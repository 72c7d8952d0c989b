/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The nouns iptables and ip6tables: one command line, one change. Control lcore.
 */
#include <errno.h>

#include <stdio.h>
#include <string.h>

#include "cmd_iptables.h"

enum hook_family
ipt_family(const struct cmd *c)
{
	return strncmp(c->argv[0], "ip6", 3) == 0 ? HOOK_IP6 : HOOK_IP4;
}

/*
 * No such rule: with a target of its own, or a chain as target, iptables has looked for that last and
 * its text is the general one.
 */
static uint32_t
command_to_blame(const struct ipt *x, int error)
{
	const struct rule_spec *s = &x->spec;
	bool searched = s->kind == RULE_JUMP || s->kind == RULE_GOTO ||
			(s->kind == RULE_TARGET && !s->target.type->fixed);
	const struct rule_table *t = rule_edit_read(x->edit, x->family, x->type);

	/* But before that for the chain. */
	searched &= x->chain != NULL && rule_chain_find(t, x->chain) != RULE_SLOT_NONE;
	return error == ENOENT && searched ? x->command & ~(IPT_DELETE | IPT_CHECK) : x->command;
}

static int
refused(struct ipt *x, int error)
{
	str_printf(&x->cmd->err, "%s: %s.%s\n", x->prog,
		   ipt_strerror(command_to_blame(x, error), error),
		   error == EINVAL ? " Run `dmesg' for more information." : "");
	return IPT_OTHER;
}

static int
iptables(struct cmd *c)
{
	struct rule_edit edit;
	struct ipt x = {
		.prog = ipt_family(c) == HOOK_IP4 ? "iptables" : "ip6tables",
		.family = ipt_family(c),
		.cmd = c,
		.edit = &edit,
		.table = "filter",
	};
	int rc;

	rule_edit_init(&edit);
	rc = ipt_parse(&x, c->argc, c->argv);
	if (rc == IPT_OK) {
		rc = ipt_run(&x);
		if (rc == 0) {
			/* What the commit refuses has texts of its own: no bad index, no bad name. */
			rc = rule_edit_commit(&edit);
			x.command = 0;
		}
		if (rc < 0)
			rc = refused(&x, -rc);
	}
	rule_edit_refuse(&edit);
	ipt_free(&x);
	return rc == IPT_STOP ? IPT_OK : rc;
}

#define USAGE "-A|-I|-R|-D|-C|-L|-S|-F|-Z|-N|-X|-E|-P ... (-h: all options)"

CMD_REGISTER(iptables, "iptables", iptables, USAGE, "rules for IPv4 packets")
CMD_REGISTER(iptables_legacy, "iptables-legacy", iptables, USAGE, "the same as iptables")
CMD_REGISTER(iptables_nft, "iptables-nft", iptables, USAGE, "the same as iptables")
CMD_REGISTER(ip6tables, "ip6tables", iptables, USAGE, "rules for IPv6 packets")
CMD_REGISTER(ip6tables_legacy, "ip6tables-legacy", iptables, USAGE, "the same as ip6tables")
CMD_REGISTER(ip6tables_nft, "ip6tables-nft", iptables, USAGE, "the same as ip6tables")
