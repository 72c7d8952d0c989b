/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m osf: does the SYN look like one of that operating system? As in Linux "!" is not looked at, and with --log every SYN
 * whose system is known matches. See rule_ext.h for who calls what.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "queue_log.h"
#include "rule_osf.h"
#include "rule_quote.h"
#include "rule_tcp.h"
#include "rule_value.h"

enum { OPT_GENRE, OPT_TTL, OPT_LOG };
enum { LOG_ALL, LOG_FIRST, LOG_KNOWN };

#define LOG_LEVEL 5 /* as nf_log's where nothing is said */

struct osf {
	char genre[RULE_OSF_NAME];
	uint8_t invert;
	uint8_t has_ttl, ttl; /* enum rule_osf_ttl */
	uint8_t has_log, log; /* LOG_* */
};

static const struct rule_opt opts[] = {
	{ "genre", OPT_GENRE, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_INVERT | RULE_OPT_MUST, 0 },
	{ "ttl", OPT_TTL, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "log", OPT_LOG, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct osf *o = data;
	uint32_t n = 0;
	int rc = id == OPT_GENRE ? 0 : rule_value_number(p, arg, 0, 2, &n);

	if (id == OPT_GENRE) {
		memcpy(o->genre, arg, strnlen(arg, sizeof(o->genre) - 1));
		o->invert = invert;
	} else if (id == OPT_TTL) {
		o->has_ttl = 1;
		o->ttl = n;
	} else {
		o->has_log = 1;
		o->log = n;
	}
	return rc;
}

static int
check(const struct rule_where *w, const void *data)
{
	if (((const struct osf *)data)->has_log)
		queue_log_arm();
	return rule_ip_must_be(w->ip, IPPROTO_TCP);
}

/* f: which one it is; NULL: it is not known. */
static void
log_syn(const struct rule_packet *rp, const struct rule_osf_finger *f)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(rp->m);
	const struct rte_tcp_hdr *h = pkt_l4(rp->m);
	char src[INET_ADDRSTRLEN], dst[INET_ADDRSTRLEN], prefix[256]; /* the log cuts it */
	struct queue_log_spec spec = { .prefix = prefix,
				       .level = LOG_LEVEL,
				       .flags = QUEUE_LOG_TCP_SEQUENCE | QUEUE_LOG_TCP_OPTIONS |
						QUEUE_LOG_IP_OPTIONS | QUEUE_LOG_UID };
	unsigned sport = pkt_host16(h->src_port), dport = pkt_host16(h->dst_port);

	inet_ntop(AF_INET, &ip->src_addr, src, sizeof(src));
	inet_ntop(AF_INET, &ip->dst_addr, dst, sizeof(dst));
	if (f != NULL)
		snprintf(prefix, sizeof(prefix), "%s [%s:%s] : %s:%u -> %s:%u hops=%d\n", f->genre,
			 f->version, f->subtype, src, sport, dst, dport, f->ttl - ip->time_to_live);
	else
		snprintf(prefix, sizeof(prefix), "Remote OS is not known: %s:%u -> %s:%u\n", src,
			 sport, dst, dport);
	queue_log_packet(rp->ctx, rp->m, &spec);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct osf *o = data;
	const char *genre = o->has_log ? NULL : o->genre;
	const struct rule_osf_finger *f;
	struct rule_osf_syn syn;
	bool known = false;
	uint32_t at = 0;

	if (!rule_osf_read(rp, &syn))
		return false;
	while ((f = rule_osf_find(&syn, o->ttl, genre, &at)) != NULL) {
		known = true;
		if (o->has_log)
			log_syn(rp, f);
		if (!o->has_log || o->log == LOG_FIRST)
			return true;
	}
	if (!known && o->has_log)
		log_syn(rp, NULL);
	return known;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct osf *o = data;

	str_printf(out, " OS fingerprint match %s%s", o->invert ? "! " : "", o->genre);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct osf *o = data;

	rule_save_opt(out, o->invert, "--genre");
	rule_quote_odd(out, o->genre);
	if (o->has_ttl)
		str_printf(out, " --ttl %u", o->ttl);
	if (o->has_log)
		str_printf(out, " --log %u", o->log);
}

static uint32_t
deps_of(const void *data)
{
	return ((const struct osf *)data)->has_log ? RULE_DEP_EFFECT : 0;
}

static struct rule_ext_type type = {
	.name = "osf",
	.families = 1u << HOOK_IP4,
	.points = 1u << HOOK_PREROUTING | 1u << HOOK_INPUT | 1u << HOOK_FORWARD,
	.size = sizeof(struct osf),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	/* It reads more, but of SYNs only, which the flow cache never serves: for all it serves the answer is no. */
	.deps = RULE_DEP_FRAG,
	.deps_of = deps_of,
};

RULE_EXT_REGISTER(type)
