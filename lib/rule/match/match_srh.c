/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m srh (IPv6): the segment routing header (RFC 8754), the routing header if it is one of type 4. See rule_ext.h for who
 * calls what.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "rule_ext6.h"
#include "rule_host.h"
#include "rule_value.h"

#define TYPE 4
#define HEADER 8 /* bytes before the first segment */

/* Options and bits of given and invert; the numbers' ones first. */
enum {
	OPT_NEXT,
	OPT_LEN, /* equal, greater, less: these three have one number */
	OPT_SEGS = OPT_LEN + 3,
	OPT_LAST = OPT_SEGS + 3,
	OPT_TAG = OPT_LAST + 3,
	OPT_PREVIOUS,
	OPT_FOLLOWING,
	OPT_FINAL,
	NB_OPTS
};

struct srh {
	uint16_t given, invert; /* bit per OPT_* */
	uint16_t number[OPT_PREVIOUS];
	struct rule_host segment[NB_OPTS - OPT_PREVIOUS];
};

#define FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "srh-next-hdr", OPT_NEXT, FLAGS, 0 },
	{ "srh-hdr-len-eq", OPT_LEN, FLAGS, 0 },
	{ "srh-hdr-len-gt", OPT_LEN + 1, FLAGS, 0 },
	{ "srh-hdr-len-lt", OPT_LEN + 2, FLAGS, 0 },
	{ "srh-segs-left-eq", OPT_SEGS, FLAGS, 0 },
	{ "srh-segs-left-gt", OPT_SEGS + 1, FLAGS, 0 },
	{ "srh-segs-left-lt", OPT_SEGS + 2, FLAGS, 0 },
	{ "srh-last-entry-eq", OPT_LAST, FLAGS, 0 },
	{ "srh-last-entry-gt", OPT_LAST + 1, FLAGS, 0 },
	{ "srh-last-entry-lt", OPT_LAST + 2, FLAGS, 0 },
	{ "srh-tag", OPT_TAG, FLAGS, 0 },
	{ "srh-psid", OPT_PREVIOUS, FLAGS, 0 },
	{ "srh-nsid", OPT_FOLLOWING, FLAGS, 0 },
	{ "srh-lsid", OPT_FINAL, FLAGS, 0 },
};

_Static_assert(RTE_DIM(opts) == NB_OPTS, "one option each, in that order");

/* The first of the options that share a number. */
static unsigned
group(unsigned id)
{
	return id >= OPT_LEN && id < OPT_TAG ? id - (id - OPT_LEN) % 3 : id;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct srh *s = data;
	uint32_t n = 0;
	int rc;

	if (id >= OPT_PREVIOUS) {
		rc = rule_host_parse(p, arg, &s->segment[id - OPT_PREVIOUS]);
	} else {
		rc = rule_value_number(p, arg, 0, id == OPT_TAG ? UINT16_MAX : UINT8_MAX, &n);
		s->number[group(id)] = n;
	}
	s->given |= 1u << id;
	s->invert |= (unsigned)invert << id;
	return rc;
}

/* The tag is not put into the machine's order, as in Linux: 5 is that of a header that has 1280. */
static unsigned
number_of(unsigned first, const uint8_t *h)
{
	uint16_t tag;

	switch (first) {
	case OPT_NEXT:
		return h[0];
	case OPT_LEN:
		return h[1];
	case OPT_SEGS:
		return h[3];
	case OPT_LAST:
		return h[4];
	default:
		memcpy(&tag, h + 6, sizeof(tag));
		return tag;
	}
}

static bool
has_number(const struct srh *s, unsigned id, const uint8_t *h)
{
	unsigned is = number_of(group(id), h);
	unsigned asked = s->number[group(id)];

	switch (id - group(id)) {
	case 1:
		return is > asked;
	case 2:
		return is < asked;
	default:
		return is == asked;
	}
}

/* Its place among the segments, the last one of the way being the first; -1: there is none. */
static int
place_of(unsigned id, const uint8_t *h)
{
	uint8_t left = h[3], last = h[4];

	if (id == OPT_PREVIOUS)
		return left < last ? left + 1 : -1;
	if (id == OPT_FOLLOWING)
		return left - 1;
	return 0;
}

static bool
is_in(const uint8_t *segment, const struct rule_host *host)
{
	union rule_addr mask = rule_host_mask(host->len);

	for (unsigned i = 0; i < sizeof(host->addr.v6); i++)
		if ((segment[i] ^ host->addr.v6[i]) & mask.v6[i])
			return false;
	return true;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct srh *s = data;
	int at = rule_ext6_find(rp, IPPROTO_ROUTING);
	const uint8_t *h = at >= 0 ? rule_ext6_bytes(rp, at, HEADER) : NULL, *segment;

	if (h == NULL || h[2] != TYPE || h[3] > h[4] ||
	    rule_ext6_bytes(rp, at, rule_ext6_len(rp, IPPROTO_ROUTING, at)) == NULL)
		return false;
	for (unsigned id = 0; id < OPT_PREVIOUS; id++)
		if (s->given & 1u << id && has_number(s, id, h) == (s->invert >> id & 1))
			return false;
	for (unsigned id = OPT_PREVIOUS; id < NB_OPTS; id++) {
		int place = place_of(id, h);

		if (!(s->given & 1u << id))
			continue;
		segment = place < 0 ? NULL : rule_ext6_bytes(rp, at + HEADER + 16 * place, 16);
		if (segment == NULL ||
		    is_in(segment, &s->segment[id - OPT_PREVIOUS]) == (s->invert >> id & 1))
			return false;
	}
	return true;
}

static void
add_segment(struct str *out, const struct rule_host *host)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, host->addr.v6, text, sizeof(text));
	str_printf(out, " %s/%u", text, host->len);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct srh *s = data;

	str_add(out, " srh");
	for (unsigned id = 0; id < NB_OPTS; id++) {
		const char *no = s->invert >> id & 1 ? "!" : "", *name = opts[id].name + 4;

		if (!(s->given & 1u << id))
			continue;
		if (id < OPT_PREVIOUS) {
			str_printf(out, " %s:%s%u", name, no, s->number[group(id)]);
			continue;
		}
		str_printf(out, " %s %s", name, no);
		add_segment(out, &s->segment[id - OPT_PREVIOUS]);
	}
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct srh *s = data;

	for (unsigned id = 0; id < NB_OPTS; id++) {
		if (!(s->given & 1u << id))
			continue;
		str_printf(out, "%s --%s", s->invert >> id & 1 ? " !" : "", opts[id].name);
		if (id < OPT_PREVIOUS)
			str_printf(out, " %u", s->number[group(id)]);
		else
			add_segment(out, &s->segment[id - OPT_PREVIOUS]);
	}
}

static struct rule_ext_type type = {
	.name = "srh",
	.families = 1u << HOOK_IP6,
	.size = sizeof(struct srh),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_EXT6,
};

RULE_EXT_REGISTER(type)
