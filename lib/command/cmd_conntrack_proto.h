/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to cmd_conntrack*.c: the options of `conntrack` that a protocol has, and which of its commands take or
 * need them.
 */
#pragma once

#include "cmd_conntrack.h"

/* The commands protocols speak of, in the order of conntrack_proto_option.on. */
enum conntrack_use {
	CONNTRACK_USE_LIST, /* and delete, event */
	CONNTRACK_USE_CREATE,
	CONNTRACK_USE_UPDATE,
	CONNTRACK_USE_GET,
	CONNTRACK_USE_EXPECT_CREATE,
	CONNTRACK_USE_EXPECT_GET, /* and delete */
	CONNTRACK_USES,
};

/*
 * One option. on: a character for each enum conntrack_use: '1' it must be there, ' ' it may, '0' it may not.
 */
struct conntrack_proto_option {
	const char *names[2]; /* the second may be NULL; complaints name the first */
	enum conntrack_field field;
	const char *on;
};

struct conntrack_proto {
	const char *name;
	uint8_t proto;
	const struct conntrack_proto_option *options; /* up to one without a name */
	/* -I and -G need these of the original direction, or both replies of -I. NULL: nothing. */
	const char *pair[2];
	/* Number of a state by name; -1. NULL: it has none. */
	const char *what; /* "TCP" */
};

/* NULL: the protocol has no options. */
const struct conntrack_proto *conntrack_proto(uint8_t proto);
/* NULL after the last. */
const struct conntrack_proto *conntrack_proto_at(unsigned i);
/* The name that lines begin with; "unknown". */
const char *conntrack_proto_name(uint8_t proto);
/* Reads the value of an option; 0 or 2. */
int conntrack_proto_read(struct cmd *c, struct conntrack *k, const struct conntrack_proto_option *o,
			 const char *text);
int conntrack_proto_check(struct cmd *c, const struct conntrack *k);
