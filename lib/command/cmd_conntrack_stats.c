/* SPDX-License-Identifier: BSD-3-Clause */
/* `conntrack -C` and -S. */
#include <inttypes.h>

#include "cmd_conntrack.h"
#include "ct_expect.h"
#include "ct_stat.h"
#include "ct_table.h"

int
conntrack_count(struct cmd *c, const struct conntrack *k)
{
	uint32_t n = k->table == CONNTRACK_TABLE_EXPECT
			     ? __atomic_load_n(&ct_nb_expects, __ATOMIC_RELAXED)
			     : ct_count();

	str_printf(&c->out, "%u\n", n);
	return 0;
}

static uint64_t
get(const uint64_t *v)
{
	return __atomic_load_n(v, __ATOMIC_RELAXED);
}

static void
put_expect(struct str *out, const struct ct_stat *s)
{
	str_printf(out,
		   "expect_new=%" PRIu64 " expect_create=%" PRIu64 " expect_delete=%" PRIu64 " \n",
		   get(&s->expect_new), get(&s->expect_create), get(&s->expect_delete));
}

static void
put_flow(struct str *out, const struct ct_stat *s)
{
	const struct {
		const char *name;
		const uint64_t *value;
	} fields[] = {
		{ "found", &s->found },
		{ "invalid", &s->invalid },
		{ "insert", &s->insert },
		{ "insert_failed", &s->insert_failed },
		{ "drop", &s->drop },
		{ "early_drop", &s->early_drop },
		{ "error", &s->error },
		{ "search_restart", &s->search_restart },
		{ "clash_resolve", &s->clash_resolve },
		{ "chaintoolong", &s->chaintoolong },
	};

	for (unsigned i = 0; i < RTE_DIM(fields); i++)
		str_printf(out, "%s=%" PRIu64 " ", fields[i].name, get(fields[i].value));
	str_add(out, "\n");
}

/* A line for each lane; the control core's is the last one, where it has done something. */
int
conntrack_stats(struct cmd *c, const struct conntrack *k)
{
	static const struct ct_stat nothing;

	for (unsigned i = 0; i <= lane_count(); i++) {
		const struct ct_stat *s = &ct_stats[i < lane_count() ? i : LANE_MAX];

		if (i == lane_count() && memcmp(s, &nothing, sizeof(*s)) == 0)
			break;
		str_printf(&c->out, "cpu=%-4u\t", i);
		if (k->table == CONNTRACK_TABLE_EXPECT)
			put_expect(&c->out, s);
		else
			put_flow(&c->out, s);
	}
	return 0;
}
