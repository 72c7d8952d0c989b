/* SPDX-License-Identifier: BSD-3-Clause */
/* Which kind of index the tables have. */
#include "base_log.h"
#include "base_param.h"
#include "ct_index.h"
#include "ct_table.h"

static const char *const kinds[] = {
	[CT_INDEX_HASH] = "rte_hash", [CT_INDEX_TAG] = "tag", [CT_INDEX_KINDS] = NULL
};

static int kind_check(const struct param *p, int value, struct err *e);

PARAM_DEFINE(
	kind, .name = "net.pollux.ct_table", .words = kinds, .def = CT_INDEX_TAG,
	.value = CT_INDEX_TAG, .check = kind_check,
	.help = "how connections are found by their tuples: buckets of tags, or DPDK's rte_hash")

static const struct ct_index_ops *
ops_of(int value, enum hook_family family)
{
	return value == CT_INDEX_TAG ? &ct_tag_ops[family] : &ct_hash_ops[family];
}

const struct ct_index_ops *
ct_index_wanted(enum hook_family family)
{
	return ops_of(param_get(&kind), family);
}

/* Tables that are there get an index of the kind, under traffic. */
static int
kind_check(const struct param *p, int value, struct err *e)
{
	int rc = 0;

	for (unsigned f = 0; f < HOOK_FAMILIES && rc == 0; f++)
		rc = ct_table_index(f, ops_of(value, f), e);
	return rc;
}
