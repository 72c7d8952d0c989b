/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m string: bytes anywhere in the packet, its headers included. Both algorithms that Linux offers find
 * the same, so there is one here, Knuth, Morris and Pratt's, which goes on from one part of a packet to
 * the next. See rule_ext.h for who calls what.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "rule_value.h"

#define ALGO_MAX 16 /* with NUL */
#define PATTERN_MAX 128

enum { OPT_FROM, OPT_TO, OPT_ALGO, OPT_ICASE, OPT_STRING, OPT_HEX };

struct string {
	char algo[ALGO_MAX];
	uint8_t pattern[PATTERN_MAX];
	uint8_t folded[PATTERN_MAX]; /* what is compared */
	uint8_t shorter
		[PATTERN_MAX]; /* of the first i + 1 bytes: the longest start that is also their end */
	uint16_t from, to;     /* from the IP header on */
	uint8_t len, icase, invert;
};

static const struct rule_opt opts[] = {
	{ "from", OPT_FROM, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "to", OPT_TO, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "algo", OPT_ALGO, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "string", OPT_STRING, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_INVERT, 1u << OPT_HEX },
	{ "hex-string", OPT_HEX, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_INVERT, 1u << OPT_STRING },
	{ "icase", OPT_ICASE, RULE_OPT_ONCE, 0 },
};

static void
init(void *data)
{
	((struct string *)data)->to = UINT16_MAX;
}

static int
parse_plain(const struct rule_parse *p, const char *arg, struct string *s)
{
	size_t len = strlen(arg);

	if (len > PATTERN_MAX)
		return err_set(p->err, -EINVAL, "STRING too long \"%s\"", arg);
	memcpy(s->pattern, arg, len);
	s->len = len;
	return 0;
}

static int
hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Two digits at *at, and one blank behind them. */
static int
hex_byte(const struct rule_parse *p, const char **at, uint8_t *out)
{
	const char *t = *at;

	if (t[1] == '\0')
		return err_set(p->err, -EINVAL, "Odd number of hex digits");
	if (t[2] == '\0')
		return err_set(p->err, -EINVAL, "Invalid hex block");
	for (unsigned i = 0; i < 2; i++)
		if (!isxdigit((unsigned char)t[i]))
			return err_set(p->err, -EINVAL, "Invalid hex char '%c'", t[i]);
	*out = hex_digit(t[0]) << 4 | hex_digit(t[1]);
	*at += t[2] == ' ' ? 3 : 2;
	return 0;
}

/* A bar begins or ends digits; what stands behind it is not taken for another one. */
static const char *
pass_bar(const char *at, bool *hex)
{
	*hex = !*hex;
	at++;
	while (*hex && *at == ' ')
		at++;
	return at;
}

/* "text|0a 0b|text"; a backslash takes what is behind it as it is. */
static int
parse_hex(const struct rule_parse *p, const char *arg, struct string *s)
{
	const char *at = arg;
	bool hex = false;

	if (*at == '\0')
		return err_set(p->err, -EINVAL, "STRING must contain at least one char");
	for (uint8_t byte = 0; *at != '\0'; s->pattern[s->len++] = byte) {
		bool literal = *at == '\\';

		if (literal && hex)
			return err_set(p->err, -EINVAL, "Cannot include literals in hex data");
		if (literal && at[1] == '\0')
			return err_set(p->err, -EINVAL, "Bad literal placement at end of string");
		if (*at == '|' && *(at = pass_bar(at, &hex)) == '\0')
			return 0;
		if (hex && hex_byte(p, &at, &byte) != 0)
			return -EINVAL;
		if (!hex) {
			at += literal;
			byte = *at++;
		}
		if (s->len == PATTERN_MAX)
			return err_set(p->err, -EINVAL, "STRING too long \"%s\"", arg);
	}
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct string *s = data;
	uint32_t n = 0;
	int rc;

	switch (id) {
	case OPT_STRING:
	case OPT_HEX:
		s->invert = invert;
		s->len = 0;
		return id == OPT_HEX ? parse_hex(p, arg, s) : parse_plain(p, arg, s);
	case OPT_ALGO:
		strncpy(s->algo, arg, sizeof(s->algo) - 1);
		return 0;
	case OPT_ICASE:
		s->icase = true;
		return 0;
	default:
		rc = rule_value_number(p, arg, 0, UINT16_MAX, &n);
		*(id == OPT_FROM ? &s->from : &s->to) = n;
		return rc;
	}
}

/* Capitals, as the kernel knows them: Latin 1's. */
static uint8_t
fold(uint8_t c)
{
	bool small = (c >= 'a' && c <= 'z') || (c >= 0xdf && c != 0xf7);

	return small ? c - ('a' - 'A') : c;
}

static void
prepare(struct string *s)
{
	for (unsigned i = 0; i < s->len; i++)
		s->folded[i] = s->icase ? fold(s->pattern[i]) : s->pattern[i];
	for (unsigned i = 1, k = 0; i < s->len; i++) {
		while (k > 0 && s->folded[k] != s->folded[i])
			k = s->shorter[k - 1];
		k += s->folded[k] == s->folded[i];
		s->shorter[i] = k;
	}
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	if (!(seen & (1u << OPT_STRING | 1u << OPT_HEX)))
		return err_set(p->err, -EINVAL,
			       "STRING match: You must specify `--string' or `--hex-string'");
	prepare(data);
	return 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct string *s = data;

	/* Its third one, fsm, is for patterns that iptables cannot say. */
	if (s->from > s->to || s->len == 0 || strcmp(s->algo, "fsm") == 0)
		return -EINVAL;
	return strcmp(s->algo, "bm") == 0 || strcmp(s->algo, "kmp") == 0 ? 0 : -ENOENT;
}

/* Goes on where k bytes of the pattern have been seen; s->len: all of it. */
static unsigned
scan(const struct string *s, const uint8_t *bytes, unsigned n, unsigned k)
{
	for (unsigned i = 0; i < n && k < s->len; i++) {
		uint8_t c = s->icase ? fold(bytes[i]) : bytes[i];

		if (k == 0 && !s->icase && c != s->folded[0]) {
			const uint8_t *next = memchr(bytes + i, s->folded[0], n - i);

			if (next == NULL)
				return 0;
			i = next - bytes;
			c = *next;
		}
		while (k > 0 && s->folded[k] != c)
			k = s->shorter[k - 1];
		k += s->folded[k] == c;
	}
	return k;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct string *s = data;
	uint32_t at = rp->p->l3 + s->from, end = rp->p->l3 + RTE_MIN(rp->p->len, s->to), start = 0;
	unsigned k = 0;

	for (const struct rte_mbuf *m = rp->m; m != NULL && at < end && k < s->len; m = m->next) {
		uint32_t stop = RTE_MIN(start + m->data_len, end);

		if (at < stop) {
			k = scan(s, rte_pktmbuf_mtod_offset(m, uint8_t *, at - start), stop - at,
				 k);
			at = stop;
		}
		start += m->data_len;
	}
	return (k == s->len) != s->invert;
}

/* Quotes cannot say it. */
static bool
is_hex(const struct string *s)
{
	bool hex = s->len > 0 && s->pattern[s->len - 1] == '\\';

	for (unsigned i = 0; i < s->len; i++)
		hex |= s->pattern[i] < ' ' || s->pattern[i] > '~';
	return hex;
}

static void
pattern_text(struct str *out, const struct string *s)
{
	bool hex = is_hex(s);

	str_add(out, hex ? "\"|" : "\"");
	for (unsigned i = 0; i < s->len; i++) {
		uint8_t c = s->pattern[i];

		if (hex)
			str_printf(out, "%02x", c);
		else
			str_printf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
	}
	str_add(out, hex ? "|\"" : "\"");
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct string *s = data;

	str_printf(out, " STRING match %s ", s->invert ? "!" : "");
	pattern_text(out, s);
	str_printf(out, " ALGO name %s", s->algo);
	if (s->from != 0)
		str_printf(out, " FROM %u", s->from);
	if (s->to != UINT16_MAX)
		str_printf(out, " TO %u", s->to);
	if (s->icase)
		str_add(out, " ICASE");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct string *s = data;

	rule_save_opt(out, s->invert, is_hex(s) ? "--hex-string " : "--string ");
	pattern_text(out, s);
	str_printf(out, " --algo %s", s->algo);
	if (s->from != 0)
		str_printf(out, " --from %u", s->from);
	if (s->to != UINT16_MAX)
		str_printf(out, " --to %u", s->to);
	if (s->icase)
		str_add(out, " --icase");
}

static struct rule_ext_type type = {
	.name = "string",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct string),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_PAYLOAD,
};

RULE_EXT_REGISTER(type)
