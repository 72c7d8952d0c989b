/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m bpf --bytecode: a classic BPF program that does not say 0. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rule_bpf.h"
#include "rule_value.h"

#define PROGRAM_MAX 64

enum { OPT_BYTECODE, OPT_PINNED };

struct bpf {
	uint16_t nb;
	struct sock_filter program[PROGRAM_MAX];
};

static const struct rule_opt opts[] = {
	{ "bytecode", OPT_BYTECODE, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "object-pinned", OPT_PINNED, RULE_OPT_ARG | RULE_OPT_ONCE, 1u << OPT_BYTECODE },
};

/* "2,48 0 0 9,22 0 0 0", as nfbpf_compile writes it: the number of instructions, then each. */
static int
parse_bytecode(const struct rule_parse *p, const char *arg, struct bpf *b)
{
	const char *at = arg;
	unsigned n = 0;
	char comma;

	if (sscanf(arg, "%hu%c", &b->nb, &comma) != 2 || comma != ',')
		return err_set(p->err, -EINVAL, "bpf: error parsing program length");
	if (b->nb > PROGRAM_MAX)
		return err_set(p->err, -EINVAL, "bpf: number of instructions exceeds maximum");
	if (b->nb == 0)
		return err_set(p->err, -EINVAL, "bpf: illegal zero length program");
	for (; (at = strchr(at, ',')) != NULL && *++at != '\0'; n++) {
		struct sock_filter *i = &b->program[n];

		if (n == b->nb)
			return err_set(p->err, -EINVAL,
				       "bpf: real program length exceeds the encoded length "
				       "parameter");
		if (sscanf(at, "%hu %hhu %hhu %u", &i->code, &i->jt, &i->jf, &i->k) != 4)
			return err_set(p->err, -EINVAL, "bpf: error at instr %u", n);
	}
	return n == b->nb ? 0
			  : err_set(p->err, -EINVAL,
				    "bpf: parsed program length is less than the encoded length "
				    "parameter");
}

/* Pinned programs live in the kernel, and are for it. */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	if (id == OPT_BYTECODE)
		return parse_bytecode(p, arg, data);
	return err_set(p->err, -EINVAL, "bpf: failed to get bpf object");
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0
		       ? 0
		       : err_set(p->err, -EINVAL, "bpf: one of --bytecode or --pinned is required");
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct bpf *b = data;

	return rule_bpf_check(b->program, b->nb);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	return rule_bpf_run(rp, ((const struct bpf *)data)->program) != 0;
}

static void
program_text(struct str *out, const struct bpf *b)
{
	for (unsigned n = 0; n < b->nb; n++)
		str_printf(out, "%s%u %u %u %u", n > 0 ? "," : "", b->program[n].code,
			   b->program[n].jt, b->program[n].jf, b->program[n].k);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, "match bpf ");
	program_text(out, data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " --bytecode \"%u,", ((const struct bpf *)data)->nb);
	program_text(out, data);
	str_add(out, "\"");
}

static struct rule_ext_type type = {
	.name = "bpf",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct bpf),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_PAYLOAD,
};

RULE_EXT_REGISTER(type)
