/* SPDX-License-Identifier: BSD-3-Clause */
/* How -m hashlimit is listed and saved. Called by match_hashlimit.c and the printers of rules; control lcore. */
#include <inttypes.h>
#include <string.h>

#include "match_hashlimit.h"
#include "rule_host.h"
#include "rule_quote.h"

#define DAY (24u * 60 * 60)

/* In the order in which they are printed. */
static const struct {
	const char *name;
	uint8_t bit;
} modes[] = {
	{ "srcip", RULE_HASHLIMIT_SRCIP },
	{ "srcport", RULE_HASHLIMIT_SRCPORT },
	{ "dstip", RULE_HASHLIMIT_DSTIP },
	{ "dstport", RULE_HASHLIMIT_DSTPORT },
};

uint8_t
hashlimit_mode(const char *word, size_t len)
{
	for (unsigned i = 0; i < RTE_DIM(modes); i++)
		if (strlen(modes[i].name) == len && memcmp(modes[i].name, word, len) == 0)
			return modes[i].bit;
	return 0;
}

uint32_t
hashlimit_bytes_avg(uint64_t bytes)
{
	return UINT32_MAX / ((bytes >> RULE_HASHLIMIT_BYTES_SHIFT) + 1);
}

/* In the largest unit of which there is a whole number, or nearly. Returns the unit, in ms. */
static uint32_t
put_packets(struct str *out, uint64_t avg)
{
	static const struct {
		const char *name;
		uint32_t seconds;
	} by[] = { { "day", DAY }, { "hour", 60 * 60 }, { "min", 60 }, { "sec", 1 } };
	unsigned i = 1;

	avg = RTE_MAX(avg, 1u); /* an interval may be so long that the product has wrapped around */
	for (; i < RTE_DIM(by); i++) {
		uint64_t unit = (uint64_t)by[i].seconds * RULE_HASHLIMIT_SCALE;

		if (avg > unit || unit / avg < unit % avg)
			break;
	}
	i--;
	str_printf(out, " %" PRIu64 "/%s", (uint64_t)by[i].seconds * RULE_HASHLIMIT_SCALE / avg,
		   by[i].name);
	return by[i].seconds * 1000;
}

static const struct {
	const char *name;
	uint32_t bytes;
} byte_units[] = { { "mb", 1u << 20 }, { "kb", 1u << 10 }, { "b", 1 } };

/* In the largest unit whose whole number means the same rate. */
static void
put_byte_rate(struct str *out, uint32_t avg, bool saved)
{
	uint64_t bytes = rule_hashlimit_bytes(avg);
	unsigned i = 0;

	for (; i + 1 < RTE_DIM(byte_units); i++) {
		uint32_t whole = bytes / byte_units[i].bytes;

		if (whole != 0 && hashlimit_bytes_avg(whole * byte_units[i].bytes) == avg)
			break;
	}
	/* Less than 16 bytes show as none, which cannot be read back. */
	if (saved && bytes == 0)
		bytes = 1;
	str_printf(out, " %" PRIu64 "%s/s", bytes / byte_units[i].bytes, byte_units[i].name);
}

/* In the largest unit, but in one that can be read back as that many seconds of the rate. */
static void
put_byte_burst(struct str *out, uint64_t rate, uint64_t seconds)
{
	uint64_t bytes = rate * seconds;
	unsigned i = 0;

	while (i + 1 < RTE_DIM(byte_units) && bytes / byte_units[i].bytes * byte_units[i].bytes <
						      RTE_MAX(rate, byte_units[i].bytes))
		i++;
	str_printf(out, "%" PRIu64 "%s", bytes / byte_units[i].bytes, byte_units[i].name);
}

/* Rate and burst. Returns how long an entry stays then, unless told otherwise: ms. */
static uint32_t
put_rate(struct str *out, const struct rule_hashlimit_cfg *c, uint64_t avg, const char *dashes)
{
	uint32_t ms;

	if (c->mode & RULE_HASHLIMIT_BYTES) {
		put_byte_rate(out, c->avg, dashes[0] != '\0');
		if (c->burst == 0)
			return 15000;
		str_printf(out, " %sburst ", dashes);
		put_byte_burst(out, rule_hashlimit_bytes(c->avg), c->burst);
		return 60000;
	}
	ms = put_packets(out, avg);
	str_printf(out, " %sburst %" PRIu64, dashes, c->burst);
	return ms;
}

static void
put_mode(struct str *out, uint8_t mode, const char *dashes, char between)
{
	bool first = true;

	for (unsigned i = 0; i < RTE_DIM(modes); i++)
		if (mode & modes[i].bit) {
			if (first)
				str_printf(out, " %smode %s", dashes, modes[i].name);
			else
				str_printf(out, "%c%s", between, modes[i].name);
			first = false;
		}
}

static void
put_table(struct str *out, const struct rule_where *w, const struct rule_hashlimit_cfg *c,
	  uint32_t expire_ms, const char *dashes)
{
	uint8_t bits = rule_host_bits(w->family);

	if (c->size != 0)
		str_printf(out, " %shtable-size %u", dashes, c->size);
	if (c->max != 0)
		str_printf(out, " %shtable-max %u", dashes, c->max);
	if (c->gc_ms != 1000)
		str_printf(out, " %shtable-gcinterval %u", dashes, c->gc_ms);
	if (c->expire_ms != expire_ms)
		str_printf(out, " %shtable-expire %u", dashes, c->expire_ms);
	if (c->src_len != bits)
		str_printf(out, " %ssrcmask %u", dashes, c->src_len);
	if (c->dst_len != bits)
		str_printf(out, " %sdstmask %u", dashes, c->dst_len);
	if (!(c->mode & RULE_HASHLIMIT_RATE))
		return;
	str_printf(out, " %srate-match", dashes);
	if (c->interval != 1)
		str_printf(out, " %srate-interval %u", dashes, c->interval);
}

void
hashlimit_print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_hashlimit_cfg *c = &((const struct hashlimit *)data)->cfg;
	uint32_t ms;

	str_add(out, c->mode & RULE_HASHLIMIT_ABOVE ? " limit: above" : " limit: up to");
	ms = put_rate(out, c, c->avg * c->interval, "");
	put_mode(out, c->mode, "", '-');
	put_table(out, w, c, ms, "");
}

void
hashlimit_save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct hashlimit *h = data;
	const struct rule_hashlimit_cfg *c = &h->cfg;
	uint32_t ms;

	str_add(out, c->mode & RULE_HASHLIMIT_ABOVE ? " --hashlimit-above" : " --hashlimit-upto");
	ms = put_rate(out, c, c->avg, "--hashlimit-");
	put_mode(out, c->mode, "--hashlimit-", ',');
	str_add(out, " --hashlimit-name");
	rule_quote_odd(out, h->name);
	put_table(out, w, c, ms, "--hashlimit-");
}
