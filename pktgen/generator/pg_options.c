/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include "pg_connect.h"
#include "pg_options.h"
#include "pg_options_check.h"
#include "pg_value.h"

enum kind {
	FLAG,
	NUMBER,
	COUNT,
	REAL,
	TEXT,
	RANGE,
	PORTS,
	MAC,
	ADDR,
	PROTO,
	RATE,
	SPREAD,
	CONNECTIONS,
	FLOOD,
	IMIX,
	LOSS
};

#define AT(field) offsetof(struct pg_options, field)

/* Where a value goes, of what kind it is, and its limits. */
static const struct option {
	const char *name;
	enum kind kind;
	size_t at;
	double min, max;
} options[] = {
	{ "--tx", TEXT, AT(tx), 0, 0 },
	{ "--rx", TEXT, AT(rx), 0, 0 },
	{ "--size", NUMBER, AT(size), PG_SIZE_MIN, PG_SIZE_MAX },
	{ "--imix", IMIX, 0, 0, 0 },
	{ "--ipv6", FLAG, AT(v6), 0, 0 },
	{ "--proto", PROTO, AT(proto), 0, 0 },
	{ "--flows", NUMBER, AT(flows.nb), 1, PG_FLOWS_MAX },
	{ "--spread", SPREAD, AT(zipf), 0, 0 },
	{ "--seed", COUNT, AT(seed), 0, UINT32_MAX },
	{ "--src", RANGE, AT(flows.src), 0, 0 },
	{ "--dst", RANGE, AT(flows.dst), 0, 0 },
	{ "--sport", PORTS, AT(flows.sport), 0, 0 },
	{ "--dport", PORTS, AT(flows.dport), 0, 0 },
	{ "--ttl", NUMBER, AT(ttl), 1, 255 },
	{ "--src-mac", MAC, AT(src_mac), 0, 0 },
	{ "--dst-mac", MAC, AT(dst_mac), 0, 0 },
	{ "--gateway", ADDR, AT(gateway), 0, 0 },
	{ "--address", ADDR, AT(address), 0, 0 },
	{ "--rx-address", ADDR, AT(rx_address), 0, 0 },
	{ "--rate", RATE, 0, 0, 0 },
	{ "--burst", NUMBER, AT(burst), 1, 128 },
	{ "--duration", REAL, AT(duration), 0.1, 1e7 },
	{ "--count", COUNT, AT(count), 1, 1e15 },
	{ "--warm-up", REAL, AT(warm_up), 0, 3600 },
	{ "--drain", REAL, AT(drain), 0.01, 60 },
	{ "--return", FLAG, AT(turn), 0, 0 },
	{ "--check", FLAG, AT(check), 0, 0 },
	{ "--connections", CONNECTIONS, 0, 0, 0 },
	{ "--data", NUMBER, AT(data), 0, PG_CONNECT_DATA_MAX },
	{ "--timeout", REAL, AT(timeout), 0.01, 600 },
	{ "--syn-flood", FLOOD, 0, 0, 0 },
	{ "--search", FLAG, AT(search), 0, 0 },
	{ "--loss", LOSS, AT(loss), 0, 100 },
	{ "--trial", REAL, AT(trial), 0.1, 3600 },
	{ "--resolution", REAL, AT(resolution), 0.01, 50 },
	{ "--json", TEXT, AT(json), 0, 0 },
	{ "--progress", FLAG, AT(progress), 0, 0 },
	{ "--nap", FLAG, AT(nap), 0, 0 },
};

_Static_assert(RTE_DIM(options) <= PG_OPTIONS_MAX, "a bit for each");

static bool
has_value(const struct option *w)
{
	return w->kind != FLAG && w->kind != FLOOD && w->kind != IMIX;
}

static int
take_proto(const char *name, const char *text, enum pg_proto *proto, struct err *e)
{
	static const char *const words[] = { "udp", "tcp", "icmp", NULL };
	unsigned i;

	if (pg_value_word(name, text, words, &i, e) != 0)
		return -EINVAL;
	*proto = (enum pg_proto)i;
	return 0;
}

static int
take_connections(struct pg_options *o, const char *name, const char *text, struct err *e)
{
	o->mode = PG_CONNECTIONS;
	return pg_value_real(name, text, 0.01, 1e9, &o->pps, e);
}

static int
take_number(const struct option *w, void *at, const char *text, struct err *e)
{
	uint64_t n;
	int rc = pg_value_number(w->name, text, w->min, w->max, &n, e);

	if (rc == 0 && w->kind == COUNT)
		*(uint64_t *)at = n;
	else if (rc == 0)
		*(unsigned *)at = n;
	return rc;
}

static int
take_flag(struct pg_options *o, const struct option *w)
{
	if (w->kind == FLOOD)
		o->mode = PG_SYN_FLOOD;
	else if (w->kind == IMIX)
		o->size = 0;
	else
		*((bool *)o + w->at) = true;
	return 0;
}

static int
take_mac(struct pg_options *o, const struct option *w, const char *text, struct err *e)
{
	bool *has = w->at == AT(src_mac) ? &o->has_src_mac : &o->has_dst_mac;

	*has = true;
	return pg_value_mac(w->name, text, (struct rte_ether_addr *)((char *)o + w->at), e);
}

static int
take_loss(struct pg_options *o, const struct option *w, const char *text, struct err *e)
{
	int rc = pg_value_real(w->name, text, w->min, w->max, &o->loss, e);

	o->loss /= 100;
	return rc;
}

static int
take(struct pg_options *o, const struct option *w, const char *text, struct err *e)
{
	void *at = (char *)o + w->at;

	switch (w->kind) {
	case NUMBER:
	case COUNT:
		return take_number(w, at, text, e);
	case REAL:
		return pg_value_real(w->name, text, w->min, w->max, at, e);
	case TEXT:
		*(const char **)at = text;
		return 0;
	case RANGE:
		return pg_range_parse(at, w->name, text, e);
	case PORTS:
		return pg_value_ports(w->name, text, at, e);
	case MAC:
		return take_mac(o, w, text, e);
	case ADDR:
		return pg_value_addr(w->name, text, at, e);
	case PROTO:
		return take_proto(w->name, text, at, e);
	case RATE:
		return pg_value_rate(w->name, text, &o->pps, &o->percent, e);
	case SPREAD:
		return pg_value_spread(w->name, text, at, e);
	case CONNECTIONS:
		return take_connections(o, w->name, text, e);
	case LOSS:
		return take_loss(o, w, text, e);
	default:
		return take_flag(o, w);
	}
}

/* The option of that name; -1: none. */
static int
find(const char *name)
{
	for (unsigned i = 0; i < RTE_DIM(options); i++)
		if (strcmp(options[i].name, name) == 0)
			return i;
	return -1;
}

bool
pg_options_has(uint64_t given, const char *name)
{
	return (given & 1ull << find(name)) != 0;
}

int
pg_options_parse(struct pg_options *o, char **argv, int argc, struct err *e)
{
	uint64_t given = 0;

	*o = (struct pg_options){ .size = PG_SIZE_MIN,
				  .ttl = 64,
				  .burst = 32,
				  .seed = 1,
				  .drain = 1,
				  .timeout = 2,
				  .loss = -1,
				  .trial = 10,
				  .resolution = 1 };
	for (int i = 0; i < argc; i++) {
		int w = find(argv[i]);
		const char *value = NULL;

		if (w < 0)
			return err_set(e, -EINVAL, "unknown option \"%s\": --help lists them",
				       argv[i]);
		if (given & 1ull << w)
			return err_set(e, -EINVAL, "%s is given twice", argv[i]);
		given |= 1ull << w;
		if (has_value(&options[w])) {
			if (++i == argc)
				return err_set(e, -EINVAL, "%s needs a value", argv[i - 1]);
			value = argv[i];
		}
		if (take(o, &options[w], value, e) != 0)
			return -EINVAL;
	}
	return pg_options_check(o, given, e);
}
