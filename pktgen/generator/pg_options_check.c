/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include "pg_connect.h"
#include "pg_options_check.h"

#define FLOWS_OF_CONNECTIONS 50000 /* when --flows is not given */

/*
 * RFC 2544 C.2.2 and RFC 5180 8: addresses for benchmarks. Few enough for a router's table of neighbours, many enough for
 * PG_FLOWS_MAX, and without those that routers mostly have.
 */
static const char *const defaults4[] = { "198.18.0.2-198.18.0.250", "198.19.0.2" };
static const char *const defaults6[] = { "2001:2:0:1::2-2001:2:0:1::fa", "2001:2:0:2::2" };

static const char *const exclusive[][2] = {
	{ "--imix", "--size" },
	{ "--gateway", "--dst-mac" },
	{ "--connections", "--syn-flood" },
	{ "--connections", "--search" },
	{ "--connections", "--return" },
	{ "--connections", "--proto" },
	{ "--connections", "--size" },
	{ "--connections", "--imix" },
	{ "--connections", "--rate" },
	{ "--connections", "--spread" },
	{ "--connections", "--warm-up" },
	{ "--syn-flood", "--return" },
	{ "--syn-flood", "--proto" },
	{ "--syn-flood", "--size" },
	{ "--syn-flood", "--imix" },
	{ "--search", "--count" },
	{ "--search", "--duration" },
};

/* The first is of no use without the second. */
static const char *const needs[][2] = {
	{ "--data", "--connections" },
	{ "--timeout", "--connections" },
	{ "--trial", "--search" },
	{ "--resolution", "--search" },
};

static int
check_pairs(uint64_t given, struct err *e)
{
	for (unsigned i = 0; i < RTE_DIM(exclusive); i++)
		if (pg_options_has(given, exclusive[i][0]) &&
		    pg_options_has(given, exclusive[i][1]))
			return err_set(e, -EINVAL, "%s and %s exclude each other", exclusive[i][0],
				       exclusive[i][1]);
	for (unsigned i = 0; i < RTE_DIM(needs); i++)
		if (pg_options_has(given, needs[i][0]) && !pg_options_has(given, needs[i][1]))
			return err_set(e, -EINVAL, "%s means nothing without %s", needs[i][0],
				       needs[i][1]);
	return 0;
}

/* Both ranges, of one family: what is given says which. */
static int
check_family(struct pg_options *o, uint64_t given, struct err *e)
{
	struct {
		const char *name;
		uint8_t family;
	} all[] = { { "--src", o->flows.src.first.family },
		    { "--dst", o->flows.dst.first.family },
		    { "--gateway", o->gateway.family },
		    { "--address", o->address.family },
		    { "--rx-address", o->rx_address.family } };
	const char *const *defaults;
	const char *first = o->v6 ? "--ipv6" : NULL;
	uint8_t family = o->v6 ? AF_INET6 : AF_UNSPEC;

	for (unsigned i = 0; i < RTE_DIM(all); i++) {
		if (all[i].family == AF_UNSPEC)
			continue;
		if (family != AF_UNSPEC && all[i].family != family)
			return err_set(e, -EINVAL,
				       "%s is of another family than %s: expected IPv%c",
				       all[i].name, first, family == AF_INET6 ? '6' : '4');
		family = all[i].family;
		first = first == NULL ? all[i].name : first;
	}
	o->v6 = family == AF_INET6;
	defaults = o->v6 ? defaults6 : defaults4;
	if (o->flows.src.nb == 0)
		pg_range_parse(&o->flows.src, "--src", defaults[0], e);
	if (o->flows.dst.nb == 0)
		pg_range_parse(&o->flows.dst, "--dst", defaults[1], e);
	return 0;
}

/* The router must not be played too. */
static int
check_gateway(const struct pg_options *o, struct err *e)
{
	char text[IP_ADDR_TEXT];

	if (o->gateway.family == AF_UNSPEC || !pg_range_has(&o->flows.src, &o->gateway))
		return 0;
	return err_set(e, -EINVAL,
		       "--src: it holds the gateway, %s, which is not to be played: leave it out "
		       "(FIRST-LAST)",
		       ip_addr_text(&o->gateway, text));
}

static int
check_ports(struct pg_options *o, uint64_t given, struct err *e)
{
	if (o->proto == PG_ICMP && pg_options_has(given, "--dport"))
		return err_set(e, -EINVAL, "--dport: icmp has no ports; --sport is the identifier");
	if (o->flows.sport.nb == 0)
		o->flows.sport = (struct pg_ports){ .first = 1024, .nb = 65536 - 1024 };
	if (o->flows.dport.nb == 0)
		o->flows.dport = (struct pg_ports){ .first = o->proto == PG_TCP ? 80 : 9, .nb = 1 };
	return 0;
}

static int
check_flows(struct pg_options *o, uint64_t given, struct err *e)
{
	uint32_t max = o->mode == PG_CONNECTIONS ? PG_CONNECT_MAX : PG_FLOWS_MAX;
	uint64_t room = pg_flows_room(&o->flows);

	if (o->flows.nb == 0) {
		o->flows.nb = o->mode == PG_STREAM ? 1 : FLOWS_OF_CONNECTIONS;
		if (o->flows.nb > room)
			o->flows.nb = room;
	}
	if (o->flows.nb > max)
		return err_set(e, -EINVAL, "--flows: %u: expected up to %u with --connections",
			       o->flows.nb, max);
	if (o->flows.nb > room)
		return err_set(
			e, -EINVAL,
			"--flows: %u: --src, --dst, --sport and --dport allow only %lu: widen them",
			o->flows.nb, room);
	return 0;
}

static int
check_size(struct pg_options *o, uint64_t given, struct err *e)
{
	struct pg_frame f;
	unsigned min;

	pg_frame_init(&f, o->v6, o->proto, o->ttl);
	min = pg_frame_min(&f);
	if (o->mode != PG_STREAM || o->size == 0 || o->size >= min)
		return 0;
	if (pg_options_has(given, "--size"))
		return err_set(e, -EINVAL,
			       "--size: %u: with this protocol, family and the generator's own 18 "
			       "bytes a frame has at least %u",
			       o->size, min);
	o->size = min;
	return 0;
}

int
pg_options_check(struct pg_options *o, uint64_t given, struct err *e)
{
	int rc = check_pairs(given, e);

	if (o->mode != PG_STREAM)
		o->proto = PG_TCP;
	if (rc == 0)
		rc = check_family(o, given, e);
	if (rc == 0)
		rc = check_gateway(o, e);
	if (rc == 0)
		rc = check_ports(o, given, e);
	if (rc == 0)
		rc = check_flows(o, given, e);
	if (rc == 0)
		rc = check_size(o, given, e);
	if (!o->search && o->duration == 0 && o->count == 0)
		o->duration = 10;
	if (!pg_options_has(given, "--warm-up") && o->search)
		o->warm_up = 1;
	return rc;
}
