/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j TCPOPTSTRIP: TCP options become no-operations. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "pkt_rewrite.h"
#include "rule_name.h"
#include "rule_tcp.h"

struct strip {
	uint32_t kinds[256 / 32]; /* bit per kind */
};

static const struct {
	const char *name;
	uint8_t kind;
} names[] = {
	{ "wscale", 3 }, { "mss", 2 },       { "sack-permitted", 4 },
	{ "sack", 5 },   { "timestamp", 8 }, { "md5", 19 },
};

static const struct rule_opt opts[] = {
	{ "strip-options", 0, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

static bool
strips(const struct strip *s, uint8_t kind)
{
	return s->kinds[kind / 32] & 1u << kind % 32;
}

/* A number, or a name. */
static int
parse_kind(const char *word, uint8_t *kind, struct err *e)
{
	unsigned long long n;

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (strcmp(names[i].name, word) == 0) {
			*kind = names[i].kind;
			return 0;
		}
	if (!rule_number(word, UINT8_MAX, &n))
		return err_set(e, -EINVAL, "Bad TCP option value \"%s\"", word);
	if (n <= RULE_TCP_OPT_NOP)
		return err_set(e, -EINVAL, "Option value may not be 0 or 1");
	*kind = n;
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct strip *s = data;
	char *copy = strdup(arg), *rest = copy, *word;
	uint8_t kind = 0;
	int rc = 0;

	if (copy == NULL)
		abort();
	while (rc == 0 && (word = strsep(&rest, ",")) != NULL) {
		rc = parse_kind(word, &kind, p->err);
		if (rc == 0 && strips(s, kind))
			rc = err_set(p->err, -EINVAL, "Option \"%s\" already specified", word);
		if (rc == 0)
			s->kinds[kind / 32] |= 1u << kind % 32;
	}
	free(copy);
	return rc;
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_TCP);
}

/* Bytes from i on become no-operations. */
static void
erase(struct rte_tcp_hdr *h, unsigned i, unsigned n)
{
	uint8_t *bytes = (uint8_t *)h;

	for (; n > 0; i++, n--) {
		unsigned shift = i % 2 == 0 ? 8 : 0;

		h->cksum = pkt_sum_replace(h->cksum, rte_cpu_to_be_16(bytes[i] << shift),
					   rte_cpu_to_be_16(RULE_TCP_OPT_NOP << shift));
		bytes[i] = RULE_TCP_OPT_NOP;
	}
}

/* A last byte by itself is no option, also to Linux. */
static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	struct rte_tcp_hdr *h;
	unsigned header, n;

	if (rp->p->flags & PKT_FRAG_LATER)
		return RULE_VERDICT_CONTINUE;
	h = rule_tcp_header(rp, sizeof(*h));
	if (h == NULL || rule_tcp_len(h) < sizeof(*h) ||
	    rule_tcp_header(rp, rule_tcp_len(h)) == NULL)
		return rule_tcp_cut();
	header = rule_tcp_len(h);
	for (unsigned i = sizeof(*h); i + 1 < header; i += n) {
		const uint8_t *bytes = (const uint8_t *)h;

		n = rule_tcp_option_len(bytes, i, header);
		if (i + n > header)
			break;
		if (strips(data, bytes[i]))
			erase(h, i, n);
	}
	return RULE_VERDICT_CONTINUE;
}

static const char *
kind_name(uint8_t kind)
{
	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (names[i].kind == kind)
			return names[i].name;
	return NULL;
}

/* what and the list; nothing of an empty one. */
static void
list(struct str *out, const char *what, const struct strip *s, bool numeric)
{
	for (unsigned kind = 0; kind < 256; kind++) {
		const char *name = numeric ? NULL : kind_name(kind);

		if (!strips(s, kind))
			continue;
		str_add(out, what);
		what = ",";
		if (name != NULL)
			str_add(out, name);
		else
			str_printf(out, "%u", kind);
	}
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	list(out, " TCPOPTSTRIP options ", data, w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	list(out, " --strip-options ", data, true);
}

static struct rule_ext_type type = {
	.name = "TCPOPTSTRIP",
	.target = true,
	.table = "mangle",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct strip),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TCP_OPTIONS | RULE_DEP_WRITER,
};

RULE_EXT_REGISTER(type)
