/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m multiport: up to 15 ports, a range counts as two. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "rule_ports.h"

#define PORTS_MAX 15

enum { OPT_SPORTS, OPT_DPORTS, OPT_PORTS };

struct multiport {
	uint8_t mode; /* OPT_* */
	uint8_t invert;
	uint8_t nb;
	struct {
		uint16_t lo, hi;
	} range[PORTS_MAX];
};

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "source-ports", OPT_SPORTS, OPT_FLAGS, 1u << OPT_DPORTS | 1u << OPT_PORTS },
	{ "sports", OPT_SPORTS, OPT_FLAGS, 1u << OPT_DPORTS | 1u << OPT_PORTS },
	{ "destination-ports", OPT_DPORTS, OPT_FLAGS, 1u << OPT_SPORTS | 1u << OPT_PORTS },
	{ "dports", OPT_DPORTS, OPT_FLAGS, 1u << OPT_SPORTS | 1u << OPT_PORTS },
	{ "ports", OPT_PORTS, OPT_FLAGS, 1u << OPT_SPORTS | 1u << OPT_DPORTS },
};

static bool
proto_has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP;
}

static int
parse_proto(const struct rule_parse *p)
{
	if (p->ip->proto == 0)
		return err_set(p->err, -EINVAL,
			       "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or "
			       "`-p dccp'");
	if (!proto_has_ports(p->ip->proto) || p->ip->inv & RULE_INV_PROTO)
		return err_set(p->err, -EINVAL,
			       "multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP");
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct multiport *mp = data;
	const char *proto = rule_proto_name(p->ip->proto);
	char copy[1024], *rest = copy, *word;
	unsigned used = 0;
	int rc = parse_proto(p);

	if (strlen(arg) >= sizeof(copy))
		return err_set(p->err, -EINVAL, "too many ports specified");
	strcpy(copy, arg);
	mp->mode = id;
	mp->invert = invert;
	while (rc == 0 && (word = strsep(&rest, ",")) != NULL) {
		char *hi = strchr(word, ':');

		used += hi != NULL ? 2 : 1;
		if (used > PORTS_MAX)
			return err_set(p->err, -EINVAL, "too many ports specified");
		if (hi != NULL)
			*hi++ = '\0';
		rc = rule_port_parse(word, proto, &mp->range[mp->nb].lo, p->err);
		mp->range[mp->nb].hi = mp->range[mp->nb].lo;
		if (rc == 0 && hi != NULL) {
			rc = rule_port_parse(hi, proto, &mp->range[mp->nb].hi, p->err);
			if (rc == 0 && mp->range[mp->nb].lo >= mp->range[mp->nb].hi)
				rc = err_set(p->err, -EINVAL, "invalid portrange specified");
		}
		mp->nb++;
	}
	return rc;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0 : err_set(p->err, -EINVAL, "multiport expection an option");
}

static int
check(const struct rule_where *w, const void *data)
{
	return proto_has_ports(w->ip->proto) && !(w->ip->inv & RULE_INV_PROTO) ? 0 : -EINVAL;
}

static inline bool
in_range(const struct multiport *mp, unsigned i, uint16_t port)
{
	return port >= mp->range[i].lo && port <= mp->range[i].hi;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct multiport *mp = data;
	uint16_t s = rte_be_to_cpu_16(rp->p->sport), d = rte_be_to_cpu_16(rp->p->dport);

	if (rp->p->flags & PKT_FRAG_LATER)
		return false;
	if (!(rp->p->flags & PKT_L4) || pkt_l4_len(rp->m) < 4) {
		rp->hotdrop = true;
		return false;
	}
	for (unsigned i = 0; i < mp->nb; i++)
		if ((mp->mode != OPT_DPORTS && in_range(mp, i, s)) ||
		    (mp->mode != OPT_SPORTS && in_range(mp, i, d)))
			return !mp->invert;
	return mp->invert;
}

static const char *const mode_names[] = {
	[OPT_SPORTS] = "sports",
	[OPT_DPORTS] = "dports",
	[OPT_PORTS] = "ports",
};

static void
list(struct str *out, const struct multiport *mp, const char *proto, bool numeric)
{
	for (unsigned i = 0; i < mp->nb; i++) {
		if (i > 0)
			str_add(out, ",");
		rule_port_print(out, mp->range[i].lo, proto, numeric);
		if (mp->range[i].lo == mp->range[i].hi)
			continue;
		str_add(out, ":");
		rule_port_print(out, mp->range[i].hi, proto, numeric);
	}
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct multiport *mp = data;

	str_printf(out, " multiport %s %s", mode_names[mp->mode], mp->invert ? " !" : "");
	list(out, mp, rule_proto_name(w->ip->proto), w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct multiport *mp = data;

	str_printf(out, "%s --%s ", mp->invert ? " !" : "", mode_names[mp->mode]);
	list(out, mp, NULL, true);
}

static int
tests(const void *data, struct rule_test *t)
{
	const struct multiport *mp = data;

	t[0] = (struct rule_test){
		.field = mp->mode == OPT_SPORTS   ? RULE_FIELD_SPORT
			 : mp->mode == OPT_DPORTS ? RULE_FIELD_DPORT
						  : RULE_FIELD_ANY_PORT,
		.invert = mp->invert,
		.nb = mp->nb,
	};
	for (unsigned i = 0; i < mp->nb; i++) {
		t[0].range[i].lo = mp->range[i].lo;
		t[0].range[i].hi = mp->range[i].hi;
	}
	return 1;
}

static struct rule_ext_type type = {
	.name = "multiport",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct multiport),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE,
	.tests = tests,
};

RULE_EXT_REGISTER(type)
