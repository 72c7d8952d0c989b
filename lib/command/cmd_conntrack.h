/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to cmd_conntrack*.c: a parsed command line of `conntrack`, as conntrack-tools 1.4.7 reads it, and what
 * its parts do with it. Control lcore.
 */
#pragma once

#include "base_addr.h"
#include "cmd.h"
#include "ct_event_read.h"
#include "ct_snapshot.h"

#define CONNTRACK_VERSION "conntrack v1.4.7 (conntrack-tools)"

enum conntrack_verb {
	CONNTRACK_NONE,
	CONNTRACK_LIST,
	CONNTRACK_CREATE,
	CONNTRACK_ADD,
	CONNTRACK_UPDATE,
	CONNTRACK_DELETE,
	CONNTRACK_GET,
	CONNTRACK_FLUSH,
	CONNTRACK_EVENT,
	CONNTRACK_COUNT,
	CONNTRACK_STATS,
	CONNTRACK_LOAD,
	CONNTRACK_VERSION_VERB,
	CONNTRACK_HELP,
	CONNTRACK_VERBS,
};

enum conntrack_table {
	CONNTRACK_TABLE_CONNTRACK,
	CONNTRACK_TABLE_EXPECT,
	CONNTRACK_TABLE_DYING,
	CONNTRACK_TABLE_UNCONFIRMED,
};

/* Options, in the order the tool complains about them. */
enum conntrack_option {
	CONNTRACK_SRC,
	CONNTRACK_DST,
	CONNTRACK_REPLY_SRC,
	CONNTRACK_REPLY_DST,
	CONNTRACK_PROTO,
	CONNTRACK_TIMEOUT,
	CONNTRACK_STATUS,
	CONNTRACK_ZERO,
	CONNTRACK_EVENT_MASK,
	CONNTRACK_TUPLE_SRC,
	CONNTRACK_TUPLE_DST,
	CONNTRACK_MASK_SRC,
	CONNTRACK_MASK_DST,
	CONNTRACK_MARK,
	CONNTRACK_ID,
	CONNTRACK_FAMILY,
	CONNTRACK_SRC_NAT,
	CONNTRACK_DST_NAT,
	CONNTRACK_OUTPUT,
	CONNTRACK_SECMARK,
	CONNTRACK_BUFFER_SIZE,
	CONNTRACK_ANY_NAT,
	CONNTRACK_ZONE,
	CONNTRACK_LABEL,
	CONNTRACK_LABEL_ADD,
	CONNTRACK_LABEL_DEL,
	CONNTRACK_ORIG_ZONE,
	CONNTRACK_REPLY_ZONE,
	CONNTRACK_OPTIONS,
};

/* What protocols' options set. */
enum conntrack_field {
	CONNTRACK_SPORT,
	CONNTRACK_DPORT,
	CONNTRACK_REPLY_SPORT,
	CONNTRACK_REPLY_DPORT,
	CONNTRACK_MASK_SPORT,
	CONNTRACK_MASK_DPORT,
	CONNTRACK_TUPLE_SPORT,
	CONNTRACK_TUPLE_DPORT,
	CONNTRACK_STATE,
	CONNTRACK_ORIG_VTAG,
	CONNTRACK_REPLY_VTAG,
	CONNTRACK_ROLE,
	CONNTRACK_ICMP_TYPE,
	CONNTRACK_ICMP_CODE,
	CONNTRACK_ICMP_ID,
	CONNTRACK_FIELDS,
};

#define CONNTRACK_OUT_XML 0x01
#define CONNTRACK_OUT_EXTENDED 0x02
#define CONNTRACK_OUT_TIMESTAMP 0x04
#define CONNTRACK_OUT_ID 0x08
#define CONNTRACK_OUT_KTIMESTAMP 0x10
#define CONNTRACK_OUT_LABELS 0x20
#define CONNTRACK_OUT_USERSPACE 0x40
#define CONNTRACK_OUT_SAVE 0x80

#define CONNTRACK_EVENT_NEW 0x1
#define CONNTRACK_EVENT_UPDATE 0x2
#define CONNTRACK_EVENT_DESTROY 0x4

#define CONNTRACK_STATUS_NAT 0x100000u /* "-u SRC_NAT" was said, which means nothing */

struct conntrack_proto;

struct conntrack_nat {
	struct ip_addr addr; /* AF_UNSPEC: any */
	uint16_t port;       /* network byte order; 0: any */
};

struct conntrack {
	enum conntrack_verb verb;
	enum conntrack_table table;
	uint32_t options; /* bit per enum conntrack_option */
	uint32_t fields;  /* bit per enum conntrack_field */
	uint8_t family;   /* AF_UNSPEC: not said */
	uint8_t proto;
	const struct conntrack_proto *ops; /* of proto, NULL: no options */
	struct ip_addr addr[CT_DIRS][2];   /* source, destination */
	struct ip_addr mask[2], tuple[2];
	uint32_t field[CONNTRACK_FIELDS]; /* ports and keys in host byte order */
	uint32_t timeout, status, id;
	uint32_t mark, mark_mask;
	uint16_t zone, dir_zone[CT_DIRS];
	uint64_t label[2], label_add[2], label_del[2];
	struct conntrack_nat src_nat, dst_nat, any_nat;
	unsigned output; /* CONNTRACK_OUT_* */
	unsigned events; /* CONNTRACK_EVENT_*; 0: all */
	unsigned buffer_size;
	const char *file; /* -R */
};

static inline bool
conntrack_has(const struct conntrack *k, enum conntrack_option o)
{
	return k->options & 1u << o;
}

static inline bool
conntrack_has_field(const struct conntrack *k, enum conntrack_field f)
{
	return k->fields & 1u << f;
}

/* "conntrack v1.4.7 (conntrack-tools): TEXT\n" to err. */
void conntrack_say(struct str *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same for a wrong command line, with the hint at the help. Returns 2. */
int conntrack_usage(struct cmd *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "Operation failed: TEXT". Returns 1. */
int conntrack_failed(struct str *err, const char *why);

/* cmd_conntrack_args.c: 0, or an exit status with its text in c->err. */
int conntrack_parse(struct cmd *c, struct conntrack *k);
/* cmd_conntrack_check.c: which options go with which command. */
int conntrack_check(struct cmd *c, const struct conntrack *k);
const char *conntrack_option_name(enum conntrack_option o);
/* All long options of the tool and of all protocols, for completion; NULL after the last. */
const char *conntrack_long_name(unsigned i);

/* cmd_conntrack_value.c: one value each; 0 or 2. */
int conntrack_read_addr(struct cmd *c, struct conntrack *k, const char *text, struct ip_addr *a);
int conntrack_read_prefix(struct cmd *c, struct conntrack *k, const char *text, const char *option,
			  bool cidr, struct ip_addr *a, struct ip_addr *mask);
int conntrack_read_nat(struct cmd *c, struct conntrack *k, char *text, struct conntrack_nat *nat);
int conntrack_read_status(struct cmd *c, const char *text, uint32_t *status);
int conntrack_read_output(struct cmd *c, const char *text, unsigned *output);
int conntrack_read_events(struct cmd *c, const char *text, unsigned *events);
int conntrack_read_proto(struct cmd *c, const char *text, uint8_t *proto);
int conntrack_read_labels(struct cmd *c, const char *text, uint64_t labels[2]);
void conntrack_read_mark(const char *text, uint32_t *mark, uint32_t *mask);
int conntrack_family(struct cmd *c, struct conntrack *k, uint8_t family);

/* cmd_conntrack_filter.c: is the entry one of those that are meant? */
bool conntrack_match(const struct conntrack *k, const struct ct_snapshot *s);
/*
 * What differs between the directions where translation was decided on, address and port of either end: the tool asks
 * that, not the status bits. The id, type and code of ICMP count as ports, so that ICMP always differs.
 */
#define CONNTRACK_IS_SNAT 0x1
#define CONNTRACK_IS_DNAT 0x2
#define CONNTRACK_IS_SPAT 0x4
#define CONNTRACK_IS_DPAT 0x8
unsigned conntrack_translated(const struct ct_snapshot *s);

/* cmd_conntrack_print.c, _xml.c, _save.c: one line. */
struct conntrack_print {
	unsigned output;  /* CONNTRACK_OUT_* */
	char verb;        /* of -o save: 'A', 'U', 'D' */
	bool use;         /* shown in lists */
	uint8_t refs;     /* how many use it */
	const char *type; /* of an event: "new" ...; NULL: none */
	unsigned parts;   /* CONNTRACK_PART_* */
	uint64_t usec;    /* -o timestamp: since 1970 */
	uint32_t portid;  /* of an event: who; 0: nobody */
};

#define CONNTRACK_PART_TIMEOUT 0x01
#define CONNTRACK_PART_STATE 0x02
#define CONNTRACK_PART_COUNTERS 0x04
#define CONNTRACK_PART_MARK 0x08
#define CONNTRACK_PART_HELPER 0x10
#define CONNTRACK_PART_TIMES 0x20
#define CONNTRACK_PART_LABELS 0x40
#define CONNTRACK_PARTS 0x7f

void conntrack_line(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p);
void conntrack_xml(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p);
void conntrack_save(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p);
/* Address, zone's directions and age of a snapshot, as lines show them. */
struct ip_addr conntrack_addr(const struct ct_tuple *t, bool dst);
unsigned conntrack_zone_dirs(const struct ct_snapshot *s);
uint64_t conntrack_delta(const struct ct_snapshot *s); /* seconds */
void conntrack_xml_layer3(struct str *out, const struct ct_tuple *t, bool close);
/* "[NEW]" of "new" */
const char *conntrack_event_name(const char *type);
/* The one that p->output says, with its newline. */
void conntrack_put(struct str *out, const struct ct_snapshot *s, const struct conntrack_print *p);
/* "[1795343872.743409]\t", where -o timestamp says so */
void conntrack_when(struct str *out, uint64_t usec);
#define CONNTRACK_XML_HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"

/* cmd_conntrack_expect_print.c: with its newline. */
void conntrack_expect_put(struct str *out, const struct ct_expect_snapshot *e,
			  const struct conntrack_print *p);

/* cmd_conntrack_label.c: names of labels. -1, NULL: there is none. */
int conntrack_label_find(const char *name);
const char *conntrack_label_name(unsigned bit);
/* Complains when the file of names cannot be read. */
void conntrack_label_file(struct str *err);

/* The verbs: exit status. */
int conntrack_list(struct cmd *c, const struct conntrack *k);
int conntrack_get(struct cmd *c, const struct conntrack *k);
int conntrack_delete(struct cmd *c, const struct conntrack *k);
int conntrack_flush(struct cmd *c, const struct conntrack *k);
int conntrack_create(struct cmd *c, const struct conntrack *k);
int conntrack_update(struct cmd *c, const struct conntrack *k);
int conntrack_count(struct cmd *c, const struct conntrack *k);
int conntrack_stats(struct cmd *c, const struct conntrack *k);
int conntrack_event(struct cmd *c, const struct conntrack *k);
int conntrack_load(struct cmd *c, const struct conntrack *k);
int conntrack_help(struct cmd *c, const struct conntrack *k);
/* The verbs of table expect. */
int conntrack_expect_list(struct cmd *c, const struct conntrack *k);
int conntrack_expect_get(struct cmd *c, const struct conntrack *k);
int conntrack_expect_create(struct cmd *c, const struct conntrack *k);
int conntrack_expect_flush(struct cmd *c, const struct conntrack *k);
/* Runs a parsed and checked command. */
int conntrack_run(struct cmd *c, const struct conntrack *k);

/* Seconds of -t, no more than Linux keeps. */
uint32_t conntrack_timeout(const struct conntrack *k);
/* The tuple of a direction that the command names; false: it names too little. */
bool conntrack_tuple(const struct conntrack *k, enum ct_dir dir, struct ct_tuple *t);
/* The same, an address that is missing is 0. false: the family has no such protocol. */
bool conntrack_tuple_part(const struct conntrack *k, enum ct_dir dir, struct ct_tuple *t);
/* AF_UNSPEC: 0 */
void conntrack_addr_set(union ct_addr *to, const struct ip_addr *a);
