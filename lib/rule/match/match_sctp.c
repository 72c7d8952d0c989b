/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m sctp: ports, and the chunks that a packet has. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <rte_sctp.h>

#include "rule_ports.h"
#include "rule_value.h"

enum { OPT_SPORT, OPT_DPORT, OPT_CHUNKS };

enum { CHUNKS_ALL, CHUNKS_ANY, CHUNKS_ONLY };

#define CHUNK_TYPES 256
#define CHUNK_HEADER 4 /* type, flags, length */

struct sctp {
	struct rule_ports sport, dport;
	uint8_t given; /* bit per option */
	uint8_t mode;  /* CHUNKS_* */
	uint8_t chunks_invert;
	uint64_t types[CHUNK_TYPES / 64];
	/* Flags of types that have some, by place in chunk_names. */
	struct {
		uint8_t mask, value;
	} flags[24];
};

/*
 * Numbers of RFC 9260, 3758, 4820, 5061, 6525, 8260; letters of flags from bit 7 to bit 0. In the order of iptables 1.8.9,
 * which takes the place for the number where flags are concerned: those of I_DATA are of no chunk that is asked for.
 */
static const struct {
	const char *name;
	uint8_t type;
	const char *flags;
} chunk_names[] = {
	{ "DATA", 0, "----IUBE" },
	{ "INIT", 1, "" },
	{ "INIT_ACK", 2, "" },
	{ "SACK", 3, "" },
	{ "HEARTBEAT", 4, "" },
	{ "HEARTBEAT_ACK", 5, "" },
	{ "ABORT", 6, "-------T" },
	{ "SHUTDOWN", 7, "" },
	{ "SHUTDOWN_ACK", 8, "" },
	{ "ERROR", 9, "" },
	{ "COOKIE_ECHO", 10, "" },
	{ "COOKIE_ACK", 11, "" },
	{ "ECN_ECNE", 12, "" },
	{ "ECN_CWR", 13, "" },
	{ "SHUTDOWN_COMPLETE", 14, "-------T" },
	{ "I_DATA", 64, "----IUBE" },
	{ "RE_CONFIG", 130, "" },
	{ "PAD", 132, "" },
	{ "ASCONF", 193, "" },
	{ "ASCONF_ACK", 128, "" },
	{ "FORWARD_TSN", 192, "" },
};

_Static_assert(RTE_DIM(chunk_names) <= RTE_DIM(((struct sctp *)0)->flags), "a place for each");

static const char *const mode_names[] = { "all", "any", "only" };

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT)

static const struct rule_opt opts[] = {
	{ "source-port", OPT_SPORT, OPT_FLAGS, 0 },      { "sport", OPT_SPORT, OPT_FLAGS, 0 },
	{ "destination-port", OPT_DPORT, OPT_FLAGS, 0 }, { "dport", OPT_DPORT, OPT_FLAGS, 0 },
	{ "chunk-types", OPT_CHUNKS, OPT_FLAGS, 0 },
};

static void
init(void *data)
{
	struct sctp *s = data;

	s->sport.hi = s->dport.hi = UINT16_MAX;
}

static bool
has_type(const struct sctp *s, uint8_t type)
{
	return s->types[type / 64] >> type % 64 & 1;
}

static bool
types_are(const struct sctp *s, uint64_t word)
{
	for (unsigned i = 0; i < RTE_DIM(s->types); i++)
		if (s->types[i] != word)
			return false;
	return true;
}

/* Letters: a capital must be set, a small one must not; a capital stays one. */
static int
parse_flags(const struct rule_parse *p, const char *text, unsigned at, struct sctp *s)
{
	for (; *text != '\0'; text++) {
		const char *letters = chunk_names[at].flags, *found = letters;
		uint8_t bit;

		while (*found != '\0' && (*found == '-' || (*found | 0x20) != (*text | 0x20)))
			found++;
		if (*found == '\0')
			return err_set(p->err, -EINVAL, "Invalid flags for chunk type %u", at);
		if (chunk_names[at].type != at)
			continue;
		bit = 0x80 >> (found - letters);
		s->flags[at].mask |= bit;
		if (*text == *found)
			s->flags[at].value |= bit;
	}
	return 0;
}

/* "INIT", "DATA:Be" */
static int
parse_chunk(const struct rule_parse *p, char *word, struct sctp *s)
{
	char *colon = strchr(word, ':');

	if (colon != NULL)
		*colon = '\0';
	for (unsigned i = 0; i < RTE_DIM(chunk_names); i++) {
		uint8_t type = chunk_names[i].type;

		if (strcasecmp(chunk_names[i].name, word) != 0)
			continue;
		s->types[type / 64] |= UINT64_C(1) << type % 64;
		return colon != NULL ? parse_flags(p, colon + 1, i, s) : 0;
	}
	return err_set(p->err, -EINVAL, "Unknown sctp chunk `%s'", word);
}

static int
parse_list(const struct rule_parse *p, const char *text, struct sctp *s)
{
	char *copy, *save = NULL;
	int rc = 0;

	if (strcasecmp(text, "ALL") == 0 || strcasecmp(text, "NONE") == 0) {
		memset(s->types, strcasecmp(text, "ALL") == 0 ? 0xff : 0, sizeof(s->types));
		return 0;
	}
	copy = strdup(text);
	if (copy == NULL)
		return -ENOMEM;
	for (char *w = strtok_r(copy, ",", &save); w != NULL && rc == 0;
	     w = strtok_r(NULL, ",", &save))
		rc = parse_chunk(p, w, s);
	free(copy);
	return rc;
}

static int
parse_chunks(const struct rule_parse *p, const char *arg, bool invert, struct sctp *s)
{
	const char *list = *p->next < p->argc ? p->argv[*p->next] : "-";

	if (list[0] == '-' || list[0] == '!')
		return err_set(p->err, -EINVAL, "--chunk-types requires two args");
	s->chunks_invert = invert;
	for (s->mode = 0; s->mode < RTE_DIM(mode_names); s->mode++)
		if (strcasecmp(arg, mode_names[s->mode]) == 0)
			break;
	if (s->mode == RTE_DIM(mode_names))
		return err_set(p->err, -EINVAL,
			       "Match type has to be one of \"ALL\", \"ANY\" or \"ONLY\"");
	(*p->next)++;
	return parse_list(p, list, s);
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct sctp *s = data;
	struct rule_ports *ports = id == OPT_SPORT ? &s->sport : &s->dport;

	if (s->given & 1u << id)
		return err_set(p->err, -EINVAL, "Only one `--%s' allowed", p->opt);
	s->given |= 1u << id;
	if (id == OPT_CHUNKS)
		return parse_chunks(p, arg, invert, s);
	ports->invert = invert;
	return rule_ports_parse(arg, "sctp", ports, p->err);
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_SCTP);
}

/* Types with flags stand at their number. */
static bool
flags_match(const struct sctp *s, const uint8_t *chunk)
{
	return chunk[0] >= RTE_DIM(s->flags) ||
	       (chunk[1] & s->flags[chunk[0]].mask) == s->flags[chunk[0]].value;
}

/* The first chunk that decides does; -1: none has, yet. */
static int
decide(const struct sctp *s, const uint8_t *chunk, uint64_t *missing)
{
	bool fits = has_type(s, chunk[0]) && flags_match(s, chunk);

	if (s->mode == CHUNKS_ANY && fits)
		return true;
	if (s->mode == CHUNKS_ONLY && !fits)
		return false;
	if (fits)
		missing[chunk[0] / 64] &= ~(UINT64_C(1) << chunk[0] % 64);
	return -1;
}

/* A packet without any chunk, or with one that is cut short, is dropped. */
static bool
chunks_match(struct rule_packet *rp, const struct sctp *s)
{
	uint32_t at = rp->p->l4 + sizeof(struct rte_sctp_hdr), end = rp->p->l3 + rp->p->len;
	uint64_t missing[RTE_DIM(s->types)];

	memcpy(missing, s->types, sizeof(missing));
	do {
		uint8_t copy[CHUNK_HEADER];
		const uint8_t *chunk = NULL;
		unsigned len;
		int rc;

		if (at + CHUNK_HEADER <= end)
			chunk = rte_pktmbuf_read(rp->m, at, CHUNK_HEADER, copy);
		len = chunk != NULL ? chunk[2] << 8 | chunk[3] : 0;
		if (len == 0) {
			rp->hotdrop = true;
			return false;
		}
		rc = decide(s, chunk, missing);
		if (rc >= 0)
			return rc;
		at += RTE_ALIGN_CEIL(len, 4);
	} while (at < end);
	for (unsigned i = 0; s->mode == CHUNKS_ALL && i < RTE_DIM(missing); i++)
		if (missing[i] != 0)
			return false;
	return s->mode != CHUNKS_ANY;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct sctp *s = data;
	bool chunks;

	if (rp->p->flags & PKT_FRAG_LATER)
		return false;
	if (pkt_l4_len(rp->m) < sizeof(struct rte_sctp_hdr)) {
		rp->hotdrop = true;
		return false;
	}
	if (!rule_ports_match(&s->sport, rp->p->sport) ||
	    !rule_ports_match(&s->dport, rp->p->dport))
		return false;
	if (!(s->given & 1u << OPT_CHUNKS))
		return true;
	chunks = chunks_match(rp, s);
	return !rp->hotdrop && chunks != s->chunks_invert;
}

static void
flags_text(struct str *out, const struct sctp *s, unsigned at)
{
	const char *letters = chunk_names[at].flags;

	str_add(out, s->flags[at].mask != 0 ? ":" : "");
	for (unsigned i = 0; letters[i] != '\0'; i++)
		if (s->flags[at].mask & 0x80 >> i)
			str_printf(out, "%c",
				   s->flags[at].value & 0x80 >> i ? letters[i] : letters[i] | 0x20);
}

static void
chunks_text(struct str *out, const struct sctp *s, bool numeric)
{
	const char *sep = "";

	str_printf(out, " %s ", mode_names[s->mode]);
	if (types_are(s, 0) || types_are(s, UINT64_MAX)) {
		str_add(out, types_are(s, 0) ? "NONE" : "ALL");
		return;
	}
	for (unsigned type = 0; type < CHUNK_TYPES; type++) {
		unsigned i = 0;

		if (!has_type(s, type))
			continue;
		while (chunk_names[i].type != type)
			i++;
		if (numeric)
			str_printf(out, "%s0x%04X", sep, type);
		else
			str_printf(out, "%s%s", sep, chunk_names[i].name);
		flags_text(out, s, i);
		sep = ",";
	}
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct sctp *s = data;

	str_add(out, " sctp");
	rule_ports_print(out, "spt", &s->sport, "sctp", w->numeric);
	rule_ports_print(out, "dpt", &s->dport, "sctp", w->numeric);
	if (!(s->given & 1u << OPT_CHUNKS))
		return;
	str_add(out, s->chunks_invert ? " !" : "");
	chunks_text(out, s, w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct sctp *s = data;

	rule_ports_save_given(out, "--sport", &s->sport, s->given & 1u << OPT_SPORT);
	rule_ports_save_given(out, "--dport", &s->dport, s->given & 1u << OPT_DPORT);
	if (!(s->given & 1u << OPT_CHUNKS))
		return;
	rule_save_opt(out, s->chunks_invert, "--chunk-types");
	chunks_text(out, s, false);
}

/* A header or a chunk that is cut short drops the packet: no filter may keep it away. */
static struct rule_ext_type type = {
	.name = "sctp",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.proto = IPPROTO_SCTP,
	.size = sizeof(struct sctp),
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
