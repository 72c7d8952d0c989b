/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j ECN (IPv4): bits of ECN in the TCP and the IP header. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>

#include "pkt_rewrite.h"
#include "rule_dsfield.h"
#include "rule_tcp.h"
#include "rule_value.h"

enum { OPT_REMOVE, OPT_CWR, OPT_ECE, OPT_ECT };

struct ecn {
	uint8_t flags, set; /* of the TCP header: which are written, and to what */
	bool ip;
	uint8_t ect; /* ip: the two bits of the IP header */
};

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "ecn-tcp-remove", OPT_REMOVE, RULE_OPT_ONCE, 1u << OPT_CWR | 1u << OPT_ECE },
	{ "ecn-tcp-cwr", OPT_CWR, OPT_FLAGS, 0 },
	{ "ecn-tcp-ece", OPT_ECE, OPT_FLAGS, 0 },
	{ "ecn-ip-ect", OPT_ECT, OPT_FLAGS, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct ecn *e = data;
	uint8_t flag = id == OPT_CWR ? RTE_TCP_CWR_FLAG : RTE_TCP_ECE_FLAG;
	uint32_t n = 0;
	int rc = 0;

	if (id == OPT_REMOVE) {
		/* What stood before it is forgotten, as in Linux. */
		*e = (struct ecn){ .flags = RTE_TCP_CWR_FLAG | RTE_TCP_ECE_FLAG, .ect = e->ect };
		return 0;
	}
	rc = rule_value_number(p, arg, 0, id == OPT_ECT ? RULE_ECN_MASK : 1, &n);
	if (id == OPT_ECT) {
		e->ip = true;
		e->ect = n;
		return rc;
	}
	e->flags |= flag;
	if (n != 0)
		e->set |= flag;
	return rc;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0 : err_set(p->err, -EINVAL, "ECN target: An operation is required");
}

static int
check(const struct rule_where *w, const void *data)
{
	return ((const struct ecn *)data)->flags != 0 ? rule_ip_must_be(w->ip, IPPROTO_TCP) : 0;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct ecn *e = data;
	uint8_t tos = rule_dsfield(rp), flags;
	struct rte_tcp_hdr *h;

	if (e->ip && (tos & RULE_ECN_MASK) != e->ect)
		pkt_tos_set(rp->m, (tos & ~RULE_ECN_MASK) | e->ect);
	if (e->flags == 0)
		return RULE_VERDICT_CONTINUE;
	h = rule_tcp_header(rp, sizeof(*h));
	if (h == NULL)
		return rule_tcp_cut();
	flags = (h->tcp_flags & ~e->flags) | e->set;
	h->cksum =
		pkt_sum_replace(h->cksum, rte_cpu_to_be_16(h->tcp_flags), rte_cpu_to_be_16(flags));
	h->tcp_flags = flags;
	return RULE_VERDICT_CONTINUE;
}

/* " ECE=1", " --ecn-tcp-ece 1" of the flag, when it is written. */
static void
flag_text(struct str *out, const char *format, const struct ecn *e, uint8_t flag)
{
	if (e->flags & flag)
		str_printf(out, format, !!(e->set & flag));
}

static bool
removes(const struct ecn *e)
{
	return e->flags == (RTE_TCP_CWR_FLAG | RTE_TCP_ECE_FLAG) && e->set == 0 && !e->ip;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ecn *e = data;

	str_add(out, " ECN");
	if (removes(e)) {
		str_add(out, " TCP remove");
	} else {
		flag_text(out, " ECE=%u", e, RTE_TCP_ECE_FLAG);
		flag_text(out, " CWR=%u", e, RTE_TCP_CWR_FLAG);
	}
	if (e->ip)
		str_printf(out, " ECT codepoint=%u", e->ect);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ecn *e = data;

	if (removes(e)) {
		str_add(out, " --ecn-tcp-remove");
	} else {
		flag_text(out, " --ecn-tcp-ece %u", e, RTE_TCP_ECE_FLAG);
		flag_text(out, " --ecn-tcp-cwr %u", e, RTE_TCP_CWR_FLAG);
	}
	if (e->ip)
		str_printf(out, " --ecn-ip-ect %u", e->ect);
}

static uint32_t
deps_of(const void *data)
{
	const struct ecn *e = data;

	return (e->ip ? RULE_DEP_TOS : 0) | (e->flags != 0 ? RULE_DEP_TCP_FLAGS : 0);
}

static struct rule_ext_type type = {
	.name = "ECN",
	.target = true,
	.table = "mangle",
	.families = 1u << HOOK_IP4,
	.size = sizeof(struct ecn),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER,
	.deps_of = deps_of,
};

RULE_EXT_REGISTER(type)
