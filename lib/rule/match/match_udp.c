/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m udp: ports. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_udp.h>

#include "rule_ports.h"

struct udp {
	struct rule_ports sport, dport;
};

enum { OPT_SPORT, OPT_DPORT };

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "source-port", OPT_SPORT, OPT_FLAGS, 0 },
	{ "sport", OPT_SPORT, OPT_FLAGS, 0 },
	{ "destination-port", OPT_DPORT, OPT_FLAGS, 0 },
	{ "dport", OPT_DPORT, OPT_FLAGS, 0 },
};

static void
init(void *data)
{
	struct udp *u = data;

	u->sport.hi = u->dport.hi = UINT16_MAX;
}

/*
 * One end of a range. iptables asks getaddrinfo() for udp's ports, not for tcp's: no text is port 0, numbers
 * are decimal, and wrap around in 32 bits.
 */
static int
parse_port(const char *text, uint16_t *port, struct err *e)
{
	const struct servent *ent;
	char *end;
	int n = strtoul(text, &end, 10);

	*port = n;
	if (*end == '\0' && n >= 0)
		return 0;
	ent = getservbyname(text, "udp");
	if (ent != NULL) {
		*port = ntohs(ent->s_port);
		return 0;
	}
	return err_set(e, -EINVAL, "Port \"%.64s\" does not resolve to anything.\n", text);
}

static int
parse_range(const char *text, const char *opt, struct rule_ports *out, struct err *e)
{
	char lo[64];
	const char *colon = strchr(text, ':');
	int rc = 0;

	if (colon == NULL) {
		rc = parse_port(text, &out->lo, e);
		out->hi = out->lo;
		return rc;
	}
	if (strchr(colon + 1, ':') != NULL)
		return err_set(e, -EINVAL,
			       "udp: Too many components for option \"--%s\" (max: 2)\n", opt);
	snprintf(lo, sizeof(lo), "%.*s", (int)(colon - text), text);
	if (lo[0] != '\0')
		rc = parse_port(lo, &out->lo, e);
	if (rc == 0 && colon[1] != '\0')
		rc = parse_port(colon + 1, &out->hi, e);
	return rc;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct udp *u = data;
	struct rule_ports *ports = id == OPT_SPORT ? &u->sport : &u->dport;

	ports->invert = invert;
	return parse_range(arg, opts[2 * id].name, ports, p->err);
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_UDP);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct udp *u = data;

	if (rp->p->flags & PKT_FRAG_LATER)
		return false;
	if (!(rp->p->flags & PKT_L4) || pkt_l4_len(rp->m) < sizeof(struct rte_udp_hdr)) {
		rp->hotdrop = true;
		return false;
	}
	return rule_ports_match(&u->sport, rp->p->sport) &&
	       rule_ports_match(&u->dport, rp->p->dport);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct udp *u = data;

	str_add(out, " udp");
	rule_ports_print(out, "spt", &u->sport, "udp", w->numeric);
	rule_ports_print(out, "dpt", &u->dport, "udp", w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct udp *u = data;

	rule_ports_save(out, "--sport", &u->sport);
	rule_ports_save(out, "--dport", &u->dport);
}

static int
tests(const void *data, struct rule_test *t)
{
	const struct udp *u = data;
	int n = rule_ports_test(&u->sport, RULE_FIELD_SPORT, t);

	return n + rule_ports_test(&u->dport, RULE_FIELD_DPORT, t + n);
}

static struct rule_ext_type type = {
	.name = "udp",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.proto = IPPROTO_UDP,
	.size = sizeof(struct udp),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE,
	.tests = tests,
};

RULE_EXT_REGISTER(type)
