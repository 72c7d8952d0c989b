/* SPDX-License-Identifier: BSD-3-Clause */
/* show osf: the fingerprints that nfnl_osf has loaded, in their order. Control lcore. */
#include "cmd_show.h"
#include "cmd_table.h"
#include "rule_osf.h"

static int
show_osf(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = {
		{ "genre", "genre" },     { "version", "version" }, { "subtype", "subtype" },
		{ "length", "length" },   { "ttl", "ttl" },         { "df", "df" },
		{ "options", "options" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	const struct rule_osf_finger *f;

	for (uint32_t i = 0; (f = rule_osf_at(i)) != NULL; i++) {
		cmd_table_text(&t, f->genre);
		cmd_table_text(&t, f->version);
		cmd_table_text(&t, f->subtype);
		cmd_table_number(&t, f->len);
		cmd_table_number(&t, f->ttl);
		cmd_table_number(&t, f->df);
		cmd_table_number(&t, f->nb);
	}
	return cmd_table_end(&t);
}

SHOW_PART(osf, "osf", show_osf, "", "fingerprints of -m osf", SHOW_JSON)
