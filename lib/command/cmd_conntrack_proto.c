/* SPDX-License-Identifier: BSD-3-Clause */
/* What protocols add to the options of `conntrack`. Called by cmd_conntrack_args.c and _check.c. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_conntrack_proto.h"
#include "ct_proto.h"

#define PORTS                                                                    \
	{ { "sport", "orig-port-src" }, CONNTRACK_SPORT, "    11" },             \
		{ { "dport", "orig-port-dst" }, CONNTRACK_DPORT, "    11" },     \
		{ { "reply-port-src", NULL }, CONNTRACK_REPLY_SPORT, "    01" }, \
		{ { "reply-port-dst", NULL }, CONNTRACK_REPLY_DPORT, "    01" }, \
		{ { "mask-port-src", NULL }, CONNTRACK_MASK_SPORT, "000010" },   \
	{                                                                        \
		{ "mask-port-dst", NULL }, CONNTRACK_MASK_DPORT, "000010"        \
	}
#define STATE                                                \
	{                                                    \
		{ "state", NULL }, CONNTRACK_STATE, " 1  00" \
	}
#define TUPLE                                                               \
	{ { "tuple-port-src", NULL }, CONNTRACK_TUPLE_SPORT, "000010" },    \
	{                                                                   \
		{ "tuple-port-dst", NULL }, CONNTRACK_TUPLE_DPORT, "000010" \
	}

#define END                             \
	{                               \
		{ NULL, NULL }, 0, NULL \
	}

static const struct conntrack_proto_option tcp_options[] = { PORTS, STATE, TUPLE, END };
static const struct conntrack_proto_option udp_options[] = { PORTS, TUPLE, END };
static const struct conntrack_proto_option sctp_options[] = {
	PORTS,
	STATE,
	TUPLE,
	{ { "orig-vtag", NULL }, CONNTRACK_ORIG_VTAG, "01  10" },
	{ { "reply-vtag", NULL }, CONNTRACK_REPLY_VTAG, "01  10" },
	END,
};
static const struct conntrack_proto_option dccp_options[] = {
	PORTS, STATE, TUPLE, { { "role", NULL }, CONNTRACK_ROLE, "010010" }, END,
};
static const struct conntrack_proto_option gre_options[] = {
	{ { "srckey", "orig-key-src" }, CONNTRACK_SPORT, "    11" },
	{ { "dstkey", "orig-key-dst" }, CONNTRACK_DPORT, "    11" },
	{ { "reply-key-src", NULL }, CONNTRACK_REPLY_SPORT, "    11" },
	{ { "reply-key-dst", NULL }, CONNTRACK_REPLY_DPORT, "    11" },
	{ { "mask-key-src", NULL }, CONNTRACK_MASK_SPORT, "000010" },
	{ { "mask-key-dst", NULL }, CONNTRACK_MASK_DPORT, "000010" },
	{ { "tuple-key-src", NULL }, CONNTRACK_TUPLE_SPORT, "000010" },
	{ { "tuple-key-dst", NULL }, CONNTRACK_TUPLE_DPORT, "000010" },
	END,
};
static const struct conntrack_proto_option icmp_options[] = {
	{ { "icmp-type", NULL }, CONNTRACK_ICMP_TYPE, " 1 100" },
	{ { "icmp-code", NULL }, CONNTRACK_ICMP_CODE, " 1 100" },
	{ { "icmp-id", NULL }, CONNTRACK_ICMP_ID, "    00" },
	END,
};
static const struct conntrack_proto_option icmp6_options[] = {
	{ { "icmpv6-type", NULL }, CONNTRACK_ICMP_TYPE, " 1 100" },
	{ { "icmpv6-code", NULL }, CONNTRACK_ICMP_CODE, " 1 100" },
	{ { "icmpv6-id", NULL }, CONNTRACK_ICMP_ID, "    00" },
	END,
};

static const struct conntrack_proto protos[] = {
	{ "tcp", IPPROTO_TCP, tcp_options, { "sport", "dport" }, "TCP" },
	{ "udp", IPPROTO_UDP, udp_options, { "sport", "dport" }, NULL },
	{ "udplite", IPPROTO_UDPLITE, udp_options, { "sport", "dport" }, NULL },
	{ "icmp", IPPROTO_ICMP, icmp_options, { NULL, NULL }, NULL },
	{ "icmpv6", IPPROTO_ICMPV6, icmp6_options, { NULL, NULL }, NULL },
	{ "sctp", IPPROTO_SCTP, sctp_options, { "sport", "dport" }, "SCTP" },
	{ "dccp", IPPROTO_DCCP, dccp_options, { "sport", "dport" }, "DCCP" },
	{ "gre", IPPROTO_GRE, gre_options, { "srckey", "dstkey" }, NULL },
};

const struct conntrack_proto *
conntrack_proto(uint8_t proto)
{
	for (unsigned i = 0; i < RTE_DIM(protos); i++)
		if (protos[i].proto == proto)
			return &protos[i];
	return NULL;
}

const struct conntrack_proto *
conntrack_proto_at(unsigned i)
{
	return i < RTE_DIM(protos) ? &protos[i] : NULL;
}

const char *
conntrack_proto_name(uint8_t proto)
{
	const struct conntrack_proto *p = conntrack_proto(proto);

	return p != NULL ? p->name : "unknown";
}

static int
read_state(struct cmd *c, struct conntrack *k, const char *text)
{
	const struct ct_proto *p = ct_proto(HOOK_IP4, k->proto);
	bool listen = k->proto == IPPROTO_TCP && strcmp(text, "LISTEN") == 0; /* its old name */
	int state = p->state_find != NULL ? p->state_find(listen ? "SYN_SENT2" : text) : -1;

	if (state < 0)
		return conntrack_usage(c, "unknown %s state `%s'", k->ops->what, text);
	k->field[CONNTRACK_STATE] = state;
	return 0;
}

static int
read_role(struct cmd *c, struct conntrack *k, const char *text)
{
	static const char *const roles[] = { "client", "server" };

	for (unsigned i = 0; i < RTE_DIM(roles); i++)
		if (strcmp(text, roles[i]) == 0) {
			k->field[CONNTRACK_ROLE] = i;
			return 0;
		}
	return conntrack_usage(c, "Unknown DCCP role `%s'", text);
}

/* Numbers are read as the tool reads them: what is none counts as 0, too much is cut. */
int
conntrack_proto_read(struct cmd *c, struct conntrack *k, const struct conntrack_proto_option *o,
		     const char *text)
{
	uint32_t *to = &k->field[o->field];

	k->fields |= 1u << o->field;
	switch (o->field) {
	case CONNTRACK_STATE:
		return read_state(c, k, text);
	case CONNTRACK_ROLE:
		return read_role(c, k, text);
	case CONNTRACK_ORIG_VTAG:
	case CONNTRACK_REPLY_VTAG:
		*to = strtoul(text, NULL, 10);
		return 0;
	case CONNTRACK_ICMP_TYPE:
	case CONNTRACK_ICMP_CODE:
		*to = (uint8_t)strtoul(text, NULL, 10);
		return 0;
	default:
		*to = (uint16_t)strtoul(text, NULL, k->proto == IPPROTO_GRE ? 0 : 10);
		return 0;
	}
}

static int
use_of(const struct conntrack *k)
{
	static const int8_t flows[CONNTRACK_VERBS] = {
		[CONNTRACK_NONE] = -1,
		[CONNTRACK_FLUSH] = -1,
		[CONNTRACK_COUNT] = -1,
		[CONNTRACK_STATS] = -1,
		[CONNTRACK_LOAD] = -1,
		[CONNTRACK_VERSION_VERB] = -1,
		[CONNTRACK_HELP] = -1,
		[CONNTRACK_LIST] = CONNTRACK_USE_LIST,
		[CONNTRACK_DELETE] = CONNTRACK_USE_LIST,
		[CONNTRACK_EVENT] = CONNTRACK_USE_LIST,
		[CONNTRACK_CREATE] = CONNTRACK_USE_CREATE,
		[CONNTRACK_ADD] = CONNTRACK_USE_CREATE,
		[CONNTRACK_UPDATE] = CONNTRACK_USE_UPDATE,
		[CONNTRACK_GET] = CONNTRACK_USE_GET,
	};

	if (k->table != CONNTRACK_TABLE_EXPECT)
		return flows[k->verb];
	if (k->verb == CONNTRACK_CREATE)
		return CONNTRACK_USE_EXPECT_CREATE;
	return k->verb == CONNTRACK_GET || k->verb == CONNTRACK_DELETE ? CONNTRACK_USE_EXPECT_GET
								       : -1;
}

static int
check_pair(struct cmd *c, const struct conntrack *k)
{
	uint32_t orig = 1u << CONNTRACK_SPORT | 1u << CONNTRACK_DPORT,
		 reply = 1u << CONNTRACK_REPLY_SPORT | 1u << CONNTRACK_REPLY_DPORT;

	if (k->ops->pair[0] == NULL || (k->fields & orig) == orig || (k->fields & reply) == reply)
		return 0;
	return conntrack_usage(c, "you have to specify `--%s' and `--%s'", k->ops->pair[0],
			       k->ops->pair[1]);
}

int
conntrack_proto_check(struct cmd *c, const struct conntrack *k)
{
	int use = use_of(k);

	if (k->ops == NULL || use < 0)
		return 0;
	for (const struct conntrack_proto_option *o = k->ops->options; o->names[0] != NULL; o++) {
		bool there = conntrack_has_field(k, o->field);

		if (o->on[use] == '1' && !there)
			return conntrack_usage(
				c, "You need to supply the `--%s' option for this command",
				o->names[0]);
		if (o->on[use] == '0' && there)
			return conntrack_usage(c, "Illegal option `--%s' with this command",
					       o->names[0]);
	}
	return use == CONNTRACK_USE_CREATE || use == CONNTRACK_USE_GET ? check_pair(c, k) : 0;
}
