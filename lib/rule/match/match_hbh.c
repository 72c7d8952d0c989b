/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m hbh, -m dst (IPv6): hop-by-hop and destination options, in the order given, from the first. See
 * rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_ext6.h"
#include "rule_value.h"

#define OPTIONS_MAX 16
#define ANY_LEN 0xff
#define PAD1 0 /* the option that has no length byte */

enum { OPT_LEN, OPT_OPTS };

struct hbh {
	uint32_t len;
	uint8_t has_len, len_invert;
	uint8_t nb;
	struct {
		uint8_t type, len;
	} option[OPTIONS_MAX];
};

#define LEN_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts_hbh[] = {
	{ "hbh-len", OPT_LEN, LEN_FLAGS, 0 },
	{ "hbh-opts", OPT_OPTS, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};
static const struct rule_opt opts_dst[] = {
	{ "dst-len", OPT_LEN, LEN_FLAGS, 0 },
	{ "dst-opts", OPT_OPTS, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

/* A number whose lowest byte counts. what: "opt", "length". */
static int
parse_byte(const struct rule_parse *p, const char *text, const char *what, uint8_t *out)
{
	char *end;

	errno = 0;
	*out = strtoul(text, &end, 0);
	if (end == text)
		return err_set(p->err, -EINVAL, "%s: no valid digits in %s `%s'", p->type->name,
			       what, text);
	if (errno == ERANGE)
		return err_set(p->err, -EINVAL, "%s `%s' specified too big: would overflow", what,
			       text);
	if (*end != '\0')
		return err_set(p->err, -EINVAL, "%s: error parsing %s `%s'", p->type->name, what,
			       text);
	return 0;
}

/* "TYPE[:LENGTH],..." */
static int
parse_options(const struct rule_parse *p, const char *arg, struct hbh *h)
{
	char *copy = strdup(arg), *rest = copy, *word;
	int rc = copy == NULL ? -ENOMEM : 0;

	while (rc == 0 && (word = strsep(&rest, ",")) != NULL) {
		char *len = strchr(word, ':');

		if (h->nb == OPTIONS_MAX) {
			rc = err_set(p->err, -EINVAL, "too many addresses specified");
			break;
		}
		if (len != NULL)
			*len++ = '\0';
		h->option[h->nb].len = ANY_LEN;
		if (len != NULL)
			rc = parse_byte(p, len, "length", &h->option[h->nb].len);
		if (rc == 0)
			rc = parse_byte(p, word, "opt", &h->option[h->nb].type);
		h->nb++;
	}
	free(copy);
	return rc;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct hbh *h = data;

	if (id == OPT_OPTS)
		return parse_options(p, arg, h);
	h->has_len = 1;
	h->len_invert = invert;
	return rule_value_number(p, arg, 0, UINT32_MAX, &h->len);
}

/* bytes: of the options, left of them are in the packet. */
static bool
options_match(const struct hbh *h, const uint8_t *bytes, unsigned left)
{
	for (unsigned i = 0; i < h->nb; i++) {
		unsigned len = 1;

		if (left < 1 || bytes[0] != h->option[i].type)
			return false;
		if (bytes[0] != PAD1) {
			if (left < 2 ||
			    (h->option[i].len != ANY_LEN && h->option[i].len != bytes[1]))
				return false;
			len = bytes[1] + 2u;
		}
		if (len > left)
			return false;
		bytes += len;
		left -= len;
	}
	return true;
}

static bool
match(struct rule_packet *rp, const struct hbh *h, uint8_t type)
{
	unsigned offset, len;
	const uint8_t *bytes = rule_ext6_get(rp, type, 2, &offset);

	if (bytes == NULL)
		return false;
	len = rule_ext6_len(rp, type, offset);
	if (rule_ext6_bytes(rp, offset, len) == NULL) {
		rp->hotdrop = true;
		return false;
	}
	if (h->has_len && (h->len == len) == h->len_invert)
		return false;
	return options_match(h, bytes + 2, len - 2);
}

static bool
match_hbh(struct rule_packet *rp, const void *data)
{
	return match(rp, data, IPPROTO_HOPOPTS);
}

static bool
match_dst(struct rule_packet *rp, const void *data)
{
	return match(rp, data, IPPROTO_DSTOPTS);
}

static void
options_text(struct str *out, const struct hbh *h)
{
	for (unsigned i = 0; i < h->nb; i++) {
		str_printf(out, "%s%u", i > 0 ? "," : " ", h->option[i].type);
		if (h->option[i].len != ANY_LEN)
			str_printf(out, ":%u", h->option[i].len);
	}
}

static void
print(struct str *out, const char *name, const struct hbh *h)
{
	str_printf(out, " %s", name);
	if (h->has_len)
		str_printf(out, " length:%s%u", h->len_invert ? "!" : "", h->len);
	if (h->nb > 0)
		str_add(out, " opts");
	options_text(out, h);
}

static void
print_hbh(struct str *out, const struct rule_where *w, const void *data)
{
	print(out, "hbh", data);
}

static void
print_dst(struct str *out, const struct rule_where *w, const void *data)
{
	print(out, "dst", data);
}

static void
save(struct str *out, const char *name, const struct hbh *h)
{
	if (h->has_len)
		str_printf(out, "%s --%s-len %u", h->len_invert ? " !" : "", name, h->len);
	if (h->nb > 0)
		str_printf(out, " --%s-opts", name);
	options_text(out, h);
}

static void
save_hbh(struct str *out, const struct rule_where *w, const void *data)
{
	save(out, "hbh", data);
}

static void
save_dst(struct str *out, const struct rule_where *w, const void *data)
{
	save(out, "dst", data);
}

#define HBH_TYPE(name_, match_, print_, save_)                                                \
	{                                                                                     \
		.name = #name_, .families = 1u << HOOK_IP6, .size = sizeof(struct hbh),       \
		.opts = opts_##name_, .nb_opts = RTE_DIM(opts_##name_), .parse = parse,       \
		.match = (match_), .print = (print_), .save = (save_), .deps = RULE_DEP_EXT6, \
	}

static struct rule_ext_type type_hbh = HBH_TYPE(hbh, match_hbh, print_hbh, save_hbh);
static struct rule_ext_type type_dst = HBH_TYPE(dst, match_dst, print_dst, save_dst);

RULE_EXT_REGISTER(type_hbh)
RULE_EXT_REGISTER(type_dst)
