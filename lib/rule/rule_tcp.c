/* SPDX-License-Identifier: BSD-3-Clause */
#include "rule_tcp.h"

DROP_REASON(cut, "rule-tcp-cut", "a target could not change it: its TCP header is cut short");

verdict_t
rule_tcp_cut(void)
{
	return VERDICT_DROP_FOR(DROP(cut));
}
