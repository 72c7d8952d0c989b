/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m udp: ports. See rule_ext.h for who calls what.
 */
#include <netinet/in.h>

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

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct udp *u = data;
	struct rule_ports *ports = id == OPT_SPORT ? &u->sport : &u->dport;

	ports->invert = invert;
	return rule_ports_parse_loose(p, arg, ports);
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
