/* SPDX-License-Identifier: BSD-3-Clause */
/* Which options go with which command of `conntrack`, as the tool has it. */
#include "cmd_conntrack_proto.h"

static const char *const names[CONNTRACK_OPTIONS] = {
	"src",     "dst",        "reply-src", "reply-dst", "protonum",  "timeout",   "status",
	"zero",    "event-mask", "tuple-src", "tuple-dst", "mask-src",  "mask-dst",  "mark",
	"id",      "family",     "src-nat",   "dst-nat",   "output",    "secmark",   "buffer-size",
	"any-nat", "zone",       "label",     "label-add", "label-del", "orig-zone", "reply-zone",
};

const char *
conntrack_option_name(enum conntrack_option o)
{
	return names[o];
}

#define BIT(o) (1u << CONNTRACK_##o)
#define ADDRS (BIT(SRC) | BIT(DST) | BIT(REPLY_SRC) | BIT(REPLY_DST))
#define MASKS (BIT(MASK_SRC) | BIT(MASK_DST))
#define NAT (BIT(SRC_NAT) | BIT(DST_NAT))
#define ZONES (BIT(ZONE) | BIT(ORIG_ZONE) | BIT(REPLY_ZONE))
#define SELECT \
	(ADDRS | BIT(PROTO) | MASKS | NAT | BIT(MARK) | BIT(FAMILY) | BIT(OUTPUT) | BIT(LABEL))
#define CREATE                                                                         \
	{                                                                              \
		BIT(PROTO) | BIT(TIMEOUT),                                             \
			ADDRS | BIT(STATUS) | NAT | BIT(MARK) | ZONES | BIT(LABEL_ADD) \
	}
#define EXPECT_GET                                      \
	{                                               \
		BIT(SRC) | BIT(DST) | BIT(PROTO), ADDRS \
	}

/* Options that a command must have, and those it may have besides. */
struct rule {
	uint32_t must, may;
};

static const struct rule flows[CONNTRACK_VERBS] = {
	[CONNTRACK_LIST] = { 0, SELECT | ZONES | BIT(STATUS) | BIT(ANY_NAT) | BIT(SECMARK) |
					BIT(ZERO) },
	[CONNTRACK_CREATE] = CREATE,
	[CONNTRACK_ADD] = CREATE,
	[CONNTRACK_UPDATE] = { 0, SELECT | BIT(TIMEOUT) | BIT(STATUS) | BIT(ID) | BIT(LABEL_ADD) |
					  BIT(LABEL_DEL) },
	[CONNTRACK_DELETE] = { 0, SELECT | ZONES | BIT(TIMEOUT) | BIT(STATUS) | BIT(ID) },
	[CONNTRACK_GET] = { BIT(PROTO), ADDRS | BIT(ID) | BIT(OUTPUT) | BIT(LABEL) },
	[CONNTRACK_FLUSH] = { 0, BIT(FAMILY) },
	[CONNTRACK_EVENT] = { 0, SELECT | ZONES | BIT(EVENT_MASK) | BIT(ANY_NAT) | BIT(SECMARK) |
					 BIT(BUFFER_SIZE) },
	[CONNTRACK_LOAD] = { 0, UINT32_MAX },
	[CONNTRACK_HELP] = { 0, BIT(PROTO) },
};

static const struct rule expects[CONNTRACK_VERBS] = {
	[CONNTRACK_LIST] = { 0, BIT(FAMILY) | BIT(OUTPUT) },
	[CONNTRACK_CREATE] = { BIT(SRC) | BIT(DST) | BIT(PROTO) | BIT(TIMEOUT) | BIT(TUPLE_SRC) |
				       BIT(TUPLE_DST) | MASKS,
			       0 },
	[CONNTRACK_GET] = EXPECT_GET,
	[CONNTRACK_DELETE] = EXPECT_GET,
	[CONNTRACK_EVENT] = { 0, BIT(OUTPUT) },
	[CONNTRACK_LOAD] = { 0, UINT32_MAX },
};

static int
check_table(struct cmd *c, const struct conntrack *k)
{
	if (k->verb == CONNTRACK_LOAD)
		return 0;
	if (k->table > CONNTRACK_TABLE_EXPECT && k->verb != CONNTRACK_LIST)
		return conntrack_usage(
			c, "Can't do that command with tables `dying' and `unconfirmed'");
	if (k->table != CONNTRACK_TABLE_EXPECT)
		return 0;
	if (k->verb == CONNTRACK_UPDATE || k->verb == CONNTRACK_ADD)
		return conntrack_usage(c, "Can't do --%s on expectations",
				       k->verb == CONNTRACK_ADD ? "add" : "update");
	return 0;
}

static int
check_options(struct cmd *c, const struct conntrack *k)
{
	const struct rule *r = &(k->table == CONNTRACK_TABLE_EXPECT ? expects : flows)[k->verb];

	for (unsigned o = 0; o < CONNTRACK_OPTIONS; o++) {
		if (r->must & 1u << o && !conntrack_has(k, o))
			return conntrack_usage(
				c, "You need to supply the `--%s' option for this command",
				names[o]);
		if (!((r->must | r->may) & 1u << o) && conntrack_has(k, o))
			return conntrack_usage(c, "Illegal option `--%s' with this command",
					       names[o]);
	}
	return 0;
}

/* Both addresses of a direction, for commands about one connection. */
static int
check_pair(struct cmd *c, const struct conntrack *k)
{
	if (k->table != CONNTRACK_TABLE_CONNTRACK ||
	    (k->verb != CONNTRACK_CREATE && k->verb != CONNTRACK_ADD && k->verb != CONNTRACK_GET))
		return 0;
	for (unsigned d = 0; d < CT_DIRS; d++)
		if (k->addr[d][0].family != AF_UNSPEC && k->addr[d][1].family != AF_UNSPEC)
			return 0;
	return conntrack_usage(c, "you have to specify `--src' and `--dst'");
}

static int
check_use(struct cmd *c, const struct conntrack *k)
{
	uint32_t filters = ~(BIT(FAMILY) | BIT(OUTPUT) | BIT(ZERO));

	if (k->table != CONNTRACK_TABLE_CONNTRACK)
		return 0;
	if (conntrack_has(k, CONNTRACK_MASK_SRC) && !conntrack_has(k, CONNTRACK_SRC))
		return conntrack_usage(c, "Can't use --mask-src without --src");
	if (conntrack_has(k, CONNTRACK_MASK_DST) && !conntrack_has(k, CONNTRACK_DST))
		return conntrack_usage(c, "Can't use --mask-dst without --dst");
	if (conntrack_has(k, CONNTRACK_ZERO) && k->options & filters)
		return conntrack_usage(c, "Can't use -z with filtering parameters");
	return 0;
}

int
conntrack_check(struct cmd *c, const struct conntrack *k)
{
	int rc = check_table(c, k);

	if (rc == 0)
		rc = check_options(c, k);
	if (rc == 0)
		rc = conntrack_proto_check(c, k);
	if (rc == 0)
		rc = check_use(c, k);
	return rc != 0 ? rc : check_pair(c, k);
}
