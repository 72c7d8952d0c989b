/* SPDX-License-Identifier: BSD-3-Clause */
/* show synproxy: what target SYNPROXY has done since the start, as /proc/net/stat/synproxy in Linux. Control lcore. */
#include "cmd_show.h"
#include "cmd_table.h"
#include "rule_synproxy.h"

static int
show_synproxy(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = { { "count", "count" }, { "number", "number" } };
	static const char *const names[RULE_SYNPROXY_COUNTS] = {
		[RULE_SYNPROXY_SYN_RECEIVED] = "syn_received",
		[RULE_SYNPROXY_COOKIE_INVALID] = "cookie_invalid",
		[RULE_SYNPROXY_COOKIE_VALID] = "cookie_valid",
		[RULE_SYNPROXY_COOKIE_RETRANS] = "cookie_retrans",
		[RULE_SYNPROXY_CONN_REOPENED] = "conn_reopened",
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	for (unsigned i = 0; i < RULE_SYNPROXY_COUNTS; i++) {
		cmd_table_text(&t, names[i]);
		cmd_table_number(&t, rule_synproxy_counted(i));
	}
	return cmd_table_end(&t);
}

SHOW_PART(synproxy, "synproxy", show_synproxy, "",
	  "SYNs that target SYNPROXY has answered, and cookies", SHOW_JSON)
