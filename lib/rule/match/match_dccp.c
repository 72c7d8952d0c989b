/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m dccp: ports, packet types, options (RFC 4340). See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rule_ports.h"
#include "rule_value.h"

enum { OPT_SPORT, OPT_DPORT, OPT_TYPES, OPT_OPTION };

#define HEADER 12u /* with a short sequence number */
#define HEADER_EXTENDED 16u
#define OPTIONS_MAX (255 * 4)
#define OPTION_WITH_LENGTH 2 /* RFC 4340 has it from 32 on */

/* RFC 4340, 5.1; what is behind the last one has no name of its own. */
enum { TYPE_REQUEST, TYPE_RESPONSE, TYPE_DATA, TYPE_RESET = 7, TYPE_INVALID = 10 };

struct dccp {
	struct rule_ports sport, dport;
	uint16_t types; /* bit per type */
	uint8_t given;  /* bit per option */
	uint8_t option;
	uint8_t types_invert, option_invert;
};

static const char *const type_names[] = {
	"REQUEST", "RESPONSE", "DATA", "ACK",     "DATAACK", "CLOSEREQ",
	"CLOSE",   "RESET",    "SYNC", "SYNCACK", "INVALID",
};

#define INVALID_TYPES (0xffffu & ~((1u << TYPE_INVALID) - 1))

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "source-port", OPT_SPORT, OPT_FLAGS, 0 },
	{ "sport", OPT_SPORT, OPT_FLAGS, 0 },
	{ "destination-port", OPT_DPORT, OPT_FLAGS, 0 },
	{ "dport", OPT_DPORT, OPT_FLAGS, 0 },
	{ "dccp-types", OPT_TYPES, OPT_FLAGS, 0 },
	{ "dccp-option", OPT_OPTION, OPT_FLAGS, 0 },
};

static void
init(void *data)
{
	struct dccp *d = data;

	d->sport.hi = d->dport.hi = UINT16_MAX;
}

static int
parse_types(const struct rule_parse *p, const char *arg, uint16_t *types)
{
	char *copy = strdup(arg), *save = NULL;
	int rc = copy == NULL ? -ENOMEM : 0;

	for (char *w = copy == NULL ? NULL : strtok_r(copy, ",", &save); w != NULL && rc == 0;
	     w = strtok_r(NULL, ",", &save)) {
		unsigned type = 0;

		while (type < RTE_DIM(type_names) && strcasecmp(type_names[type], w) != 0)
			type++;
		if (type == RTE_DIM(type_names))
			rc = err_set(p->err, -EINVAL, "Unknown DCCP type `%s'", w);
		*types |= type >= TYPE_INVALID ? INVALID_TYPES : 1u << type;
	}
	free(copy);
	return rc;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct dccp *d = data;
	struct rule_ports *ports = id == OPT_SPORT ? &d->sport : &d->dport;
	uint32_t n = 0;
	int rc;

	d->given |= 1u << id;
	switch (id) {
	case OPT_TYPES:
		d->types_invert = invert;
		return parse_types(p, arg, &d->types);
	case OPT_OPTION:
		d->option_invert = invert;
		rc = rule_value_number(p, arg, 1, UINT8_MAX, &n);
		d->option = n;
		return rc;
	default:
		ports->invert = invert;
		return rule_ports_parse_loose(p, arg, ports);
	}
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_DCCP);
}

static uint8_t
type_of(const uint8_t *h)
{
	return h[8] >> 1 & 0xf;
}

/* Bytes in front of the options. */
static unsigned
fixed_len(const uint8_t *h)
{
	unsigned len = h[8] & 1 ? HEADER_EXTENDED : HEADER; /* X: extended sequence numbers */

	switch (type_of(h)) {
	case TYPE_DATA:
		return len;
	case TYPE_REQUEST: /* service code */
		return len + 4;
	case TYPE_RESPONSE:
		return len + 12;
	default: /* acknowledgement; of a reset, and what is unknown, four bytes more */
		return len + (type_of(h) >= TYPE_INVALID || type_of(h) == TYPE_RESET ? 12 : 8);
	}
}

/* A header that is cut short drops the packet. */
static bool
has_option(struct rule_packet *rp, const uint8_t *h, uint8_t option)
{
	unsigned len = h[4] * 4u, fixed = fixed_len(h);
	uint8_t copy[OPTIONS_MAX];
	const uint8_t *o = NULL;

	if (len == fixed)
		return false;
	if (len > fixed && len <= pkt_l4_len(rp->m))
		o = rte_pktmbuf_read(rp->m, rp->p->l4 + fixed, len - fixed, copy);
	if (o == NULL) {
		rp->hotdrop = true;
		return false;
	}
	len -= fixed;
	for (unsigned i = 0; i < len;) {
		if (o[i] == option)
			return true;
		i += o[i] < OPTION_WITH_LENGTH || i + 1 >= len || o[i + 1] == 0 ? 1 : o[i + 1];
	}
	return false;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct dccp *d = data;
	uint8_t copy[HEADER];
	const uint8_t *h = NULL;

	if (rp->p->flags & PKT_FRAG_LATER)
		return false;
	if (pkt_l4_len(rp->m) >= HEADER)
		h = rte_pktmbuf_read(rp->m, rp->p->l4, HEADER, copy);
	if (h == NULL) {
		rp->hotdrop = true;
		return false;
	}
	if (!rule_ports_match(&d->sport, rp->p->sport) ||
	    !rule_ports_match(&d->dport, rp->p->dport))
		return false;
	if (d->given & 1u << OPT_TYPES && (d->types >> type_of(h) & 1) == d->types_invert)
		return false;
	return !(d->given & 1u << OPT_OPTION) ||
	       (has_option(rp, h, d->option) != d->option_invert && !rp->hotdrop);
}

static void
types_text(struct str *out, const struct dccp *d, bool numeric)
{
	const char *sep = " ";

	for (unsigned type = 0; type < 16; type++) {
		if (!(d->types >> type & 1) || (type > TYPE_INVALID && !numeric))
			continue;
		if (numeric)
			str_printf(out, "%s%u", sep, type);
		else
			str_printf(out, "%s%s", sep, type_names[type]);
		sep = ",";
	}
	str_add(out, d->types == 0 ? " " : "");
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct dccp *d = data;

	str_add(out, " dccp");
	rule_ports_print(out, "spt", &d->sport, "dccp", w->numeric);
	rule_ports_print(out, "dpt", &d->dport, "dccp", w->numeric);
	if (d->given & 1u << OPT_TYPES) {
		str_add(out, d->types_invert ? " !" : "");
		types_text(out, d, w->numeric);
	}
	if (d->given & 1u << OPT_OPTION)
		str_printf(out, " option=%s%u", d->option_invert ? "!" : "", d->option);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct dccp *d = data;

	rule_ports_save_given(out, "--sport", &d->sport, d->given & 1u << OPT_SPORT);
	rule_ports_save_given(out, "--dport", &d->dport, d->given & 1u << OPT_DPORT);
	if (d->given & 1u << OPT_TYPES) {
		rule_save_opt(out, d->types_invert, "--dccp-types");
		if (d->types != 0)
			types_text(out, d, false);
		else
			str_add(out, " \"\""); /* Linux says nothing, which nobody reads back */
	}
	if (d->given & 1u << OPT_OPTION) {
		rule_save_opt(out, d->option_invert, "--dccp-option");
		str_printf(out, " %u", d->option);
	}
}

/* What is cut short drops the packet: no filter may keep it away. */
static struct rule_ext_type type = {
	.name = "dccp",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.proto = IPPROTO_DCCP,
	.size = sizeof(struct dccp),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE | RULE_DEP_PAYLOAD,
};

RULE_EXT_REGISTER(type)
