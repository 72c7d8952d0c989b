/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * iptables -h. Called by the option parser. Control lcore.
 */
#include "cmd_iptables.h"

static const char text[] =
	"Commands:\n"
	"  -A, --append CHAIN RULE          put a rule at the end of a chain\n"
	"  -I, --insert CHAIN [N] RULE      put it before rule N (1)\n"
	"  -R, --replace CHAIN N RULE       put it in place of rule N\n"
	"  -D, --delete CHAIN N|RULE        remove rule N, or the first equal rule\n"
	"  -C, --check CHAIN RULE           status 0 if there is an equal rule\n"
	"  -L, --list [CHAIN [N]]           show rules in columns\n"
	"  -S, --list-rules [CHAIN [N]]     show rules as commands\n"
	"  -F, --flush [CHAIN]              remove all rules\n"
	"  -Z, --zero [CHAIN [N]]           zero counters\n"
	"  -N, --new-chain CHAIN            make a chain\n"
	"  -X, --delete-chain [CHAIN]       remove a chain, or all that were made\n"
	"  -E, --rename-chain OLD NEW       rename a chain\n"
	"  -P, --policy CHAIN ACCEPT|DROP   what happens at the end of a built-in chain\n"
	"Rules ([!] may stand before an option):\n"
	"  [!] -s, --source ADDR[/MASK][,...]        [!] -d, --destination ADDR[/MASK][,...]\n"
	"  [!] -i, --in-interface NAME[+]            [!] -o, --out-interface NAME[+]\n"
	"  [!] -p, --protocol NUMBER|NAME            [!] -f, --fragments (IPv4)\n"
	"  -m, --match NAME [its options]            -j, --jump TARGET|CHAIN [its options]\n"
	"  -g, --goto CHAIN                          -c, --set-counters PACKETS BYTES\n"
	"Options:\n"
	"  -t, --table NAME (filter)   -n, --numeric   -v, --verbose   -x, --exact\n"
	"  --line-numbers   -w, --wait [N]   -4, --ipv4   -6, --ipv6   -V, --version   -h, "
	"--help\n";

void
ipt_help(struct ipt *x)
{
	str_printf(&x->cmd->out,
		   "%s v" IPT_VERSION
		   " (legacy)\n\nUsage: %s [-t TABLE] COMMAND [RULE] [OPTIONS]\n%s",
		   x->prog, x->prog, text);
	for (unsigned i = 0; i < x->spec.nb_matches + 1u; i++) {
		const struct rule_ext_type *type =
			i == 0 ? x->spec.target.type : x->spec.match[i - 1].type;

		if (type == NULL || type->nb_opts == 0)
			continue;
		str_printf(&x->cmd->out, "Options of %s:\n", type->name);
		for (unsigned j = 0; j < type->nb_opts; j++)
			str_printf(&x->cmd->out, "  %s--%s%s\n",
				   type->opts[j].flags & RULE_OPT_INVERT ? "[!] " : "    ",
				   type->opts[j].name,
				   type->opts[j].flags & RULE_OPT_ARG ? " ARG" : "");
	}
}
