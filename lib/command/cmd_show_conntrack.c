/* SPDX-License-Identifier: BSD-3-Clause */
/* `show conntrack`: how full the table is, what it costs, who fills it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_param.h"
#include "cmd_conntrack.h"
#include "cmd_help.h"
#include "cmd_show.h"
#include "cmd_show_talkers.h"
#include "cmd_table.h"
#include "ct_expect.h"
#include "ct_hooks.h"
#include "ct_limit.h"
#include "ct_proto.h"
#include "ct_stat.h"
#include "ct_table.h"
#include "nat.h"

#define GROUPS 256

static void put(struct cmd_table *t, const char *what, const char *help, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void
put(struct cmd_table *t, const char *what, const char *help, const char *fmt, ...)
{
	char value[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	cmd_table_text(t, what);
	cmd_table_text(t, value);
	cmd_table_text(t, help);
}

/* Why the family's connections are tracked, or are not. */
static const char *
why(enum hook_family family)
{
	const struct param *mode = param_find("net.pollux.conntrack");
	struct str text = { 0 };
	bool set, active = ct_active(gen_current(), family);

	param_print(mode, &text);
	set = strcmp(str_text(&text), "auto") != 0;
	str_free(&text);
	if (set)
		return active ? "tracked, because net.pollux.conntrack is on"
			      : "not tracked, because net.pollux.conntrack is off";
	return active ? "tracked, because a rule asks for it"
		      : "not tracked, because no rule asks for it";
}

static void
put_family(struct cmd_table *t, enum hook_family family)
{
	struct ct_table_info i = ct_table_info(family);
	const char *name = family == HOOK_IP4 ? "IPv4" : "IPv6";
	char what[32];

	put(t, name, why(family), "%s", ct_active(gen_current(), family) ? "on" : "off");
	if (i.capacity == 0)
		return;
	snprintf(what, sizeof(what), "%s connections", name);
	put(t, what, "confirmed, of the room that was made", "%u of %u", i.entries, i.capacity);
	snprintf(what, sizeof(what), "%s removed", name);
	put(t, what, "that wait until no packet can see them", "%u", i.waiting);
	snprintf(what, sizeof(what), "%s bytes", name);
	put(t, what, "of entries and their index", "%zu + %zu", i.bytes_entries, i.bytes_index);
	snprintf(what, sizeof(what), "%s bytes a flow", name);
	put(t, what, "entry, both keys, and its source where nat is in use, when the table is full",
	    "%.1f", i.bytes_per_flow + (double)nat_source_bytes(family) / i.capacity);
}

static uint64_t
sum(size_t field)
{
	uint64_t n = 0;

	for (unsigned lane = 0; lane <= LANE_MAX; lane++)
		n += __atomic_load_n((uint64_t *)((char *)&ct_stats[lane] + field),
				     __ATOMIC_RELAXED);
	return n;
}

static void
put_counters(struct cmd_table *t)
{
	static const struct {
		const char *what;
		size_t field;
		const char *help;
	} counters[] = {
		{ "invalid", offsetof(struct ct_stat, invalid), "packets without a connection" },
		{ "early drops", offsetof(struct ct_stat, early_drop),
		  "connections that made room for others" },
		{ "dropped packets", offsetof(struct ct_stat, drop),
		  "no room, a clash, or by their protocol" },
		{ "clashes joined", offsetof(struct ct_stat, clash_resolve),
		  "packets of one new flow on two lanes" },
		{ "without extension", offsetof(struct ct_stat, no_ext),
		  "connections that are not counted, labelled or helped for want of memory" },
		{ "events lost", offsetof(struct ct_stat, event_lost),
		  "that came too fast for conntrack -E" },
	};

	for (unsigned i = 0; i < RTE_DIM(counters); i++)
		put(t, counters[i].what, counters[i].help, "%" PRIu64, sum(counters[i].field));
	put(t, "no room", "packets that were dropped because the table was full", "%" PRIu64,
	    ct_limit_dropped());
}

static int
show_totals(struct cmd *c)
{
	static const struct cmd_column columns[] = { { "what", "what" },
						     { "value", "value" },
						     { "", "help" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	put(&t, "connections", "confirmed, of both families", "%u", ct_count());
	put(&t, "maximum", "net.netfilter.nf_conntrack_max", "%u", ct_max());
	put(&t, "load", "connections of the maximum", "%.1f%%", 100.0 * ct_count() / ct_max());
	put(&t, "expectations", "connections that helpers wait for", "%u",
	    __atomic_load_n(&ct_nb_expects, __ATOMIC_RELAXED));
	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		put_family(&t, f);
	put_counters(&t);
	return cmd_table_end(&t);
}

/* Connections of one family, protocol and state. */
struct group {
	uint8_t family, proto;
	const char *state; /* NULL: none */
	uint32_t all, assured, unreplied;
};

struct groups {
	unsigned nb;
	struct group
		group[GROUPS]; /* there are fewer protocols with states; the last takes the rest */
};

static bool
count_group(struct ct *ct, void *arg)
{
	struct groups *g = arg;
	const struct ct_proto *p = ct_proto(ct->family == AF_INET ? HOOK_IP4 : HOOK_IP6, ct->proto);
	const char *state = p->state_name != NULL ? p->state_name(ct) : NULL;
	uint32_t status = ct_status(ct);
	unsigned i = 0;

	while (i < g->nb && (g->group[i].family != ct->family || g->group[i].proto != ct->proto ||
			     g->group[i].state != state))
		i++;
	if (i == g->nb && g->nb < GROUPS)
		g->group[g->nb++] = (struct group){ ct->family, ct->proto, state, 0, 0, 0 };
	i = RTE_MIN(i, GROUPS - 1u);
	g->group[i].all++;
	g->group[i].assured += (status & CT_ASSURED) != 0;
	g->group[i].unreplied += !(status & CT_SEEN_REPLY);
	return true;
}

static int
by_size(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return x->all < y->all ? 1 : x->all > y->all ? -1 : 0;
}

static int
show_states(struct cmd *c)
{
	static const struct cmd_column columns[] = {
		{ "family", "family" },   { "protocol", "protocol" },
		{ "state", "state" },     { "connections", "connections" },
		{ "assured", "assured" }, { "unreplied", "unreplied" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	struct groups *g = calloc(1, sizeof(*g));
	char number[16];

	if (g == NULL)
		abort();
	ct_each(count_group, g);
	qsort(g->group, g->nb, sizeof(g->group[0]), by_size);
	for (unsigned i = 0; i < g->nb; i++) {
		const char *name = ct_proto(HOOK_IP4, g->group[i].proto)->name;
		bool known = ct_proto_by_name(name) != NULL &&
			     ct_proto_by_name(name)->proto == g->group[i].proto;

		snprintf(number, sizeof(number), "%u", g->group[i].proto);
		cmd_table_text(&t, g->group[i].family == AF_INET ? "ipv4" : "ipv6");
		cmd_table_text(&t, known ? name : number);
		cmd_table_text(&t, g->group[i].state != NULL ? g->group[i].state : "-");
		cmd_table_number(&t, g->group[i].all);
		cmd_table_number(&t, g->group[i].assured);
		cmd_table_number(&t, g->group[i].unreplied);
	}
	free(g);
	return cmd_table_end(&t);
}

static int
show_talkers(struct cmd *c)
{
	return show_top_sources(c, talker_source);
}

static int show_conntrack(struct cmd *c, int argc, char **argv);
SHOW_PART(conntrack, "conntrack", show_conntrack, "[states|talkers]",
	  "connections: how many, what they take, in which states, whose", SHOW_JSON)

static int
show_conntrack(struct cmd *c, int argc, char **argv)
{
	if (argc == 0)
		return show_totals(c);
	if (argc == 1 && strcmp(argv[0], "states") == 0)
		return show_states(c);
	if (argc == 1 && strcmp(argv[0], "talkers") == 0)
		return show_talkers(c);
	return SHOW_USAGE(c, conntrack);
}

static void
print_topic(struct str *text)
{
	str_add(text,
		"Connections are tracked, per family, while a rule asks for them (-m conntrack, -m "
		"state, -j CT ...) or net.pollux.conntrack is on:\n"
		"    show conntrack            is it on, how full is the table, what does it take\n"
		"    show conntrack states     by protocol and state\n"
		"    show conntrack talkers    the sources with most connections\n"
		"    conntrack -L              all of them; -h lists the options that choose some\n"
		"    conntrack -E              what happens to them, as it happens\n"
		"    conntrack -D -s 10.1.0.9  forget some\n"
		"    sysctl -a -r conntrack    timeouts and limits\n"
		"A connection enters the table when its first packet has passed all hooks. In a "
		"full "
		"table those that were never answered make room; packets of those that are assured "
		"do not notice.\n");
}
HELP_TOPIC(conntrack, "connections", "tracking of connections", print_topic)
