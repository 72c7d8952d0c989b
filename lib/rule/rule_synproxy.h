/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Target SYNPROXY: answers SYNs in a server's place with cookies, and begins the connection to the server when the
 * client has answered. The connection remembers how both ends' numbers differ (struct ct_synproxy). As Linux's
 * nf_synproxy_core. Workers, but for what says otherwise.
 */
#pragma once

#include "rule.h"

/* rule_synproxy.options */
#define RULE_SYNPROXY_MSS 0x01u
#define RULE_SYNPROXY_WSCALE 0x02u
#define RULE_SYNPROXY_SACK_PERM 0x04u
#define RULE_SYNPROXY_TIMESTAMP 0x08u
#define RULE_SYNPROXY_ECN 0x10u

/* The target's data: what the server can. */
struct rule_synproxy {
	uint8_t options, wscale;
	uint16_t mss;
};

/* The verdict of the target; RULE_VERDICT_CONTINUE: the segment is none of those it looks at. */
verdict_t rule_synproxy_eval(struct rule_packet *rp, const struct rule_synproxy *s);
/* Control: the hook function that looks after these connections is part of the draft, or not. 0 or -errno. */
int rule_synproxy_register(struct gen *draft, enum hook_family family, bool needed);

/* Since the start. */
enum rule_synproxy_count {
	RULE_SYNPROXY_SYN_RECEIVED,
	RULE_SYNPROXY_COOKIE_INVALID,
	RULE_SYNPROXY_COOKIE_VALID,
	RULE_SYNPROXY_COOKIE_RETRANS,
	RULE_SYNPROXY_CONN_REOPENED,
	RULE_SYNPROXY_COUNTS,
};

/* Control. */
uint64_t rule_synproxy_counted(enum rule_synproxy_count what);
