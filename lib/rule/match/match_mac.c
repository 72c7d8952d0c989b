/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m mac --mac-source ADDRESS: the frame's Ethernet source. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_value.h"

struct mac {
	struct rte_ether_addr source;
	uint8_t invert;
};

static const struct rule_opt opts[] = {
	{ "mac-source", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

/* Six times two characters or less, colons between them: nothing is 0, as iptables has it. */
static bool
parse_mac(const char *text, struct rte_ether_addr *out)
{
	for (unsigned i = 0; i < RTE_ETHER_ADDR_LEN; i++) {
		char *end;
		unsigned long byte = strtoul(text, &end, 16);

		if (end - text > 2 || *end != (i < RTE_ETHER_ADDR_LEN - 1 ? ':' : '\0'))
			return false;
		out->addr_bytes[i] = byte;
		text = end + 1;
	}
	return true;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct mac *m = data;

	m->invert = invert;
	return parse_mac(arg, &m->source)
		       ? 0
		       : err_set(p->err, -EINVAL, "Invalid MAC address specified.");
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct mac *m = data;

	return rte_is_same_ether_addr(&pkt_eth(rp->m)->src_addr, &m->source) != m->invert;
}

static void
text(struct str *out, const struct mac *m)
{
	const uint8_t *b = m->source.addr_bytes;

	str_printf(out, " %02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct mac *m = data;

	str_printf(out, " MAC%s", m->invert ? " !" : "");
	text(out, m);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct mac *m = data;

	rule_save_opt(out, m->invert, "--mac-source");
	text(out, m);
}

static struct rule_ext_type type = {
	.name = "mac",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_PREROUTING | 1u << HOOK_INPUT | 1u << HOOK_FORWARD,
	.size = sizeof(struct mac),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_MAC,
};

RULE_EXT_REGISTER(type)
