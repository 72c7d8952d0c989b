/* SPDX-License-Identifier: BSD-3-Clause */
/* rateest: the estimators of -j RATEEST, and what they say. Control lcore. */
#include "cmd.h"
#include "cmd_table.h"
#include "rule_rateest.h"

static int
rateest(struct cmd *c)
{
	static const struct cmd_column columns[] = {
		{ "name", "name" },        { "interval, ms", "interval_ms" },
		{ "weight 1/", "weight" }, { "packets/s", "pps" },
		{ "bytes/s", "bps" },      { "rules", "rules" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	for (struct rule_rateest *e = NULL; (e = rule_rateest_next(e)) != NULL;) {
		struct count rate = rule_rateest_read(e);

		cmd_table_text(&t, e->name);
		cmd_table_number(&t, RULE_RATEEST_STEP_MS << e->how.interval);
		cmd_table_number(&t, UINT64_C(1) << e->how.weight);
		cmd_table_number(&t, rate.packets);
		cmd_table_number(&t, rate.bytes);
		cmd_table_number(&t, e->rules);
	}
	return cmd_table_end(&t);
}

CMD_REGISTER(rateest, "rateest", rateest, "rateest",
	     "estimators of -j RATEEST: what -m rateest compares")
