/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Options of iptables. getopt_long() does the splitting, because abbreviations and their ambiguities
 * are part of what people type; its table grows when -m or -j brings an extension with options.
 * Called for iptables itself and for each line of iptables-restore. Control lcore.
 */
#include <stdio.h>
#include <string.h>

#include "cmd_iptables_parser.h"

const struct option ipt_base_options[] = {
	{ "append", 1, NULL, 'A' },        { "delete", 1, NULL, 'D' },
	{ "check", 1, NULL, 'C' },         { "insert", 1, NULL, 'I' },
	{ "replace", 1, NULL, 'R' },       { "list", 2, NULL, 'L' },
	{ "list-rules", 2, NULL, 'S' },    { "flush", 2, NULL, 'F' },
	{ "zero", 2, NULL, 'Z' },          { "new-chain", 1, NULL, 'N' },
	{ "delete-chain", 2, NULL, 'X' },  { "rename-chain", 1, NULL, 'E' },
	{ "policy", 1, NULL, 'P' },        { "source", 1, NULL, 's' },
	{ "destination", 1, NULL, 'd' },   { "src", 1, NULL, 's' },
	{ "dst", 1, NULL, 'd' },           { "protocol", 1, NULL, 'p' },
	{ "in-interface", 1, NULL, 'i' },  { "jump", 1, NULL, 'j' },
	{ "table", 1, NULL, 't' },         { "match", 1, NULL, 'm' },
	{ "numeric", 0, NULL, 'n' },       { "out-interface", 1, NULL, 'o' },
	{ "verbose", 0, NULL, 'v' },       { "wait", 2, NULL, 'w' },
	{ "wait-interval", 2, NULL, 'W' }, { "exact", 0, NULL, 'x' },
	{ "version", 0, NULL, 'V' },       { "help", 2, NULL, 'h' },
	{ "line-numbers", 0, NULL, '0' },  { "modprobe", 1, NULL, 'M' },
	{ "set-counters", 1, NULL, 'c' },  { "goto", 1, NULL, 'g' },
	{ "ipv4", 0, NULL, '4' },          { "ipv6", 0, NULL, '6' },
	{ "fragments", 0, NULL, 'f' }, /* the last: of IPv4 only */
};

const unsigned ipt_nb_base_options = RTE_DIM(ipt_base_options);

static const char short_options[] =
	"-:A:C:D:R:I:L::S::M:F::Z::N:X::E:P:Vh::o:p:s:d:j:i:fvw::W::nt:m:xc:g:46";

_Static_assert(RTE_DIM(ipt_base_options) <= 64, "room in struct ipt_parser");

/* 0, or the error of a parser of lib/rule in iptables' clothes. */
static int
parsed(struct ipt_parser *p, int rc)
{
	return rc == 0 ? IPT_OK : ipt_bad(p->x, "%s", p->err.text);
}

static unsigned
add_ext_options(struct ipt_parser *p, unsigned n, const struct rule_ext_type *type,
		unsigned instance)
{
	for (unsigned i = 0; i < type->nb_opts && i < EXT_OPTS_MAX; i++)
		p->options[n++] = (struct option){
			.name = type->opts[i].name,
			.has_arg = type->opts[i].flags & RULE_OPT_ARG ? 1 : 0,
			.val = EXT_BASE + EXT_STEP * instance + i,
		};
	return n;
}

/* The newest extension comes first, so that its options win over an older one's of that name. */
static void
make_options(struct ipt_parser *p)
{
	const struct rule_spec *s = &p->x->spec;
	unsigned n = RTE_DIM(ipt_base_options) - (p->x->family == HOOK_IP6);

	memcpy(p->options, ipt_base_options, sizeof(ipt_base_options));
	for (unsigned i = s->nb_matches;; i--) {
		if (s->target.type != NULL && i == p->jump_at)
			n = add_ext_options(p, n, s->target.type, 0);
		if (i == 0)
			break;
		n = add_ext_options(p, n, s->match[i - 1].type, i);
	}
	memset(&p->options[n], 0, sizeof(p->options[n]));
}

static int
set_option(struct ipt_parser *p, uint32_t option)
{
	static const char letters[] = "nsdpjvxio0cf";
	static const uint32_t invertible = IPT_O_SOURCE | IPT_O_DESTINATION | IPT_O_PROTOCOL |
					   IPT_O_IN | IPT_O_OUT | IPT_O_FRAGMENT;
	char letter = letters[__builtin_ctz(option)];

	if (p->x->options & option)
		return ipt_bad(p->x, "multiple -%c flags not allowed", letter);
	p->x->options |= option;
	if (p->invert && !(option & invertible))
		return ipt_bad(p->x, "cannot have ! before -%c", letter);
	return IPT_OK;
}

/* -s -d -p -i -o -j: iptables takes the last word read, so that a value in one word with its option is not found. */
static const char *
whole_word(const struct ipt_parser *p)
{
	return p->argv[optind - 1];
}

static int
jump_option(struct ipt_parser *p, bool is_goto)
{
	struct ipt *x = p->x;
	int rc = set_option(p, IPT_O_JUMP);

	if (rc != IPT_OK)
		return rc;
	x->is_goto = is_goto;
	x->jump = is_goto ? optarg : whole_word(p);
	if (is_goto)
		return IPT_OK;
	rc = rule_spec_jump(&x->spec, NULL, x->jump, &p->err);
	if (rc == -ENOENT)
		return IPT_OK; /* a chain perhaps: when the table is known */
	if (rc == 0) {
		x->jump = NULL;
		p->jump_at = x->spec.nb_matches;
		make_options(p);
	}
	return parsed(p, rc);
}

static int
counter_option(struct ipt_parser *p)
{
	struct ipt *x = p->x;
	const char *bytes = optarg[0] != '\0' ? strchr(optarg + 1, ',') : NULL;
	unsigned long long n[2];
	int rc = set_option(p, IPT_O_COUNTERS);

	if (rc != IPT_OK)
		return rc;
	if (bytes != NULL)
		bytes++;
	else if (ipt_has_word(p))
		bytes = p->argv[optind++];
	else
		return ipt_bad(x, "-%c requires packet and byte counter", 'c');
	if (sscanf(optarg, "%llu", &n[0]) != 1)
		return ipt_bad(x, "-%c packet counter not numeric", 'c');
	if (sscanf(bytes, "%llu", &n[1]) != 1)
		return ipt_bad(x, "-%c byte counter not numeric", 'c');
	x->count = (struct count){ n[0], n[1] };
	return IPT_OK;
}

/* -s -d -p -i -o -f -m: parts of a rule. */
static int
rule_option(struct ipt_parser *p, int c)
{
	struct ipt *x = p->x;
	struct str *warn = &x->cmd->err;
	int rc;

	switch (c) {
	case 's':
		x->src = whole_word(p);
		x->src_invert = p->invert;
		return set_option(p, IPT_O_SOURCE);
	case 'd':
		x->dst = whole_word(p);
		x->dst_invert = p->invert;
		return set_option(p, IPT_O_DESTINATION);
	case 'p':
		rc = set_option(p, IPT_O_PROTOCOL);
		return rc != IPT_OK ? rc
				    : parsed(p, rule_spec_proto(&x->spec, whole_word(p), p->invert,
								warn, &p->err));
	case 'i':
	case 'o':
		rc = set_option(p, c == 'i' ? IPT_O_IN : IPT_O_OUT);
		return rc != IPT_OK ? rc
				    : parsed(p, rule_spec_iface(&x->spec, c == 'o', whole_word(p),
								p->invert, warn, &p->err));
	case 'f':
		if (x->family == HOOK_IP6)
			return ipt_bad(x, "`-f' is not supported in IPv6, use -m frag instead");
		x->spec.ip.flags |= RULE_IP_FRAG;
		if (p->invert)
			x->spec.ip.inv |= RULE_INV_FRAG;
		return set_option(p, IPT_O_FRAGMENT);
	default:
		if (p->invert)
			return ipt_bad(x, "unexpected ! flag before --match");
		rc = parsed(p, rule_spec_match(&x->spec, optarg, &p->err));
		make_options(p);
		return rc;
	}
}

static int
wait_option(struct ipt_parser *p, int c)
{
	struct ipt *x = p->x;
	const char *arg = optarg;

	if (x->restoring)
		return ipt_bad(x, "You cannot use `-%c' from iptables-restore", c);
	if (arg == NULL && ipt_has_word(p))
		arg = p->argv[optind++];
	return ipt_wait(x, c, arg);
}

static int
family_option(struct ipt_parser *p, enum hook_family family)
{
	if (p->x->family == family)
		return IPT_OK;
	if (p->x->restoring) {
		p->x->ignored = true;
		return IPT_STOP;
	}
	return ipt_bad(p->x, "%s", "");
}

static int
other_option(struct ipt_parser *p, int c)
{
	struct ipt *x = p->x;
	int rc;

	switch (c) {
	case 'n':
		return set_option(p, IPT_O_NUMERIC);
	case 'x':
		return set_option(p, IPT_O_EXPANDED);
	case '0':
		return set_option(p, IPT_O_LINENUMBERS);
	case 'v':
		rc = x->verbose == 0 ? set_option(p, IPT_O_VERBOSE) : IPT_OK;
		x->verbose++;
		return rc;
	case 't':
		if (p->invert)
			return ipt_bad(x, "unexpected ! flag before --table");
		if (x->restoring)
			return ipt_bad(x, "The -t option cannot be used in %s.\n", x->prog);
		x->table = optarg;
		return IPT_OK;
	case '4':
		return family_option(p, HOOK_IP4);
	case '6':
		return family_option(p, HOOK_IP6);
	case 'V':
		if (p->invert)
			str_add(&x->cmd->out, "Not " IPT_VERSION " (legacy) ;-)\n");
		else
			str_printf(&x->cmd->out, "%s v" IPT_VERSION " (legacy)\n", x->prog);
		return IPT_STOP;
	default:
		ipt_help(x);
		return IPT_STOP;
	}
}

/* "!" turns the next option round; any other word is a mistake. *keep: "!" still waits. */
static int
plain_word(struct ipt_parser *p, bool *keep)
{
	if (strcmp(optarg, "!") != 0)
		return ipt_bad_argument(p->x, optarg);
	if (p->invert)
		return ipt_bad(p->x, "multiple consecutive ! not allowed");
	p->invert = true;
	*keep = true;
	return IPT_OK;
}

static int
ext_option(struct ipt_parser *p, int c)
{
	struct ipt *x = p->x;
	unsigned instance = (c - EXT_BASE) / EXT_STEP;
	struct rule_parse rp = {
		.family = x->family,
		.ip = &x->spec.ip,
		.argc = p->argc,
		.argv = p->argv,
		.next = &optind,
		.warn = &x->cmd->err,
		.err = &p->err,
	};
	struct rule_ext *ext = instance == 0 ? &x->spec.target : &x->spec.match[instance - 1];

	return parsed(p, rule_ext_option(&rp, ext, (c - EXT_BASE) % EXT_STEP, optarg, p->invert));
}

/* An option of nobody may be one of the protocol's match, which is loaded only when needed. */
static int
unknown_option(struct ipt_parser *p, int c, bool *keep)
{
	const char *word = p->argv[optind - 1];

	if (c == ':')
		return ipt_bad(p->x, "option \"%s\" requires an argument", word);
	if (word[0] == '-' && word[1] == '-' && rule_spec_match_of_proto(&p->x->spec)) {
		make_options(p);
		optind--;
		*keep = p->invert;
		return IPT_OK;
	}
	return ipt_bad(p->x, "unknown option \"%s\"", word);
}

static int
one_option(struct ipt_parser *p, int c, bool *keep)
{
	if (c >= EXT_BASE)
		return ext_option(p, c);
	switch (c) {
	case 1:
		return plain_word(p, keep);
	case '?':
	case ':':
		return unknown_option(p, c, keep);
	case 'c':
		return counter_option(p);
	case 'j':
	case 'g':
		return jump_option(p, c == 'g');
	case 'w':
	case 'W':
		return wait_option(p, c);
	case 'M':
		return IPT_OK;
	}
	if (strchr("ACDRINXEPLSFZ", c) != NULL)
		return ipt_verb(p, c);
	if (strchr("sdpiofm", c) != NULL)
		return rule_option(p, c);
	return other_option(p, c);
}

int
ipt_parse(struct ipt *x, int argc, char **argv)
{
	struct ipt_parser p = { .x = x, .argc = argc, .argv = argv };
	int rc = IPT_OK, c;

	rule_spec_init(&x->spec, x->family);
	make_options(&p);
	optind = 0; /* glibc: start afresh */
	opterr = 0;
	while (rc == IPT_OK &&
	       (c = getopt_long(argc, argv, short_options, p.options, NULL)) != -1) {
		bool keep = false;

		rc = one_option(&p, c, &keep);
		if (!keep)
			p.invert = false;
	}
	if (rc != IPT_OK)
		return rc;
	if (x->wait_interval && !x->wait)
		return ipt_bad(x, "--wait-interval only makes sense with --wait\n");
	rc = ipt_check_drop(x);
	if (rc != IPT_OK)
		return rc;
	struct rule_parse rp = {
		.family = x->family,
		.ip = &x->spec.ip,
		.argc = argc,
		.argv = argv,
		.next = &optind,
		.warn = &x->cmd->err,
		.err = &p.err,
	};

	rc = parsed(&p, rule_spec_final(&x->spec, &rp));
	if (rc != IPT_OK)
		return rc;
	if (optind < argc)
		return ipt_bad(x, "unknown arguments found on commandline");
	if (x->command == 0)
		return ipt_bad(x, "no command specified");
	if (p.invert)
		return ipt_bad(x, "nothing appropriate following !");
	return ipt_finish(x);
}

void
ipt_free(struct ipt *x)
{
	rule_spec_free(&x->spec);
}
