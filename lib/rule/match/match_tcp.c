/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m tcp: ports, flags, options. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include <rte_tcp.h>

#include "rule_ports.h"

#define SYN_MASK 0x17 /* FIN, SYN, RST, ACK */
#define SYN_COMP 0x02

struct tcp {
	struct rule_ports sport, dport;
	uint8_t mask, comp, flags_invert;
	uint8_t option, option_invert;
};

enum { OPT_SPORT, OPT_DPORT, OPT_FLAGS, OPT_SYN, OPT_OPTION };

#define OPT_ANY (RULE_OPT_ARG | RULE_OPT_INVERT)

static const struct rule_opt opts[] = {
	{ "source-port", OPT_SPORT, OPT_ANY, 0 },      { "sport", OPT_SPORT, OPT_ANY, 0 },
	{ "destination-port", OPT_DPORT, OPT_ANY, 0 }, { "dport", OPT_DPORT, OPT_ANY, 0 },
	{ "tcp-flags", OPT_FLAGS, OPT_ANY, 0 },        { "syn", OPT_SYN, RULE_OPT_INVERT, 0 },
	{ "tcp-option", OPT_OPTION, OPT_ANY, 0 },
};

static const struct {
	const char *name;
	uint8_t bits;
} flag_names[] = {
	{ "FIN", 0x01 }, { "SYN", 0x02 }, { "RST", 0x04 }, { "PSH", 0x08 },
	{ "ACK", 0x10 }, { "URG", 0x20 }, { "ALL", 0x3f }, { "NONE", 0x00 },
};

static void
init(void *data)
{
	struct tcp *t = data;

	t->sport.hi = t->dport.hi = UINT16_MAX;
}

static int
parse_flags(const char *text, uint8_t *bits, struct err *e)
{
	char copy[64];
	char *save = NULL;

	if (strlen(text) >= sizeof(copy))
		return err_set(e, -EINVAL, "Unknown TCP flag `%.64s'", text);
	strcpy(copy, text);
	for (char *w = strtok_r(copy, ",", &save); w != NULL; w = strtok_r(NULL, ",", &save)) {
		unsigned i;

		for (i = 0; i < RTE_DIM(flag_names); i++)
			if (strcasecmp(flag_names[i].name, w) == 0)
				break;
		if (i == RTE_DIM(flag_names))
			return err_set(e, -EINVAL, "Unknown TCP flag `%s'", w);
		*bits |= flag_names[i].bits;
	}
	return 0;
}

static int
parse_tcp_flags(const struct rule_parse *p, const char *arg, bool invert, struct tcp *t)
{
	const char *comp;
	int rc;

	if (*p->next >= p->argc || p->argv[*p->next][0] == '-' || p->argv[*p->next][0] == '!')
		return err_set(p->err, -EINVAL, "--tcp-flags requires two args.");
	comp = p->argv[(*p->next)++];
	rc = parse_flags(arg, &t->mask, p->err);
	if (rc == 0)
		rc = parse_flags(comp, &t->comp, p->err);
	t->flags_invert = invert;
	return rc;
}

static int
parse_option(const struct rule_parse *p, const char *arg, bool invert, struct tcp *t)
{
	unsigned long long n;

	if (!rule_number(arg, UINT8_MAX, &n) || n == 0)
		return err_set(p->err, -EINVAL, "Bad TCP option \"%s\"", arg);
	t->option = n;
	t->option_invert = invert;
	return 0;
}

/* tcp keeps the older texts for options given twice, so it looks by itself. */
struct seen {
	struct tcp tcp;
	uint8_t bits;
};

static int
once(const struct rule_parse *p, struct seen *s, unsigned id, const char *text)
{
	unsigned bit = id == OPT_SYN ? OPT_FLAGS : id;

	if (s->bits & 1u << bit)
		return err_set(p->err, -EINVAL, "%s", text);
	s->bits |= 1u << bit;
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	static const char *const twice[] = {
		[OPT_SPORT] = "Only one `--source-port' allowed",
		[OPT_DPORT] = "Only one `--destination-port' allowed",
		[OPT_FLAGS] = "Only one of `--syn' or `--tcp-flags'  allowed",
		[OPT_SYN] = "Only one of `--syn' or `--tcp-flags'  allowed",
		[OPT_OPTION] = "Only one `--tcp-option' allowed",
	};
	struct tcp *t = data;
	int rc = once(p, data, id, twice[id]);

	if (rc != 0)
		return rc;
	switch (id) {
	case OPT_SPORT:
		t->sport.invert = invert;
		return rule_ports_parse(arg, "tcp", &t->sport, p->err);
	case OPT_DPORT:
		t->dport.invert = invert;
		return rule_ports_parse(arg, "tcp", &t->dport, p->err);
	case OPT_FLAGS:
		return parse_tcp_flags(p, arg, invert, t);
	case OPT_SYN:
		t->mask = SYN_MASK;
		t->comp = SYN_COMP;
		t->flags_invert = invert;
		return 0;
	default:
		return parse_option(p, arg, invert, t);
	}
}

/* Equal rules are found by their data: what only parsing needed must not tell them apart. */
static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	((struct seen *)data)->bits = 0;
	return 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_TCP);
}

/* false in *whole: the options are cut short. */
static bool
has_option(const struct rule_packet *rp, uint8_t kind, bool *whole)
{
	const struct rte_tcp_hdr *h = pkt_l4(rp->m);
	const uint8_t *opt = (const uint8_t *)(h + 1);
	unsigned header = (h->data_off >> 4) * 4, len;

	*whole = header >= sizeof(*h) && header <= pkt_l4_len(rp->m);
	if (!*whole)
		return false;
	len = header - sizeof(*h);
	for (unsigned i = 0; i < len;) {
		if (opt[i] == kind)
			return true;
		/* End-of-list and no-operation have no length byte; a zero length still goes on. */
		if (opt[i] < 2 || i + 1 >= len || opt[i + 1] == 0)
			i++;
		else
			i += opt[i + 1];
	}
	return false;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct tcp *t = data;
	const struct rte_tcp_hdr *h;

	if (rp->p->flags & PKT_FRAG_LATER) {
		/* RFC 1858: a fragment that would overwrite the TCP flags of the first one. */
		rp->hotdrop = rp->p->family == AF_INET && rp->p->frag_off == 8;
		return false;
	}
	if (!(rp->p->flags & PKT_L4) || pkt_l4_len(rp->m) < sizeof(*h)) {
		rp->hotdrop = true;
		return false;
	}
	if (!rule_ports_match(&t->sport, rp->p->sport) ||
	    !rule_ports_match(&t->dport, rp->p->dport))
		return false;
	h = pkt_l4(rp->m);
	if (((h->tcp_flags & t->mask) == t->comp) == t->flags_invert)
		return false;
	if (t->option != 0) {
		bool whole, has = has_option(rp, t->option, &whole);

		rp->hotdrop = !whole;
		return whole && has != t->option_invert;
	}
	return true;
}

static void
flags_text(struct str *out, uint8_t bits)
{
	const char *sep = "";

	for (unsigned i = 0; i < 6; i++)
		if (bits & flag_names[i].bits) {
			str_printf(out, "%s%s", sep, flag_names[i].name);
			sep = ",";
		}
	if (bits == 0)
		str_add(out, "NONE");
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct tcp *t = data;

	str_add(out, " tcp");
	rule_ports_print(out, "spt", &t->sport, "tcp", w->numeric);
	rule_ports_print(out, "dpt", &t->dport, "tcp", w->numeric);
	if (t->option != 0)
		str_printf(out, " option=%s%u", t->option_invert ? "!" : "", t->option);
	if (t->mask == 0 && !t->flags_invert)
		return;
	str_printf(out, " flags:%s", t->flags_invert ? "!" : "");
	if (w->numeric) {
		str_printf(out, "0x%02X/0x%02X", t->mask, t->comp);
		return;
	}
	flags_text(out, t->mask);
	str_add(out, "/");
	flags_text(out, t->comp);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct tcp *t = data;

	rule_ports_save(out, "--sport", &t->sport);
	rule_ports_save(out, "--dport", &t->dport);
	if (t->option != 0)
		str_printf(out, "%s --tcp-option %u", t->option_invert ? " !" : "", t->option);
	if (t->mask == 0 && !t->flags_invert)
		return;
	str_printf(out, "%s --tcp-flags ", t->flags_invert ? " !" : "");
	flags_text(out, t->mask);
	str_add(out, " ");
	flags_text(out, t->comp);
}

static uint32_t
deps_of(const void *data)
{
	const struct tcp *t = data;

	return (t->mask != 0 || t->comp != 0 ? RULE_DEP_TCP_FLAGS : 0) |
	       (t->option != 0 ? RULE_DEP_TCP_OPTIONS : 0);
}

static int
tests(const void *data, struct rule_test *t)
{
	const struct tcp *tcp = data;
	int n = rule_ports_test(&tcp->sport, RULE_FIELD_SPORT, t);

	n += rule_ports_test(&tcp->dport, RULE_FIELD_DPORT, t + n);
	if (tcp->mask != 0 || tcp->comp != 0 || tcp->flags_invert) {
		t[n] = (struct rule_test){ .field = RULE_FIELD_TCP_FLAGS,
					   .invert = tcp->flags_invert,
					   .mask = tcp->mask,
					   .nb = 1 };
		t[n].range[0].lo = t[n].range[0].hi = tcp->comp;
		n++;
	}
	if (tcp->option != 0) {
		t[n] = (struct rule_test){ .field = RULE_FIELD_TCP_OPTION,
					   .invert = tcp->option_invert,
					   .nb = 1 };
		t[n].range[0].lo = t[n].range[0].hi = tcp->option;
		n++;
	}
	return n;
}

static struct rule_ext_type type = {
	.name = "tcp",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.proto = IPPROTO_TCP,
	.size = sizeof(struct seen),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE,
	.deps_of = deps_of,
	.tests = tests,
};

RULE_EXT_REGISTER(type)
