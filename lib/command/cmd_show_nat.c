/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show nat`: what is translated, and for whom. Everything is found by walking the connections, as a reader, when
 * somebody asks; packets pay nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_drop.h"
#include "cmd_help.h"
#include "cmd_show.h"
#include "cmd_show_nat.h"
#include "cmd_show_talkers.h"
#include "cmd_table.h"
#include "ct_proto.h"
#include "ct_table.h"
#include "nat_stat.h"

#define KINDS 3u /* source, destination, both */

/* Connections of one family and protocol, by kind. */
struct group {
	uint32_t all[KINDS], assured[KINDS], unreplied[KINDS];
};

struct groups {
	struct group group[HOOK_FAMILIES][256];
};

/* 0 source, 1 destination, 2 both; -1: it is not translated. */
static int
kind_of(uint32_t status)
{
	return (int)((status & CT_NAT_MASK) / CT_SRC_NAT) - 1;
}

static bool
count(struct ct *ct, void *arg)
{
	struct groups *g = arg;
	uint32_t status = ct_status(ct);
	int kind = kind_of(status);
	struct group *of = &g->group[ct->family == AF_INET ? HOOK_IP4 : HOOK_IP6][ct->proto];

	if (kind < 0)
		return true;
	of->all[kind]++;
	of->assured[kind] += (status & CT_ASSURED) != 0;
	of->unreplied[kind] += !(status & CT_SEEN_REPLY);
	return true;
}

static struct groups *
count_all(void)
{
	struct groups *g = calloc(1, sizeof(*g));

	if (g == NULL)
		abort();
	ct_each(count, g);
	return g;
}

void
nat_proto_text(uint8_t proto, char text[NAT_PROTO_TEXT])
{
	const char *name = ct_proto(HOOK_IP4, proto)->name;
	const struct ct_proto *known = ct_proto_by_name(name);

	if (known != NULL && known->proto == proto)
		snprintf(text, NAT_PROTO_TEXT, "%s", name);
	else
		snprintf(text, NAT_PROTO_TEXT, "%u", proto);
}

static int
show_bindings(struct cmd *c)
{
	static const struct cmd_column columns[] = {
		{ "family", "family" },         { "protocol", "protocol" },
		{ "translated", "translated" }, { "connections", "connections" },
		{ "assured", "assured" },       { "unreplied", "unreplied" },
	};
	static const char *const kinds[KINDS] = { "source", "destination", "both" };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	struct groups *g = count_all();

	for (unsigned i = 0; i < HOOK_FAMILIES * 256u * KINDS; i++) {
		const struct group *of = &g->group[i / KINDS / 256][i / KINDS % 256];
		unsigned kind = i % KINDS;
		char name[NAT_PROTO_TEXT];

		if (of->all[kind] == 0)
			continue;
		nat_proto_text(i / KINDS % 256, name);
		cmd_table_text(&t, i / KINDS / 256 == HOOK_IP4 ? "ipv4" : "ipv6");
		cmd_table_text(&t, name);
		cmd_table_text(&t, kinds[kind]);
		cmd_table_number(&t, of->all[kind]);
		cmd_table_number(&t, of->assured[kind]);
		cmd_table_number(&t, of->unreplied[kind]);
	}
	free(g);
	return cmd_table_end(&t);
}

static void
put(struct cmd_table *t, const char *what, uint64_t value, const char *help)
{
	cmd_table_text(t, what);
	cmd_table_number(t, value);
	cmd_table_text(t, help);
}

static uint64_t
sum(size_t field)
{
	uint64_t n = 0;

	for (unsigned lane = 0; lane <= LANE_MAX; lane++)
		n += __atomic_load_n((uint64_t *)((char *)&nat_stats[lane] + field),
				     __ATOMIC_RELAXED);
	return n;
}

/* Drop reasons of lib/nat and the targets: they belong here, whoever has them. */
static void
put_drops(struct cmd_table *t)
{
	for (unsigned i = 0; i < drop_nb(); i++)
		if (strncmp(drop_info(i)->name, "nat-", 4) == 0)
			put(t, drop_info(i)->name, drop_read(i), drop_info(i)->help);
}

static int
show_totals(struct cmd *c)
{
	static const struct cmd_column columns[] = { { "what", "what" },
						     { "value", "value" },
						     { "", "help" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	struct groups *g = count_all();
	uint64_t now[KINDS] = { 0 };

	for (unsigned i = 0; i < HOOK_FAMILIES * 256u * KINDS; i++)
		now[i % KINDS] += g->group[i / KINDS / 256][i / KINDS % 256].all[i % KINDS];
	free(g);
	put(&t, "by source", now[0], "connections now whose source is translated, alone");
	put(&t, "by destination", now[1], "whose destination is");
	put(&t, "by both", now[2], "whose source and destination are");
	put(&t, "decided", sum(offsetof(struct nat_stat, translated)),
	    "ends of connections that were given another address or port, since start");
	put(&t, "exhausted", sum(offsetof(struct nat_stat, exhausted)),
	    "connections that found nothing free in their range: dropped");
	put(&t, "masquerades gone", sum(offsetof(struct nat_stat, gone)),
	    "connections that went with the port they left by, or with its address");
	put_drops(&t);
	return cmd_table_end(&t);
}

static bool
translated_source(const struct ct *ct, struct ct_tuple *key)
{
	return ct_status(ct) & CT_SRC_NAT && talker_source(ct, key);
}

static int show_nat(struct cmd *c, int argc, char **argv);
SHOW_PART(nat, "nat", show_nat, "[bindings|ports|sources]",
	  "translated connections: how many, which ports are left, whose", SHOW_JSON)

static int
show_nat(struct cmd *c, int argc, char **argv)
{
	if (argc == 0)
		return show_totals(c);
	if (argc == 1 && strcmp(argv[0], "bindings") == 0)
		return show_bindings(c);
	if (argc == 1 && strcmp(argv[0], "ports") == 0)
		return show_nat_ports(c);
	if (argc == 1 && strcmp(argv[0], "sources") == 0)
		return show_top_sources(c, translated_source);
	return SHOW_USAGE(c, nat);
}

static void
print_topic(struct str *text)
{
	str_add(text,
		"The rules of table nat are asked by the first packet of a connection; what they "
		"decide stays with it:\n"
		"    show nat                  how many are translated, what was dropped for it\n"
		"    show nat bindings         by protocol, and by which end is translated\n"
		"    show nat ports            of each address: ports used and left, and when it "
		"is "
		"full\n"
		"    show nat sources          who has most of them\n"
		"    conntrack -L -n|-g|-j     all that have another source, destination, either\n"
		"    help nat-log              a log of who had which address and port\n"
		"A port carries one connection to each far end (address and port): an address is "
		"full for a far end when that has all its ports. show nat ports names the far end "
		"with most of them; rate is how many ports a second it has got more since somebody "
		"asked before (a second ago or more), and full in is how long the rest lasts at "
		"that rate.\n"
		"net.pollux.nat_strict: what has no connection does not leave with a source that "
		"rules translate.\n");
}
HELP_TOPIC(nat, "translation", "address translation, as it is seen", print_topic)
