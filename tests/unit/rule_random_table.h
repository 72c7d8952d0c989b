/* SPDX-License-Identifier: BSD-3-Clause */
/* Random tables of rules, at places where targets may change what rules behind them read. After rule_setup.h. */
#pragma once

#include "hook.h"
#include "rule_random.h"

#define CHANGES 8

/* A table and the built-in chain of it that packets meet. */
struct place {
	const char *table, *chain;
	uint8_t point;
	bool only6;
	const char *not_opt;            /* there is no interface of that kind */
	const char *target[2][CHANGES]; /* of IPv4 and IPv6 */
};

#define MARKS " -j MARK --set-xmark 0x3/0x6", " -j MARK --or-mark 1", " -j ACCEPT"

static const struct place places[] = {
	{ "filter", "FORWARD", HOOK_FORWARD,
	  .target = { { " -j ACCEPT", " -j DROP", " -j REJECT" },
		      { " -j ACCEPT", " -j DROP", " -j REJECT" } } },
	{ "mangle", "FORWARD", HOOK_FORWARD,
	  .target = { { MARKS, " -j DSCP --set-dscp 0x2e", " -j TTL --ttl-set 5" },
		      { MARKS, " -j DSCP --set-dscp 0x2e", " -j HL --hl-set 5" } } },
	{ "raw", "PREROUTING", HOOK_PREROUTING, .not_opt = "-o",
	  .target = { { MARKS, " -j CT --notrack", " -j NOTRACK", " -j DROP" },
		      { MARKS, " -j CT --notrack", " -j NOTRACK", " -j DROP" } } },
	{ "mangle", "PREROUTING", HOOK_PREROUTING, .only6 = true, .not_opt = "-o",
	  .target = { {},
		      { MARKS, " -j DNPT --src-pfx fd00::/16 --dst-pfx fd01::/16",
			" -j DNPT --src-pfx fd01::/16 --dst-pfx fd02::/16",
			" -j DNPT --src-pfx fd02::/64 --dst-pfx fd00::/64" } } },
	{ "mangle", "POSTROUTING", HOOK_POSTROUTING, .only6 = true, .not_opt = "-i",
	  .target = { {},
		      { MARKS, " -j SNPT --src-pfx fd00::/16 --dst-pfx fd01::/16",
			" -j SNPT --src-pfx fd01::/16 --dst-pfx fd02::/16",
			" -j SNPT --src-pfx fd02::/64 --dst-pfx fd00::/64" } } },
};

static const char *
random_state(void)
{
	static const char *const states[] = {
		" -m state %s--state NEW",
		" -m state %s--state RELATED,ESTABLISHED",
		" -m conntrack %s--ctstate INVALID,UNTRACKED",
		" -m conntrack %s--ctstate UNTRACKED",
		" -m state %s--state INVALID",
		" -m conntrack %s--ctstate ESTABLISHED,SNAT",
		" -m conntrack --ctstate NEW,ESTABLISHED,RELATED --ctdir ORIGINAL",
	};
	static char text[128];

	/* The strings are the test's own. */
	snprintf(text, sizeof(text), states[pick(RTE_DIM(states))], maybe_not());
	return text;
}

/* Matches that may stand beside ports, in front of them or behind. */
static const char *
random_beside(void)
{
	static const char *const beside[] = {
		" -m limit --limit 7/min --limit-burst 9",
		" -m length --length 1:60",
		" -m statistic --mode nth --every 3 --packet 1",
		" -m mark --mark 0x5/0x7",
		" -m comment --comment x",
		" -m addrtype --dst-type UNICAST",
	};

	return pick(3) == 0 ? random_state() : beside[pick(RTE_DIM(beside))];
}

static void
random_ports_beside(struct str *s, bool ip6)
{
	struct str proto = { 0 };
	char *match;

	random_proto(&proto, ip6);
	match = proto.len != 0 ? strstr(str_text(&proto), " -m ") : NULL;
	if (match != NULL && pick(2) == 0) {
		str_printf(s, "%.*s%s%s", (int)(match - str_text(&proto)), str_text(&proto),
			   random_beside(), match);
	} else {
		str_add(s, str_text(&proto));
		if (pick(3) == 0)
			str_add(s, random_beside());
	}
	str_free(&proto);
}

/* Chance would differ from way to way; where packets leave, Linux takes no match that asks where they came from. */
static bool
is_fit(const char *match, const struct place *at)
{
	return strstr(match, "--mode random") == NULL &&
	       (at->point != HOOK_POSTROUTING ||
		(strstr(match, "-m mac") == NULL && strstr(match, "-iface-in") == NULL &&
		 strstr(match, "-m eui64") == NULL));
}

static void
random_any_match(struct str *s, bool ip6, const struct place *at)
{
	struct str one = { 0 };

	do {
		str_clear(&one);
		random_match(&one, ip6);
	} while (!is_fit(str_text(&one), at));
	str_add(s, str_text(&one));
	str_free(&one);
}

static void
random_iface(struct str *s, const char *opt, const struct place *at)
{
	static const char *const names[] = { "r0", "r1", "r+", "x+", "+" };

	if ((at->not_opt == NULL || strcmp(at->not_opt, opt) != 0) && pick(5) == 0)
		str_printf(s, " %s%s %s", maybe_not(), opt, names[pick(RTE_DIM(names))]);
}

static const char *
random_target(const struct place *at, bool ip6, bool last)
{
	static const char *const go[] = { " -j RETURN", "", " -j a", " -g b", " -j c" };
	const char *target = NULL;

	if (pick(4) == 0)
		return go[pick(last ? 2 : RTE_DIM(go))];
	while (target == NULL)
		target = at->target[ip6][pick(CHANGES)];
	return target;
}

static void
random_conditions(struct str *s, bool ip6, const struct place *at)
{
	random_address(s, ip6, "-s");
	random_address(s, ip6, "-d");
	random_iface(s, "-i", at);
	random_iface(s, "-o", at);
	if (pick(8) == 0)
		random_any_match(s, ip6, at);
	else
		random_ports_beside(s, ip6);
	if (!ip6 && pick(20) == 0)
		str_printf(s, " %s-f", maybe_not());
}

/* Few different ones, of what targets change: what was true may be false behind one, and true again behind another. */
static void
random_few(struct str *s, bool ip6)
{
	static const char *const states[] = { "INVALID", "UNTRACKED", "INVALID,NEW",
					      "UNTRACKED,ESTABLISHED" };

	if (ip6 && pick(3) != 0)
		str_printf(s, " %s%s fd0%u::/16", maybe_not(), pick(2) ? "-s" : "-d", pick(3));
	if (pick(3) == 0)
		str_printf(s, " -m conntrack %s--ctstate %s", maybe_not(),
			   states[pick(RTE_DIM(states))]);
}

/* Chains lead to those behind them only: the built-in one, a, b, c. */
static void
random_rule(struct str *s, bool ip6, const struct place *at, bool few)
{
	static const char *const chains[] = { "", "", "", "a", "b", "c" };
	static const char *const for_any[] = { "", "", "", " -j RETURN", " -j a", " -j c" };
	const char *chain = chains[pick(RTE_DIM(chains))];
	bool any = pick(12) == 0, user = chain[0] != '\0';
	const char *target;

	str_printf(s, "-A %s", user ? chain : at->chain);
	if (few)
		random_few(s, ip6);
	else if (!any)
		random_conditions(s, ip6, at);
	do
		target = any ? for_any[pick(RTE_DIM(for_any) - 2 * (chain[0] == 'c'))]
			     : random_target(at, ip6, chain[0] == 'c');
	while (user &&
	       (strcmp(target, " -j a") == 0 || (chain[0] == 'b' && strcmp(target, " -g b") == 0)));
	str_printf(s, "%s\n", target);
}

static void
random_table(struct str *text, bool ip6, const struct place *at, unsigned size, bool few)
{
	str_printf(text, "*%s\n:%s %s [0:0]\n:a - [0:0]\n:b - [0:0]\n:c - [0:0]\n", at->table,
		   at->chain, pick(2) ? "DROP" : "ACCEPT");
	for (unsigned i = size; i > 0; i--)
		random_rule(text, ip6, at, few);
	str_printf(text, "-A %s -j a\n-A %s -g b\nCOMMIT\n", at->chain, at->chain);
}
