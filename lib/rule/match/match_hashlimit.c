/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m hashlimit: how many packets, or bytes, an address, a port or both may have in a time. The tables are in
 * rule_hashlimit.c, its text in match_hashlimit_text.c. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "match_hashlimit.h"
#include "rule_host.h"
#include "rule_value.h"

#define BURST 5u /* packets, unless told otherwise */
#define BURST_MAX 1000000u
#define GC_MS 1000u
#define BYTES_EXPIRE_MS 15000u
#define BYTES_BURST_EXPIRE_MS 60000u

enum {
	OPT_UPTO,
	OPT_ABOVE,
	OPT_SRCMASK,
	OPT_DSTMASK,
	OPT_BURST,
	OPT_SIZE,
	OPT_MAX,
	OPT_GC,
	OPT_EXPIRE,
	OPT_MODE,
	OPT_NAME,
	OPT_RATE_MATCH,
	OPT_RATE_INTERVAL,
};

struct hashlimit_state {
	struct rule_hashlimit *table; /* NULL: not checked yet */
};

static struct rule_ext_type type;

#define ONE (RULE_OPT_ARG | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "hashlimit-upto", OPT_UPTO, ONE | RULE_OPT_INVERT, 1u << OPT_ABOVE },
	{ "hashlimit-above", OPT_ABOVE, ONE | RULE_OPT_INVERT, 1u << OPT_UPTO },
	{ "hashlimit", OPT_UPTO, ONE | RULE_OPT_INVERT, 1u << OPT_ABOVE },
	{ "hashlimit-srcmask", OPT_SRCMASK, ONE, 0 },
	{ "hashlimit-dstmask", OPT_DSTMASK, ONE, 0 },
	{ "hashlimit-burst", OPT_BURST, ONE, 0 },
	{ "hashlimit-htable-size", OPT_SIZE, ONE, 0 },
	{ "hashlimit-htable-max", OPT_MAX, ONE, 0 },
	{ "hashlimit-htable-gcinterval", OPT_GC, ONE, 0 },
	{ "hashlimit-htable-expire", OPT_EXPIRE, ONE, 0 },
	{ "hashlimit-mode", OPT_MODE, ONE, 0 },
	{ "hashlimit-name", OPT_NAME, ONE | RULE_OPT_MUST, 0 },
	{ "hashlimit-rate-match", OPT_RATE_MATCH, RULE_OPT_ONCE, 0 },
	{ "hashlimit-rate-interval", OPT_RATE_INTERVAL, ONE, 0 },
};

static void
init(void *data)
{
	struct hashlimit *h = data;

	h->cfg.gc_ms = GC_MS;
	h->cfg.interval = 1;
	h->unit = 1;
}

static int
bad_value(const struct rule_parse *p, const char *arg)
{
	return err_set(p->err, -EINVAL, "hashlimit: Bad value for \"--%s\" option: \"%s\"", p->opt,
		       arg);
}

/* "5", "5/s" ... "5/second": the unit may be cut short. What stands between the number and the unit does not matter. */
static int
parse_packets(const struct rule_parse *p, const char *arg, struct hashlimit *h)
{
	static const struct {
		const char *name;
		uint32_t seconds;
	} units[] = { { "second", 1 }, { "minute", 60 }, { "hour", 60 * 60 }, { "day", 86400 } };
	const char *slash = strchr(arg, '/');
	uint64_t n = strtoull(arg, NULL, 10);

	h->unit = slash == NULL;
	for (unsigned i = 0; slash != NULL && slash[1] != '\0' && i < RTE_DIM(units); i++)
		if (strncasecmp(slash + 1, units[i].name, strlen(slash + 1)) == 0)
			h->unit = units[i].seconds;
	if (n == 0 || h->unit == 0)
		return bad_value(p, arg);
	h->cfg.avg = (uint64_t)RULE_HASHLIMIT_SCALE * h->unit / n;
	return n / h->unit > RULE_HASHLIMIT_SCALE || h->cfg.avg == 0
		       ? err_set(p->err, -EINVAL, "Rate too fast \"%s\"", arg)
		       : 0;
}

/* A number of bytes and its unit. */
static uint64_t
read_bytes(const char *arg)
{
	char *end;
	uint64_t n = strtoull(arg, &end, 10);

	return *end == 'k' ? n << 10 : *end == 'm' ? n << 20 : n;
}

static int
parse_rate(const struct rule_parse *p, const char *arg, struct hashlimit *h)
{
	uint64_t bytes;

	if (strstr(arg, "b/s") == NULL)
		return parse_packets(p, arg, h);
	bytes = read_bytes(arg);
	if (bytes == 0)
		return bad_value(p, arg);
	h->cfg.avg = hashlimit_bytes_avg(bytes);
	h->cfg.mode |= RULE_HASHLIMIT_BYTES;
	return 0;
}

static int
bad_burst(const struct rule_parse *p)
{
	return err_set(p->err, -EINVAL,
		       "bad value for option \"--hashlimit-burst\", or out of range (1-%u).",
		       BURST_MAX);
}

/* A number of packets, or of bytes with a unit: which of both it is to be, the rate says. */
static int
parse_burst(const struct rule_parse *p, const char *arg, struct hashlimit *h)
{
	const char *end;
	uint64_t n;

	if (rule_value_read(arg, &end, UINT64_MAX, &n) && *end == '\0') {
		h->cfg.burst = n;
		return n == 0 || n > BURST_MAX ? bad_burst(p) : 0;
	}
	h->cfg.burst = read_bytes(arg);
	return h->cfg.burst == 0 || h->cfg.burst == UINT64_MAX || strchr(arg, '-') != NULL
		       ? bad_burst(p)
		       : 0;
}

static int
parse_mode(const struct rule_parse *p, const char *arg, struct hashlimit *h)
{
	for (const char *word = arg; *word != '\0';) {
		size_t len = strcspn(word, ",");
		uint8_t bit = hashlimit_mode(word, len);

		if (bit == 0)
			return bad_value(p, arg);
		h->cfg.mode |= bit;
		word += len + (word[len] == ',');
	}
	return 0;
}

/* A mask that is no prefix is refused by the kernel. */
static int
parse_mask(const struct rule_parse *p, const char *arg, uint8_t *len)
{
	int rc = rule_host_prefix(p, arg, len);
	uint8_t bits = rule_host_bits(p->family);

	if (rc == 0 && *len == bits && p->family == HOOK_IP4 && strtol(arg, NULL, 0) != bits &&
	    strcmp(arg, "255.255.255.255") != 0)
		*len = UINT8_MAX;
	return rc;
}

static int
parse_name(const struct rule_parse *p, const char *arg, struct hashlimit *h)
{
	if (arg[0] == '\0')
		return err_set(p->err, -EINVAL,
			       "Argument must have a minimum length of 1 characters\n");
	memcpy(h->name, arg, strnlen(arg, sizeof(h->name) - 1));
	return 0;
}

static int
parse_interval(const struct rule_parse *p, const char *arg, struct hashlimit *h)
{
	const char *end;
	uint64_t n;

	if (!rule_value_read(arg, &end, UINT32_MAX, &n) || *end != '\0' || n == 0 ||
	    n == UINT32_MAX)
		return bad_value(p, arg);
	h->cfg.interval = n;
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct hashlimit *h = data;

	switch (id) {
	case OPT_UPTO:
	case OPT_ABOVE:
		if ((id == OPT_ABOVE) != invert)
			h->cfg.mode |= RULE_HASHLIMIT_ABOVE;
		return parse_rate(p, arg, h);
	case OPT_SRCMASK:
		return parse_mask(p, arg, &h->cfg.src_len);
	case OPT_DSTMASK:
		return parse_mask(p, arg, &h->cfg.dst_len);
	case OPT_BURST:
		return parse_burst(p, arg, h);
	case OPT_SIZE:
		return rule_value_number(p, arg, 0, UINT32_MAX, &h->cfg.size);
	case OPT_MAX:
		return rule_value_number(p, arg, 0, UINT32_MAX, &h->cfg.max);
	case OPT_GC:
		return rule_value_number(p, arg, 0, UINT32_MAX, &h->cfg.gc_ms);
	case OPT_EXPIRE:
		return rule_value_number(p, arg, 0, UINT32_MAX, &h->cfg.expire_ms);
	case OPT_MODE:
		return parse_mode(p, arg, h);
	case OPT_NAME:
		return parse_name(p, arg, h);
	case OPT_RATE_MATCH:
		h->cfg.mode |= RULE_HASHLIMIT_RATE;
		return 0;
	default:
		return parse_interval(p, arg, h);
	}
}

/* A burst of bytes is in seconds of the rate, rounded up. */
static int
final_bytes(const struct rule_parse *p, uint32_t seen, struct hashlimit *h)
{
	uint64_t rate = rule_hashlimit_bytes(h->cfg.avg);

	if (!(seen & 1u << OPT_EXPIRE))
		h->cfg.expire_ms = seen & 1u << OPT_BURST ? BYTES_BURST_EXPIRE_MS : BYTES_EXPIRE_MS;
	if (!(seen & 1u << OPT_BURST))
		return 0;
	h->cfg.burst = (uint32_t)h->cfg.burst;
	if (rate == 0 || h->cfg.burst < rate)
		return err_set(p->err, -EINVAL, "burst cannot be smaller than %llub",
			       (unsigned long long)RTE_MAX(rate, 16u));
	h->cfg.burst = (h->cfg.burst + rate - 1) / rate;
	return 0;
}

static int
final_packets(const struct rule_parse *p, uint32_t seen, struct hashlimit *h)
{
	if (!(seen & 1u << OPT_BURST))
		h->cfg.burst = BURST;
	if (h->cfg.burst > BURST_MAX)
		return bad_burst(p);
	if (!(seen & 1u << OPT_EXPIRE))
		h->cfg.expire_ms = h->unit * 1000;
	if (!(h->cfg.mode & RULE_HASHLIMIT_RATE))
		return 0;
	h->cfg.avg /= h->unit;
	if (h->cfg.avg == 0)
		return err_set(p->err, -EINVAL, "Rate too fast");
	if (!(seen & 1u << OPT_RATE_INTERVAL))
		h->cfg.interval = h->unit;
	return 0;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct hashlimit *h = data;
	int rc;

	if (!(seen & (1u << OPT_UPTO | 1u << OPT_ABOVE)))
		return err_set(p->err, -EINVAL, "You have to specify --hashlimit");
	if (!(seen & 1u << OPT_SRCMASK))
		h->cfg.src_len = rule_host_bits(p->family);
	if (!(seen & 1u << OPT_DSTMASK))
		h->cfg.dst_len = rule_host_bits(p->family);
	rc = h->cfg.mode & RULE_HASHLIMIT_BYTES ? final_bytes(p, seen, h)
						: final_packets(p, seen, h);
	h->unit = 0;
	return rc;
}

static void
release(const void *data, void *state)
{
	struct hashlimit_state *s = state;

	if (s->table != NULL)
		rule_hashlimit_put(s->table);
	s->table = NULL;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct hashlimit *h = data;
	const struct rule_hashlimit_cfg *c = &h->cfg;
	struct hashlimit_state *s = rule_ext_state(&type, data);
	uint8_t bits = rule_host_bits(w->family);

	if (c->gc_ms == 0 || c->expire_ms == 0 || c->src_len > bits || c->dst_len > bits)
		return -EINVAL;
	if (!(c->mode & (RULE_HASHLIMIT_BYTES | RULE_HASHLIMIT_RATE)) &&
	    rule_hashlimit_credits(c->avg * c->burst) < rule_hashlimit_credits(c->avg))
		return -ERANGE;
	release(data, s);
	return rule_hashlimit_get(h->name, w->family, c, &s->table);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct hashlimit *h = data;
	const struct hashlimit_state *s = rule_ext_state(&type, data);

	return rule_hashlimit_match(s->table, h->cfg.mode, rp);
}

static struct rule_ext_type type = {
	.name = "hashlimit",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct hashlimit),
	.state_size = sizeof(struct hashlimit_state),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = hashlimit_print,
	.save = hashlimit_save,
	.deps = RULE_DEP_TIME | RULE_DEP_LENGTH | RULE_DEP_ORDER,
	.release = release,
};

RULE_EXT_REGISTER(type)
