/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m u32: words of the packet, wherever arithmetic says that they are, in ranges. See rule_ext.h for who
 * calls what.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_value.h"

#define PARTS_MAX 10 /* tests, steps of a test, ranges of a test */

enum u32_op { OP_START, OP_AND, OP_LEFT, OP_RIGHT, OP_AT };

struct u32_test {
	uint8_t nb_steps, nb_values;
	uint8_t op[PARTS_MAX]; /* enum u32_op; the first is OP_START */
	uint32_t number[PARTS_MAX];
	struct rule_range value[PARTS_MAX];
};

struct u32 {
	uint8_t nb, invert;
	struct u32_test test[PARTS_MAX];
};

static const char *const op_text[] = { "", "&", "<<", ">>", "@" };

static const struct rule_opt opts[] = {
	{ "u32", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

struct u32_reader {
	const struct rule_parse *p;
	const char *text, *at;
};

static int
complain(const struct u32_reader *r, const char *what)
{
	return err_set(r->p->err, -EINVAL, "u32: at char %u: %s", (unsigned)(r->at - r->text),
		       what);
}

static void
skip_blanks(struct u32_reader *r)
{
	while (isspace((unsigned char)*r->at))
		r->at++;
}

/* What strtoul() takes for a number, blanks before it included, but no minus. */
static int
read_number(struct u32_reader *r, uint32_t *out)
{
	const char *first = r->at + strspn(r->at, " \t\n\v\f\r");
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(first, &end, 0);
	if (end == first || *first == '-' || errno != 0 || n > UINT32_MAX)
		return complain(r, "not a number or out of range");
	*out = n;
	r->at = end;
	return 0;
}

/* An operator of one or two equal characters. */
static int
read_op(struct u32_reader *r, uint8_t *op)
{
	for (*op = OP_AND; *op <= OP_AT; (*op)++) {
		const char *text = op_text[*op];

		if (*r->at != text[0])
			continue;
		r->at++;
		if (text[1] == '\0')
			return 0;
		if (*r->at != text[1])
			return complain(r, text[1] == '<' ? "a second '<' was expected"
							  : "a second '>' was expected");
		r->at++;
		return 0;
	}
	return complain(r, "operator expected");
}

static int
ends_early(const struct u32_reader *r)
{
	return err_set(r->p->err, -EINVAL, "u32: abrupt end of input after location specifier");
}

/* "0 >> 22 & 0x3C @ 4 =" */
static int
read_location(struct u32_reader *r, struct u32_test *t)
{
	uint8_t op = OP_START;

	skip_blanks(r);
	if (*r->at == '=')
		return complain(r, "location spec missing");
	for (;;) {
		uint32_t n = 0;

		if (*r->at == '\0' && op == OP_START)
			return ends_early(r);
		if (read_number(r, &n) != 0)
			return -EINVAL;
		if (t->nb_steps == PARTS_MAX)
			return complain(r, "too many operators");
		t->op[t->nb_steps] = op;
		t->number[t->nb_steps++] = n;
		skip_blanks(r);
		if (*r->at == '\0')
			return ends_early(r);
		if (*r->at == '=') {
			r->at++;
			return 0;
		}
		if (read_op(r, &op) != 0)
			return -EINVAL;
	}
}

/* "1, 2:5", up to the end or "&&" (*more). */
static int
read_values(struct u32_reader *r, struct u32_test *t, bool *more)
{
	skip_blanks(r);
	if (*r->at == '\0')
		return err_set(r->p->err, -EINVAL, "u32: test ended with no value specified");
	for (;;) {
		struct rule_range v;

		if (read_number(r, &v.lo) != 0)
			return -EINVAL;
		v.hi = v.lo;
		skip_blanks(r);
		if (*r->at == ':') {
			r->at++;
			if (read_number(r, &v.hi) != 0)
				return -EINVAL;
			skip_blanks(r);
		}
		if (t->nb_values == PARTS_MAX)
			return complain(r, "too many \",\"s");
		t->value[t->nb_values++] = v;
		*more = *r->at == '&';
		if (*r->at == '\0')
			return 0;
		if (*r->at != ',' && !*more)
			return complain(r, "expected \",\" or \"&&\"");
		r->at++;
		if (!*more)
			continue;
		if (*r->at != '&')
			return complain(r, "a second '&' was expected");
		r->at++;
		return 0;
	}
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct u32_reader r = { p, arg, arg };
	struct u32_test over; /* one too many is read as well, for what is wrong in it */
	struct u32 *u = data;
	bool more = true;

	u->invert = invert;
	while (more) {
		struct u32_test *t = u->nb < PARTS_MAX ? &u->test[u->nb] : &over;

		memset(t, 0, sizeof(*t));
		if (read_location(&r, t) != 0 || read_values(&r, t, &more) != 0)
			return -EINVAL;
		if (t != &over) {
			u->nb++;
			continue;
		}
		r.at -= more; /* where Linux's has come to */
		return complain(&r, "too many \"&&\"s");
	}
	return 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct u32 *u = data;

	for (unsigned i = 0; i < u->nb; i++)
		for (unsigned k = 1; k < u->test[i].nb_steps; k++)
			if ((u->test[i].op[k] == OP_LEFT || u->test[i].op[k] == OP_RIGHT) &&
			    u->test[i].number[k] > 31)
				return -EINVAL;
	return 0;
}

/* Four bytes of the packet; false: they are not there. */
static bool
word_at(const struct rule_packet *rp, uint64_t offset, uint32_t *out)
{
	const uint32_t *word;
	uint32_t copy;

	if (offset + sizeof(copy) > rp->p->len)
		return false;
	word = rte_pktmbuf_read(rp->m, rp->p->l3 + offset, sizeof(copy), &copy);
	if (word == NULL)
		return false;
	memcpy(&copy, word, sizeof(copy));
	*out = rte_be_to_cpu_32(copy);
	return true;
}

static bool
location_value(const struct rule_packet *rp, const struct u32_test *t, uint32_t *value)
{
	uint64_t base = 0;

	for (unsigned i = 0; i < t->nb_steps; i++) {
		switch (t->op[i]) {
		case OP_AND:
			*value &= t->number[i];
			break;
		case OP_LEFT:
			*value <<= t->number[i];
			break;
		case OP_RIGHT:
			*value >>= t->number[i];
			break;
		case OP_AT:
			base += *value;
			/* fall through */
		default:
			if (!word_at(rp, base + t->number[i], value))
				return false;
		}
	}
	return true;
}

static bool
test_holds(const struct rule_packet *rp, const struct u32_test *t)
{
	uint32_t value = 0;

	if (!location_value(rp, t, &value))
		return false;
	for (unsigned i = 0; i < t->nb_values; i++)
		if (rule_range_has(&t->value[i], value))
			return true;
	return false;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct u32 *u = data;

	for (unsigned i = 0; i < u->nb; i++)
		if (!test_holds(rp, &u->test[i]))
			return u->invert;
	return !u->invert;
}

static void
test_text(struct str *out, const struct u32_test *t)
{
	for (unsigned i = 0; i < t->nb_steps; i++)
		str_printf(out, "%s0x%x", op_text[t->op[i]], t->number[i]);
	for (unsigned i = 0; i < t->nb_values; i++) {
		str_printf(out, "%s0x%x", i == 0 ? "=" : ",", t->value[i].lo);
		if (t->value[i].lo != t->value[i].hi)
			str_printf(out, ":0x%x", t->value[i].hi);
	}
}

static void
text(struct str *out, const struct u32 *u)
{
	str_add(out, " \"");
	for (unsigned i = 0; i < u->nb; i++) {
		str_add(out, i > 0 ? "&&" : "");
		test_text(out, &u->test[i]);
	}
	str_add(out, "\"");
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct u32 *u = data;

	str_printf(out, " u32%s", u->invert ? " !" : "");
	text(out, u);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct u32 *u = data;

	rule_save_opt(out, u->invert, "--u32");
	text(out, u);
}

static struct rule_ext_type type = {
	.name = "u32",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct u32),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_PAYLOAD,
};

RULE_EXT_REGISTER(type)
