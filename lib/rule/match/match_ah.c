/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m ah: the authentication header, IPv4's protocol and IPv6's extension header; -m esp: ESP. See
 * rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>

#include "rule.h"
#include "rule_ext6.h"
#include "rule_value.h"

enum { OPT_SPI, OPT_LEN, OPT_RES };

struct ipsec {
	struct rule_range spi;
	uint8_t invert;
	/* IPv6's ah */
	uint8_t len_invert, reserved;
	uint32_t len;
};

#define SPI_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts_ah4[] = { { "ahspi", OPT_SPI, SPI_FLAGS, 0 } };
static const struct rule_opt opts_esp[] = { { "espspi", OPT_SPI, SPI_FLAGS, 0 } };
static const struct rule_opt opts_ah6[] = {
	{ "ahspi", OPT_SPI, SPI_FLAGS, 0 },
	{ "ahlen", OPT_LEN, SPI_FLAGS, 0 },
	{ "ahres", OPT_RES, RULE_OPT_ONCE, 0 },
};

static void
init(void *data)
{
	((struct ipsec *)data)->spi.hi = UINT32_MAX;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct ipsec *s = data;

	switch (id) {
	case OPT_SPI:
		s->invert = invert;
		return rule_value_range(p, arg, UINT32_MAX, &s->spi);
	case OPT_LEN:
		s->len_invert = invert;
		return rule_value_number(p, arg, 0, UINT32_MAX, &s->len);
	default:
		s->reserved = 1;
		return 0;
	}
}

static int
check_proto(const struct rule_where *w, uint8_t proto)
{
	return rule_ip_must_be(w->ip, proto);
}

static int
check_ah4(const struct rule_where *w, const void *data)
{
	return check_proto(w, IPPROTO_AH);
}

static int
check_esp(const struct rule_where *w, const void *data)
{
	return check_proto(w, IPPROTO_ESP);
}

static bool
spi_match(const struct ipsec *s, const uint8_t *be)
{
	uint32_t spi = (uint32_t)be[0] << 24 | be[1] << 16 | be[2] << 8 | be[3];

	return rule_range_has(&s->spi, spi) != s->invert;
}

/* The SPI at an offset of a header of so many bytes behind the IP header. */
static bool
match_l4(struct rule_packet *rp, const struct ipsec *s, unsigned offset, unsigned len)
{
	const struct pkt *p = rp->p;

	if (p->flags & PKT_FRAG_LATER)
		return false;
	if (p->l4 + len > p->l3 + p->len) {
		rp->hotdrop = true;
		return false;
	}
	return spi_match(s, (const uint8_t *)pkt_l4(rp->m) + offset);
}

static bool
match_ah4(struct rule_packet *rp, const void *data)
{
	return match_l4(rp, data, 4, 12);
}

static bool
match_esp(struct rule_packet *rp, const void *data)
{
	return match_l4(rp, data, 0, 8);
}

static bool
match_ah6(struct rule_packet *rp, const void *data)
{
	const struct ipsec *s = data;
	unsigned offset;
	const uint8_t *h = rule_ext6_get(rp, IPPROTO_AH, 12, &offset);

	if (h == NULL || !spi_match(s, h + 4))
		return false;
	if (s->len != 0 && (rule_ext6_len(rp, IPPROTO_AH, offset) == s->len) == s->len_invert)
		return false;
	return !(s->reserved && (h[2] | h[3]) != 0);
}

static void
print_ah4(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipsec *s = data;

	str_add(out, " ah ");
	rule_range_print(out, "spi", &s->spi, s->invert);
}

static void
print_esp(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipsec *s = data;

	str_add(out, " esp");
	rule_range_print(out, " spi", &s->spi, s->invert);
}

static void
print_ah6(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipsec *s = data;

	str_add(out, " ah ");
	rule_range_print(out, "spi", &s->spi, s->invert);
	if (s->len != 0 || s->len_invert)
		str_printf(out, "length:%s%u", s->len_invert ? "!" : "", s->len);
	if (s->reserved)
		str_add(out, " reserved");
}

static void
save_ah(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipsec *s = data;

	rule_range_save(out, "--ahspi", &s->spi, s->invert);
	if (s->len != 0 || s->len_invert) {
		rule_save_opt(out, s->len_invert, "--ahlen");
		str_printf(out, " %u", s->len);
	}
	if (s->reserved)
		str_add(out, " --ahres");
}

static void
save_esp(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipsec *s = data;

	rule_range_save(out, "--espspi", &s->spi, s->invert);
}

static struct rule_ext_type type_ah4 = {
	.name = "ah",
	.families = 1u << HOOK_IP4,
	.proto = IPPROTO_AH,
	.size = sizeof(struct ipsec),
	.opts = opts_ah4,
	.nb_opts = RTE_DIM(opts_ah4),
	.init = init,
	.parse = parse,
	.check = check_ah4,
	.match = match_ah4,
	.print = print_ah4,
	.save = save_ah,
	.deps = RULE_DEP_TUPLE | RULE_DEP_PAYLOAD,
};
static struct rule_ext_type type_ah6 = {
	.name = "ah",
	.families = 1u << HOOK_IP6,
	.proto = IPPROTO_AH,
	.size = sizeof(struct ipsec),
	.opts = opts_ah6,
	.nb_opts = RTE_DIM(opts_ah6),
	.init = init,
	.parse = parse,
	.match = match_ah6,
	.print = print_ah6,
	.save = save_ah,
	.deps = RULE_DEP_EXT6,
};
static struct rule_ext_type type_esp = {
	.name = "esp",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.proto = IPPROTO_ESP,
	.size = sizeof(struct ipsec),
	.opts = opts_esp,
	.nb_opts = RTE_DIM(opts_esp),
	.init = init,
	.parse = parse,
	.check = check_esp,
	.match = match_esp,
	.print = print_esp,
	.save = save_esp,
	.deps = RULE_DEP_TUPLE | RULE_DEP_PAYLOAD,
};

RULE_EXT_REGISTER(type_ah4)
RULE_EXT_REGISTER(type_ah6)
RULE_EXT_REGISTER(type_esp)
