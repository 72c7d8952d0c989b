/* SPDX-License-Identifier: BSD-3-Clause */
/* `help TOPIC` for what is larger than one command. */
#include "cmd_help.h"

static void
print_first_steps(struct str *text)
{
	str_add(text,
		"A port is a DPDK device under a name, and is an interface of the router:\n"
		"    port add lan0 0000:01:02.0\n"
		"    port add wan0 net_tap0,iface=wan0\n"
		"    ip addr add 10.1.0.1/24 dev lan0\n"
		"    ip route add default via 10.2.0.254\n"
		"    sysctl -w net.ipv4.ip_forward=1\n"
		"    iptables -A FORWARD -i lan0 -p tcp --dport 443 -j ACCEPT\n"
		"A command is in force when its answer comes. The same lines in a file are a "
		"configuration: \"load FILE\" here, --config FILE at start, polluxctl --batch "
		"from a shell. Tab completes commands, options and names.\n");
}
HELP_TOPIC(first_steps, "first-steps", "from nothing to a router", print_first_steps)

static void
print_drops(struct str *text)
{
	str_add(text,
		"Every packet that does not leave is counted under exactly one reason:\n"
		"    show drops            those that occurred\n"
		"    show drops all        every reason there is, with its meaning\n"
		"    show packets          received + originated = sent + delivered + dropped + "
		"...\n"
		"    iptables -L -n -v     which rule or policy it was\n"
		"    show hooks            which table dropped how many\n"
		"rule-drop, rule-policy and rule-reject are yours; ip4- and ip6- reasons are the "
		"router's; local- concern what was for the box itself; names with full or mbuf say "
		"that something was too small.\n");
}
HELP_TOPIC(drops, "why-dropped", "how to find out why a packet did not arrive", print_drops)

static void
print_walk(struct str *text)
{
	str_add(text,
		"Received: PREROUTING, then routing. For the box itself: INPUT, and the answer. "
		"To be forwarded: TTL and MTU are checked, then FORWARD, POSTROUTING, the "
		"neighbour "
		"is found, the frame leaves. What the box sends: OUTPUT, routing, POSTROUTING.\n"
		"At each hook the tables run by netfilter's priorities: raw (-300), mangle (-150), "
		"filter (0), security (50); \"show hooks\" lists what is registered now. A table "
		"without rules and with policy ACCEPT everywhere is not registered and costs "
		"nothing.\n");
}
HELP_TOPIC(walk, "walk", "the way of a packet", print_walk)

static void
print_files(struct str *text)
{
	str_add(text,
		"A configuration file has one command a line; # begins a comment, \\ at the end "
		"continues a line, and\n"
		"    COMMAND <<END\n"
		"gives the lines up to END to the command as its input (iptables-restore, "
		"sysctl -p -, ip route restore). The first line that fails ends the loading and is "
		"named with its number. EAL options may stand in the first lines: "
		"\"eal -l 0-3\".\n");
}
HELP_TOPIC(files, "files", "configuration files", print_files)

static void
print_sysctl(struct str *text)
{
	str_add(text, "Parameters carry Linux's names and defaults. Those of interfaces exist for "
		      "\"all\", "
		      "\"default\" and each port, and combine as in Linux.\n"
		      "    show sysctl rp_filter     what parameters with that in their name do\n"
		      "    show sysctl changed       what differs from the start\n"
		      "    show sysctl inert         what is kept but has no effect here, and why\n"
		      "    sysctl -a -r REGEX        as on Linux\n");
}
HELP_TOPIC(sysctl, "sysctl", "parameters", print_sysctl)
