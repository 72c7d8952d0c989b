/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m recent: was the packet's source (or destination) seen lately, and is it to be remembered? The lists are in
 * rule_recent.c. See rule_ext.h for who calls what.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "rule_host.h"
#include "rule_quote.h"
#include "rule_recent.h"
#include "rule_value.h"

enum {
	OPT_SET,
	OPT_RCHECK,
	OPT_UPDATE,
	OPT_REMOVE,
	OPT_SECONDS,
	OPT_REAP,
	OPT_HITCOUNT,
	OPT_RTTL,
	OPT_NAME,
	OPT_RSOURCE,
	OPT_RDEST,
	OPT_MASK,
};

struct recent {
	struct rule_recent_ask ask;
	uint8_t dest;
	union rule_addr mask;
	char name[RULE_RECENT_NAME];
};

struct recent_state {
	struct rule_recent *list; /* NULL: not checked yet */
};

static struct rule_ext_type type;

#define SET (1u << OPT_SET)
#define RCHECK (1u << OPT_RCHECK)
#define UPDATE (1u << OPT_UPDATE)
#define REMOVE (1u << OPT_REMOVE)
#define MODES (SET | RCHECK | UPDATE | REMOVE)

static const struct rule_opt opts[] = {
	{ "set", OPT_SET, RULE_OPT_ONCE | RULE_OPT_INVERT, MODES & ~SET },
	{ "rcheck", OPT_RCHECK, RULE_OPT_ONCE | RULE_OPT_INVERT, MODES & ~RCHECK },
	{ "update", OPT_UPDATE, RULE_OPT_ONCE | RULE_OPT_INVERT, MODES & ~UPDATE },
	{ "remove", OPT_REMOVE, RULE_OPT_ONCE | RULE_OPT_INVERT, MODES & ~REMOVE },
	{ "seconds", OPT_SECONDS, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "reap", OPT_REAP, RULE_OPT_ONCE, 0 },
	{ "hitcount", OPT_HITCOUNT, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "rttl", OPT_RTTL, RULE_OPT_ONCE, SET | REMOVE },
	{ "name", OPT_NAME, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "rsource", OPT_RSOURCE, RULE_OPT_ONCE, 0 },
	{ "rdest", OPT_RDEST, RULE_OPT_ONCE, 0 },
	{ "mask", OPT_MASK, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

/* By enum rule_recent_mode. */
static const struct {
	const char *option, *word;
} modes[] = {
	[RULE_RECENT_SET] = { "set", "SET" },
	[RULE_RECENT_CHECK] = { "rcheck", "CHECK" },
	[RULE_RECENT_UPDATE] = { "update", "UPDATE" },
	[RULE_RECENT_REMOVE] = { "remove", "REMOVE" },
};

/* Longer ones are cut, as in iptables. */
static void
set_name(struct recent *r, const char *name)
{
	memset(r->name, 0, sizeof(r->name));
	memcpy(r->name, name, strnlen(name, sizeof(r->name) - 1));
}

static void
init(void *data)
{
	set_name(data, "DEFAULT");
}

static int
parse_mask(const struct rule_parse *p, const char *arg, struct recent *r)
{
	struct rule_host host;
	int rc = strchr(arg, '/') != NULL
			 ? err_set(p->err, -EINVAL, "getaddrinfo: Name or service not known\n")
			 : rule_host_parse(p, arg, &host);

	if (rc == 0)
		r->mask = host.addr;
	return rc;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct recent *r = data;

	switch (id) {
	case OPT_SET:
	case OPT_RCHECK:
	case OPT_UPDATE:
	case OPT_REMOVE:
		r->ask.mode = RULE_RECENT_SET + (id - OPT_SET);
		r->ask.invert |= invert;
		return 0;
	case OPT_SECONDS:
		return rule_value_number(p, arg, 1, UINT32_MAX, &r->ask.seconds);
	case OPT_HITCOUNT:
		return rule_value_number(p, arg, 0, UINT32_MAX, &r->ask.hits);
	case OPT_REAP:
		r->ask.reap = true;
		return 0;
	case OPT_RTTL:
		r->ask.same_ttl = true;
		return 0;
	case OPT_NAME:
		set_name(r, arg);
		return 0;
	case OPT_MASK:
		return parse_mask(p, arg, r);
	default:
		r->dest = id == OPT_RDEST;
		return 0;
	}
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct recent *r = data;

	if (!(seen & MODES))
		return err_set(p->err, -EINVAL,
			       "recent: you must specify one of `--set', `--rcheck' `--update' or "
			       "`--remove'");
	if (seen & 1u << OPT_REAP && !(seen & 1u << OPT_SECONDS))
		return err_set(p->err, -EINVAL,
			       "recent: option \"--reap\" also requires \"--seconds\".\n");
	if (!(seen & 1u << OPT_MASK))
		r->mask = rule_host_mask(rule_host_bits(p->family));
	return 0;
}

static void
release(const void *data, void *state)
{
	struct recent_state *s = state;

	if (s->list != NULL)
		rule_recent_put(s->list);
	s->list = NULL;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct recent *r = data;
	struct recent_state *s = rule_ext_state(&type, data);
	union rule_addr mask = r->mask;

	if ((r->ask.mode == RULE_RECENT_SET || r->ask.mode == RULE_RECENT_REMOVE) &&
	    (r->ask.seconds != 0 || r->ask.hits != 0))
		return -EINVAL;
	/* Both families share a list: a whole address of one is a whole one of the other. */
	if (w->family == HOOK_IP4 && r->mask.v4 == UINT32_MAX)
		mask = rule_host_mask(rule_host_bits(HOOK_IP6));
	release(data, s);
	return rule_recent_get(r->name, &mask, r->ask.hits, &s->list);
}

/* As it was before the box took one off. */
static uint8_t
ttl_of(const struct rule_packet *rp)
{
	uint8_t ttl =
		rp->p->family == AF_INET ? pkt_ip4(rp->m)->time_to_live : pkt_ip6(rp->m)->ip6_hlim;
	bool leaves = rp->ctx->point != HOOK_PREROUTING && rp->ctx->point != HOOK_INPUT;

	return leaves && !(rp->p->flags & PKT_ORIGINATED) && rp->p->twin == 0 ? ttl + 1 : ttl;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct recent *r = data;
	const struct recent_state *s = rule_ext_state(&type, data);
	struct rule_recent_key key = { .family = rp->ctx->family, .ttl = ttl_of(rp) };

	if (rp->p->family == AF_INET)
		key.addr.v4 = r->dest ? pkt_ip4(rp->m)->dst_addr : pkt_ip4(rp->m)->src_addr;
	else
		memcpy(key.addr.v6, r->dest ? &pkt_ip6(rp->m)->ip6_dst : &pkt_ip6(rp->m)->ip6_src,
		       16);
	return rule_recent_match(s->list, &r->ask, &key, rp->ctx->now / RULE_RECENT_TICK_MS);
}

static const char *
mask_text(const struct rule_where *w, const struct recent *r, char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(w->family == HOOK_IP4 ? AF_INET : AF_INET6, &r->mask, text,
			 INET6_ADDRSTRLEN);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct recent *r = data;
	char text[INET6_ADDRSTRLEN];

	str_printf(out, "%s recent: %s", r->ask.invert ? " !" : "", modes[r->ask.mode].word);
	if (r->ask.seconds != 0)
		str_printf(out, " seconds: %d", (int)r->ask.seconds);
	if (r->ask.reap)
		str_add(out, " reap");
	if (r->ask.hits != 0)
		str_printf(out, " hit_count: %u", r->ask.hits);
	if (r->ask.same_ttl)
		str_add(out, " TTL-Match");
	str_printf(out, " name: %s side: %s mask: %s", r->name, r->dest ? "dest" : "source",
		   mask_text(w, r, text));
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct recent *r = data;
	char text[INET6_ADDRSTRLEN];

	str_printf(out, "%s --%s", r->ask.invert ? " !" : "", modes[r->ask.mode].option);
	if (r->ask.seconds != 0)
		str_printf(out, " --seconds %u", r->ask.seconds);
	if (r->ask.reap)
		str_add(out, " --reap");
	if (r->ask.hits != 0)
		str_printf(out, " --hitcount %u", r->ask.hits);
	if (r->ask.same_ttl)
		str_add(out, " --rttl");
	str_add(out, " --name");
	rule_quote_odd(out, r->name);
	str_printf(out, " --mask %s --%s", mask_text(w, r, text), r->dest ? "rdest" : "rsource");
}

static struct rule_ext_type type = {
	.name = "recent",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct recent),
	.state_size = sizeof(struct recent_state),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TIME | RULE_DEP_TTL | RULE_DEP_ORDER,
	.release = release,
};

RULE_EXT_REGISTER(type)
