/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j HMARK: writes into the packet's mark a number that all packets between two ends share, both directions alike. What
 * counts of a packet is in rule_hmark.h. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "rule_hmark.h"
#include "rule_host.h"
#include "rule_value.h"

enum {
	OPT_SRC,
	OPT_DST,
	OPT_SPORT_MASK,
	OPT_DPORT_MASK,
	OPT_SPI_MASK,
	OPT_SPORT,
	OPT_DPORT,
	OPT_SPI,
	OPT_PROTO,
	OPT_RND,
	OPT_MOD,
	OPT_OFFSET,
	OPT_CT,
	OPT_TUPLE,
	NB_OPTS
};

#define BIT(id) (1u << (id))
#define PORT_MASKS (BIT(OPT_SPORT_MASK) | BIT(OPT_DPORT_MASK))
#define PORTS (BIT(OPT_SPORT) | BIT(OPT_DPORT))
/* One of them has to be given. */
#define ANY_PART (BIT(OPT_RND) - 1 + BIT(OPT_CT))

/* A rule's data: what it asks, and how that was said. */
struct hmark {
	struct rule_hmark what;
	uint32_t given; /* bit per option, those that --hmark-tuple stands for too */
	uint8_t len[2]; /* of the prefixes OPT_SRC and OPT_DST */
};

static const struct rule_opt opts[] = {
	{ "hmark-src-prefix", OPT_SRC, RULE_OPT_ARG, 0 },
	{ "hmark-dst-prefix", OPT_DST, RULE_OPT_ARG, 0 },
	{ "hmark-sport-mask", OPT_SPORT_MASK, RULE_OPT_ARG, 0 },
	{ "hmark-dport-mask", OPT_DPORT_MASK, RULE_OPT_ARG, 0 },
	{ "hmark-spi-mask", OPT_SPI_MASK, RULE_OPT_ARG, 0 },
	{ "hmark-sport", OPT_SPORT, RULE_OPT_ARG, 0 },
	{ "hmark-dport", OPT_DPORT, RULE_OPT_ARG, 0 },
	{ "hmark-spi", OPT_SPI, RULE_OPT_ARG, 0 },
	{ "hmark-proto-mask", OPT_PROTO, RULE_OPT_ARG, 0 },
	{ "hmark-rnd", OPT_RND, RULE_OPT_ARG, 0 },
	{ "hmark-mod", OPT_MOD, RULE_OPT_ARG, 0 },
	{ "hmark-offset", OPT_OFFSET, RULE_OPT_ARG, 0 },
	{ "hmark-tuple", OPT_TUPLE, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

/* Masks and values to be or'ed of both ports share their place with those of the SPI. */
static uint32_t
place(uint32_t ports, unsigned id, uint32_t n)
{
	switch (id) {
	case OPT_SPORT:
	case OPT_SPORT_MASK:
		return (ports & UINT16_MAX) | n << 16;
	case OPT_DPORT:
	case OPT_DPORT_MASK:
		return (ports & ~UINT16_MAX) | n;
	}
	return n;
}

static uint32_t
placed(uint32_t ports, unsigned id)
{
	switch (id) {
	case OPT_SPORT:
	case OPT_SPORT_MASK:
		return ports >> 16;
	case OPT_DPORT:
	case OPT_DPORT_MASK:
		return ports & UINT16_MAX;
	}
	return ports;
}

static void
set_prefix(struct hmark *h, unsigned id, uint8_t len)
{
	union rule_addr *mask = id == OPT_SRC ? &h->what.src_mask : &h->what.dst_mask;

	h->len[id] = len;
	*mask = rule_host_mask(len);
}

/* A part as a word of --hmark-tuple names it: all its bits. */
static void
set_part(const struct rule_parse *p, struct hmark *h, unsigned id)
{
	h->given |= BIT(id);
	if (id == OPT_SRC || id == OPT_DST)
		set_prefix(h, id, rule_host_bits(p->family));
	else if (id == OPT_PROTO)
		h->what.proto_mask = UINT16_MAX;
	else if (id == OPT_CT)
		h->what.ct = true;
	else
		h->what.ports_mask =
			place(h->what.ports_mask, id, id == OPT_SPI_MASK ? UINT32_MAX : UINT16_MAX);
}

/* "src,dst"; the beginning of a word is enough. */
static int
parse_tuple(const struct rule_parse *p, const char *arg, struct hmark *h)
{
	static const struct {
		const char *word;
		unsigned id;
	} parts[] = {
		{ "ct", OPT_CT },
		{ "src", OPT_SRC },
		{ "dst", OPT_DST },
		{ "sport", OPT_SPORT_MASK },
		{ "dport", OPT_DPORT_MASK },
		{ "spi", OPT_SPI_MASK },
		{ "proto", OPT_PROTO },
	};

	for (const char *at = arg;; at++) {
		size_t len = strcspn(at, ",");
		unsigned i = 0;

		if (*at == '\0')
			return err_set(p->err, -EINVAL,
				       "\"--hmark-tuple\" requires a list of types with no spaces, "
				       "e.g. src,dst,sport,dport,proto");
		while (i < RTE_DIM(parts) && strncasecmp(at, parts[i].word, len) != 0)
			i++;
		if (len == 0 || i == RTE_DIM(parts))
			return err_set(p->err, -EINVAL, "Bad type \"%s\"", at);
		set_part(p, h, parts[i].id);
		at += len;
		if (*at == '\0')
			return 0;
	}
}

static int
parse_number(const struct rule_parse *p, unsigned id, const char *arg, struct rule_hmark *k)
{
	static const uint32_t max[NB_OPTS] = {
		[OPT_SPI_MASK] = UINT32_MAX, [OPT_SPI] = UINT32_MAX,    [OPT_RND] = UINT32_MAX,
		[OPT_MOD] = UINT32_MAX,      [OPT_OFFSET] = UINT32_MAX,
	};
	uint32_t n;
	int rc = rule_value_number(p, arg, id == OPT_MOD, max[id] != 0 ? max[id] : UINT16_MAX, &n);

	if (rc != 0)
		return rc;
	if (id == OPT_PROTO)
		k->proto_mask = n;
	else if (id == OPT_RND)
		k->rnd = n;
	else if (id == OPT_MOD)
		k->mod = n;
	else if (id == OPT_OFFSET)
		k->offset = n;
	else if (id <= OPT_SPI_MASK)
		k->ports_mask = place(k->ports_mask, id, n);
	else
		k->ports_set = place(k->ports_set, id, n);
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct hmark *h = data;
	uint8_t len;
	int rc;

	if (id == OPT_TUPLE)
		return parse_tuple(p, arg, h);
	if (h->given & BIT(id))
		return err_set(p->err, -EINVAL, "%s: option \"--%s\" can only be used once.\n",
			       p->type->name, p->opt);
	h->given |= BIT(id);
	if (id != OPT_SRC && id != OPT_DST)
		return parse_number(p, id, arg, &h->what);
	rc = rule_host_prefix(p, arg, &len);
	if (rc == 0)
		set_prefix(h, id, len);
	return rc;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	const struct hmark *h = data;

	if (!(h->given & BIT(OPT_MOD)))
		return err_set(p->err, -EINVAL, "--hmark-mod is mandatory");
	if (!(h->given & BIT(OPT_RND)))
		return err_set(p->err, -EINVAL, "--hmark-rnd is mandatory");
	if (h->given & BIT(OPT_SPI_MASK) && h->given & PORT_MASKS)
		return err_set(p->err, -EINVAL,
			       "you cannot use --hmark-spi-mask and --hmark-?port-mask,at the same "
			       "time");
	if (!(h->given & ANY_PART))
		return err_set(p->err, -EINVAL, "you have to specify --hmark-tuple at least");
	return 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct hmark *h = data;

	return h->given & BIT(OPT_SPI) && h->given & PORTS ? -EINVAL : 0;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct hmark *h = data;
	uint32_t mark;

	if (rule_hmark(rp, &h->what, &mark))
		pkt(rp->m)->mark = mark;
	return RULE_VERDICT_CONTINUE;
}

static uint32_t
value_of(const struct hmark *h, unsigned id)
{
	if (id == OPT_PROTO)
		return h->what.proto_mask;
	return placed(id <= OPT_SPI_MASK ? h->what.ports_mask : h->what.ports_set, id);
}

/* An IPv6 address as a whole has no length in lists, as with iptables. */
static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct hmark *h = data;

	str_printf(out, " HMARK mod %u ", h->what.mod);
	if (h->given & BIT(OPT_OFFSET))
		str_printf(out, "+ 0x%x ", h->what.offset);
	if (h->what.ct)
		str_add(out, "ct, ");
	for (unsigned id = 0; id <= OPT_PROTO; id++) {
		if (!(h->given & BIT(id)))
			continue;
		str_printf(out, "%s ", opts[id].name + strlen("hmark-"));
		if (id > OPT_DST)
			str_printf(out, "0x%x", value_of(h, id));
		else if (h->len[id] < 128)
			str_printf(out, "%u", h->len[id]);
		str_add(out, " ");
	}
	str_printf(out, "rnd 0x%x ", h->what.rnd);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	static const uint8_t digits[] = {
		[OPT_SPORT_MASK] = 4, [OPT_DPORT_MASK] = 4, [OPT_SPI_MASK] = 8, [OPT_SPORT] = 4,
		[OPT_DPORT] = 4,      [OPT_SPI] = 8,        [OPT_PROTO] = 2
	};
	const struct hmark *h = data;

	for (unsigned id = 0; id <= OPT_PROTO; id++) {
		if (!(h->given & BIT(id)))
			continue;
		if (id <= OPT_DST)
			str_printf(out, " --%s %u", opts[id].name, h->len[id]);
		else
			str_printf(out, " --%s 0x%0*x", opts[id].name, digits[id], value_of(h, id));
	}
	str_printf(out, " --hmark-rnd 0x%08x --hmark-mod %u", h->what.rnd, h->what.mod);
	if (h->given & BIT(OPT_OFFSET))
		str_printf(out, " --hmark-offset %u", h->what.offset);
	if (h->what.ct)
		str_add(out, " --hmark-tuple ct");
}

static struct rule_ext_type type = {
	.name = "HMARK",
	.target = true,
	.families = BIT(HOOK_IP4) | BIT(HOOK_IP6),
	.size = sizeof(struct hmark),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	/* What an ICMP error quotes is no part of its flow. */
	.deps = RULE_DEP_TUPLE | RULE_DEP_FRAG | RULE_DEP_PAYLOAD | RULE_DEP_EXT6 |
		RULE_DEP_CTSTATE | RULE_DEP_WRITER,
};

RULE_EXT_REGISTER(type)
