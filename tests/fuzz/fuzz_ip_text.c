/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of `ip` commands, without the noun. After each input the workers' tables must say what the
 * control lcore's say, and everything is flushed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "dp.h"
#include "route.h"
#include "route_rib.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (dp_setup(NULL) != 0)
		exit(1);
	return 0;
}

static int
run(const char *line)
{
	struct str out = { 0 }, err = { 0 };
	int rc = cmd_run_line(line, "route add 10.5.0.0/16 dev p0\n", 30, &out, &err);

	/* An error says why; success says nothing on stderr but the warning of a wildcard deletion. */
	if (rc != 0 && err.len == 0)
		abort();
	str_free(&out);
	str_free(&err);
	return rc;
}

static void
compare(const char *text)
{
	static const uint8_t types[] = {
		[RTN_UNICAST] = NEXTHOP_UNICAST,     [RTN_LOCAL] = NEXTHOP_LOCAL,
		[RTN_ANYCAST] = NEXTHOP_LOCAL,       [RTN_BROADCAST] = NEXTHOP_BROADCAST,
		[RTN_BLACKHOLE] = NEXTHOP_BLACKHOLE, [RTN_UNREACHABLE] = NEXTHOP_UNREACHABLE,
		[RTN_PROHIBIT] = NEXTHOP_PROHIBIT,   [RTN_THROW] = NEXTHOP_THROW,
		[RTN_MULTICAST] = NEXTHOP_UNICAST,
	};
	const struct route *r;
	struct ip_addr a;
	uint64_t id = 0;
	uint32_t host;

	ip_addr_parse(text, AF_UNSPEC, &a);
	host = rte_be_to_cpu_32(a.v4);
	if (a.family == AF_INET)
		route4_lookup(&host, &id, 1);
	else
		route6_lookup((uint8_t(*)[16]) & a.v6, &id, 1);
	r = route_lookup(&a, 0, 0);
	if (r != NULL && r->nb_hops > 1) {
		if (nexthop_get(id)->type != NEXTHOP_MULTIPATH)
			abort();
		return;
	}
	if (nexthop_get(id)->type != (r == NULL ? NEXTHOP_NO_ROUTE : types[r->type]))
		abort();
	if (r != NULL && nexthop_get(id)->port != r->port)
		abort();
}

static void
clean(void)
{
	static const char *const lines[] = {
		"ip route flush root 0.0.0.0/0",
		"ip route flush root 0.0.0.0/0 table local",
		"ip -6 route flush root ::/0",
		"ip -6 route flush root ::/0 table local",
		"ip route flush table all",
		"ip -6 route flush table all",
		"ip rule flush",
		"ip -6 rule flush",
		"ip rule add pref 32766 table main",
		"ip rule add pref 32767 table default",
		"ip -6 rule add pref 32766 table main",
		"ip addr flush dev p0",
		"ip addr flush dev p1",
		"ip link set p0 down",
		"ip link set p1 down",
		"ip link set p0 mtu 1500 up",
		"ip link set p1 mtu 1500 up",
	};

	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (run(lines[i]) != 0)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text, *word, line[512];

	for (unsigned n = 0; n < 32 && (word = strsep(&rest, "\n")) != NULL; n++) {
		if (strstr(word, "-b") != NULL && strstr(word, " - ") == NULL)
			continue; /* no files of this machine */
		snprintf(line, sizeof(line), "ip %s", word);
		run(line);
	}
	free(text);
	compare("10.1.0.2");
	compare("10.1.0.255");
	compare("10.5.6.7");
	compare("192.0.2.1");
	compare("fd01::2");
	compare("fd01::");
	compare("2001:db8::1");
	clean();
	return 0;
}
