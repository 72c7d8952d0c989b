/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of `conntrack`, read as the tool reads it: by getopt_long(), with a protocol's options known
 * behind its -p.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_conntrack_proto.h"

#define VERB 0x100   /* getopt's value of a verb: VERB + enum conntrack_verb */
#define OPTION 0x200 /* OPTION + enum conntrack_option */
#define FIELD 0x300  /* FIELD + index of the protocol's option */
#define LONG_MAX_OPTIONS 96

/* Verbs and options by their letters; "::": the value may be missing, or be the next word. */
static const char letters[] =
	"L::I::U::D::G::E::F::A::C::S::R:hVs:d:r:q:p:t:u:e:a:zm:i:f:o:n::g::c:b:j::w:l:";

static const struct {
	char letter;
	int value;
} short_names[] = {
	{ 'L', VERB + CONNTRACK_LIST },         { 'I', VERB + CONNTRACK_CREATE },
	{ 'A', VERB + CONNTRACK_ADD },          { 'U', VERB + CONNTRACK_UPDATE },
	{ 'D', VERB + CONNTRACK_DELETE },       { 'G', VERB + CONNTRACK_GET },
	{ 'E', VERB + CONNTRACK_EVENT },        { 'F', VERB + CONNTRACK_FLUSH },
	{ 'C', VERB + CONNTRACK_COUNT },        { 'S', VERB + CONNTRACK_STATS },
	{ 'R', VERB + CONNTRACK_LOAD },         { 'h', VERB + CONNTRACK_HELP },
	{ 'V', VERB + CONNTRACK_VERSION_VERB }, { 's', OPTION + CONNTRACK_SRC },
	{ 'd', OPTION + CONNTRACK_DST },        { 'r', OPTION + CONNTRACK_REPLY_SRC },
	{ 'q', OPTION + CONNTRACK_REPLY_DST },  { 'p', OPTION + CONNTRACK_PROTO },
	{ 't', OPTION + CONNTRACK_TIMEOUT },    { 'u', OPTION + CONNTRACK_STATUS },
	{ 'e', OPTION + CONNTRACK_EVENT_MASK }, { 'z', OPTION + CONNTRACK_ZERO },
	{ 'm', OPTION + CONNTRACK_MARK },       { 'i', OPTION + CONNTRACK_ID },
	{ 'f', OPTION + CONNTRACK_FAMILY },     { 'o', OPTION + CONNTRACK_OUTPUT },
	{ 'n', OPTION + CONNTRACK_SRC_NAT },    { 'g', OPTION + CONNTRACK_DST_NAT },
	{ 'c', OPTION + CONNTRACK_SECMARK },    { 'b', OPTION + CONNTRACK_BUFFER_SIZE },
	{ 'j', OPTION + CONNTRACK_ANY_NAT },    { 'w', OPTION + CONNTRACK_ZONE },
	{ 'l', OPTION + CONNTRACK_LABEL },
};

#define NONE no_argument
#define ONE required_argument
#define MAYBE optional_argument

static const struct option long_names[] = {
	{ "dump", MAYBE, NULL, VERB + CONNTRACK_LIST },
	{ "create", MAYBE, NULL, VERB + CONNTRACK_CREATE },
	{ "add", MAYBE, NULL, VERB + CONNTRACK_ADD },
	{ "delete", MAYBE, NULL, VERB + CONNTRACK_DELETE },
	{ "update", MAYBE, NULL, VERB + CONNTRACK_UPDATE },
	{ "flush", MAYBE, NULL, VERB + CONNTRACK_FLUSH },
	{ "get", MAYBE, NULL, VERB + CONNTRACK_GET },
	{ "event", MAYBE, NULL, VERB + CONNTRACK_EVENT },
	{ "count", MAYBE, NULL, VERB + CONNTRACK_COUNT },
	{ "stats", MAYBE, NULL, VERB + CONNTRACK_STATS },
	{ "load-file", ONE, NULL, VERB + CONNTRACK_LOAD },
	{ "version", NONE, NULL, VERB + CONNTRACK_VERSION_VERB },
	{ "help", NONE, NULL, VERB + CONNTRACK_HELP },
	{ "src", ONE, NULL, OPTION + CONNTRACK_SRC },
	{ "orig-src", ONE, NULL, OPTION + CONNTRACK_SRC },
	{ "dst", ONE, NULL, OPTION + CONNTRACK_DST },
	{ "orig-dst", ONE, NULL, OPTION + CONNTRACK_DST },
	{ "reply-src", ONE, NULL, OPTION + CONNTRACK_REPLY_SRC },
	{ "reply-dst", ONE, NULL, OPTION + CONNTRACK_REPLY_DST },
	{ "protonum", ONE, NULL, OPTION + CONNTRACK_PROTO },
	{ "timeout", ONE, NULL, OPTION + CONNTRACK_TIMEOUT },
	{ "status", ONE, NULL, OPTION + CONNTRACK_STATUS },
	{ "zero", NONE, NULL, OPTION + CONNTRACK_ZERO },
	{ "event-mask", ONE, NULL, OPTION + CONNTRACK_EVENT_MASK },
	{ "tuple-src", ONE, NULL, OPTION + CONNTRACK_TUPLE_SRC },
	{ "tuple-dst", ONE, NULL, OPTION + CONNTRACK_TUPLE_DST },
	{ "mask-src", ONE, NULL, OPTION + CONNTRACK_MASK_SRC },
	{ "mask-dst", ONE, NULL, OPTION + CONNTRACK_MASK_DST },
	{ "nat-range", ONE, NULL, 'a' },
	{ "mark", ONE, NULL, OPTION + CONNTRACK_MARK },
	{ "secmark", ONE, NULL, OPTION + CONNTRACK_SECMARK },
	{ "id", ONE, NULL, OPTION + CONNTRACK_ID },
	{ "family", ONE, NULL, OPTION + CONNTRACK_FAMILY },
	{ "src-nat", MAYBE, NULL, OPTION + CONNTRACK_SRC_NAT },
	{ "dst-nat", MAYBE, NULL, OPTION + CONNTRACK_DST_NAT },
	{ "any-nat", MAYBE, NULL, OPTION + CONNTRACK_ANY_NAT },
	{ "output", ONE, NULL, OPTION + CONNTRACK_OUTPUT },
	{ "buffer-size", ONE, NULL, OPTION + CONNTRACK_BUFFER_SIZE },
	{ "zone", ONE, NULL, OPTION + CONNTRACK_ZONE },
	{ "orig-zone", ONE, NULL, OPTION + CONNTRACK_ORIG_ZONE },
	{ "reply-zone", ONE, NULL, OPTION + CONNTRACK_REPLY_ZONE },
	{ "label", ONE, NULL, OPTION + CONNTRACK_LABEL },
	{ "label-add", ONE, NULL, OPTION + CONNTRACK_LABEL_ADD },
	{ "label-del", MAYBE, NULL, OPTION + CONNTRACK_LABEL_DEL },
};

const char *
conntrack_long_name(unsigned i)
{
	return i < RTE_DIM(long_names) ? long_names[i].name : NULL;
}

/* The options known so far. */
struct known {
	unsigned nb;
	struct option option[LONG_MAX_OPTIONS + 1]; /* a zero one at the end */
};

static void
add_known(struct known *o, const char *name, int value)
{
	if (name != NULL && o->nb < LONG_MAX_OPTIONS)
		o->option[o->nb++] = (struct option){ name, ONE, NULL, value };
	o->option[o->nb] = (struct option){ 0 };
}

static int
read_table(struct cmd *c, struct conntrack *k)
{
	static const char *const tables[] = { "conntrack", "expect", "dying", "unconfirmed" };
	const char *word = optind < c->argc ? c->argv[optind] : NULL;

	if (word == NULL || word[0] == '-')
		return 0;
	for (unsigned i = 0; i < RTE_DIM(tables); i++)
		if (strcmp(word, tables[i]) == 0) {
			k->table = i;
			return 0;
		}
	return conntrack_usage(c, "unknown type `%s'", word);
}

static int
read_verb(struct cmd *c, struct conntrack *k, enum conntrack_verb verb)
{
	if (k->verb != CONNTRACK_NONE && k->verb != verb)
		return conntrack_usage(c, "Invalid commands combination");
	k->verb = verb;
	if (verb == CONNTRACK_LOAD) {
		k->file = optarg;
		return 0;
	}
	return verb == CONNTRACK_HELP || verb == CONNTRACK_VERSION_VERB ? 0 : read_table(c, k);
}

static int
read_proto(struct cmd *c, struct conntrack *k, struct known *known)
{
	int rc = conntrack_read_proto(c, optarg, &k->proto);

	if (rc != 0)
		return rc;
	k->ops = conntrack_proto(k->proto);
	known->nb = RTE_DIM(long_names);
	add_known(known, NULL, 0);
	for (unsigned i = 0; k->ops != NULL && k->ops->options[i].names[0] != NULL; i++)
		for (unsigned n = 0; n < 2; n++)
			add_known(known, k->ops->options[i].names[n], FIELD + i);
	return 0;
}

/* The value of an option whose value may also be the next word. */
static char *
optional_value(const struct cmd *c)
{
	if (optarg != NULL)
		return optarg;
	if (optind < c->argc && c->argv[optind][0] != '-')
		return c->argv[optind++];
	return NULL;
}

static int
read_nat(struct cmd *c, struct conntrack *k, enum conntrack_option o)
{
	struct conntrack_nat *nat = o == CONNTRACK_SRC_NAT   ? &k->src_nat
				    : o == CONNTRACK_DST_NAT ? &k->dst_nat
							     : &k->any_nat;
	uint32_t one = 1u << CONNTRACK_SRC_NAT | 1u << CONNTRACK_DST_NAT,
		 any = 1u << CONNTRACK_ANY_NAT;
	char *text = optional_value(c);

	if (k->options & one && k->options & any)
		return conntrack_usage(
			c, "cannot specify `--src-nat' or `--dst-nat' with `--any-nat'");
	return text != NULL ? conntrack_read_nat(c, k, text, nat) : 0;
}

static int
read_label_del(struct cmd *c, struct conntrack *k)
{
	char *text = optional_value(c);

	if (text != NULL)
		return conntrack_read_labels(c, text, k->label_del);
	memset(k->label_del, 0xff, sizeof(k->label_del));
	return 0;
}

static int
read_family(struct cmd *c, struct conntrack *k)
{
	if (strcmp(optarg, "ipv4") == 0)
		return conntrack_family(c, k, AF_INET);
	if (strcmp(optarg, "ipv6") == 0)
		return conntrack_family(c, k, AF_INET6);
	return conntrack_usage(c, "`%s' unsupported protocol", optarg);
}

static int
read_address(struct cmd *c, struct conntrack *k, enum conntrack_option o)
{
	bool dst = o == CONNTRACK_DST || o == CONNTRACK_REPLY_DST || o == CONNTRACK_TUPLE_DST;
	bool reply = o == CONNTRACK_REPLY_SRC || o == CONNTRACK_REPLY_DST;
	bool tuple = o == CONNTRACK_TUPLE_SRC || o == CONNTRACK_TUPLE_DST;
	struct ip_addr mask = { 0 };
	int rc = conntrack_read_prefix(c, k, optarg, conntrack_option_name(o), !reply,
				       tuple ? &k->tuple[dst] : &k->addr[reply][dst], &mask);

	if (rc == 0 && mask.family != AF_UNSPEC) {
		k->mask[dst] = mask;
		k->options |= 1u << (dst ? CONNTRACK_MASK_DST : CONNTRACK_MASK_SRC);
	}
	return rc;
}

/* Numbers as the tool reads them: what is none counts as 0, too much is cut. */
static int
read_number(struct conntrack *k, enum conntrack_option o)
{
	unsigned long v = strtoul(optarg, NULL, 0);

	switch (o) {
	case CONNTRACK_TIMEOUT:
		k->timeout = strtoul(optarg, NULL, 10);
		break;
	case CONNTRACK_ID:
		k->id = v;
		break;
	case CONNTRACK_BUFFER_SIZE:
		k->buffer_size = strtoul(optarg, NULL, 10);
		break;
	case CONNTRACK_ZONE:
		k->zone = v;
		break;
	case CONNTRACK_ORIG_ZONE:
	case CONNTRACK_REPLY_ZONE:
		k->dir_zone[o == CONNTRACK_REPLY_ZONE] = v;
		break;
	default: /* -c: there are no security labels */
		break;
	}
	return 0;
}

static int
read_option(struct cmd *c, struct conntrack *k, struct known *known, enum conntrack_option o)
{
	k->options |= 1u << o;
	switch (o) {
	case CONNTRACK_SRC:
	case CONNTRACK_DST:
	case CONNTRACK_REPLY_SRC:
	case CONNTRACK_REPLY_DST:
	case CONNTRACK_TUPLE_SRC:
	case CONNTRACK_TUPLE_DST:
		return read_address(c, k, o);
	case CONNTRACK_MASK_SRC:
	case CONNTRACK_MASK_DST:
		return conntrack_read_addr(c, k, optarg, &k->mask[o == CONNTRACK_MASK_DST]);
	case CONNTRACK_PROTO:
		return read_proto(c, k, known);
	case CONNTRACK_STATUS:
		return conntrack_read_status(c, optarg, &k->status);
	case CONNTRACK_EVENT_MASK:
		return conntrack_read_events(c, optarg, &k->events);
	case CONNTRACK_MARK:
		conntrack_read_mark(optarg, &k->mark, &k->mark_mask);
		return 0;
	case CONNTRACK_FAMILY:
		return read_family(c, k);
	case CONNTRACK_OUTPUT:
		return conntrack_read_output(c, optarg, &k->output);
	case CONNTRACK_SRC_NAT:
	case CONNTRACK_DST_NAT:
	case CONNTRACK_ANY_NAT:
		return read_nat(c, k, o);
	case CONNTRACK_LABEL:
		return conntrack_read_labels(c, optarg, k->label);
	case CONNTRACK_LABEL_ADD:
		return conntrack_read_labels(c, optarg, k->label_add);
	case CONNTRACK_LABEL_DEL:
		return read_label_del(c, k);
	case CONNTRACK_ZERO:
		return 0;
	default:
		return read_number(k, o);
	}
}

static int
value_of_letter(int letter)
{
	for (unsigned i = 0; i < RTE_DIM(short_names); i++)
		if (short_names[i].letter == letter)
			return short_names[i].value;
	return letter;
}

static int
read_one(struct cmd *c, struct conntrack *k, struct known *known, int got)
{
	got = got < VERB ? value_of_letter(got) : got;
	if (got >= FIELD)
		return conntrack_proto_read(c, k, &k->ops->options[got - FIELD], optarg);
	if (got >= OPTION)
		return read_option(c, k, known, got - OPTION);
	if (got >= VERB)
		return read_verb(c, k, got - VERB);
	if (got == 'a') {
		str_add(&c->err, "WARNING: ignoring -a, deprecated option.\n");
		return 0;
	}
	return conntrack_usage(c,
			       got == ':' && optopt != 'R' ? "option `%s' requires an argument"
							   : "unknown option `%s'",
			       c->argv[optind - 1]);
}

int
conntrack_parse(struct cmd *c, struct conntrack *k)
{
	struct known known = { .nb = RTE_DIM(long_names) };
	char spec[sizeof(letters) + 1];
	int got, rc = 0;

	*k = (struct conntrack){ .mark_mask = UINT32_MAX };
	memcpy(known.option, long_names, sizeof(long_names));
	spec[0] = ':';
	memcpy(spec + 1, letters, sizeof(letters));
	opterr = 0;
	optind = 0; /* GNU: from the start, whatever was read before */
	while (rc == 0 && (got = getopt_long(c->argc, c->argv, spec, known.option, NULL)) != -1)
		rc = read_one(c, k, &known, got);
	if (rc == 0 && k->verb == CONNTRACK_NONE)
		k->verb = CONNTRACK_HELP;
	return rc;
}
