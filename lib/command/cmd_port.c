/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `port add|del|start|stop|set`: devices come and go while packets flow, and so do their twins in the
 * host.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "port_host.h"

static const char usage[] = "expected port add NAME DEVICE[,ARGS] [queues N] | port del NAME | "
			    "port start NAME|all | port stop NAME|all | "
			    "port set NAME host [netns NS] | port set NAME nohost";

static int
add(struct cmd *c)
{
	unsigned long queues = 0;
	struct err e;
	char *end;

	if (c->argc != 4 && !(c->argc == 6 && strcmp(c->argv[4], "queues") == 0))
		return cmd_fail(c, 2, "%s", usage);
	if (c->argc == 6) {
		queues = strtoul(c->argv[5], &end, 10);
		if (*end != '\0' || queues < 1 || queues > LANE_MAX)
			return cmd_fail(c, 2, "queues \"%s\": expected a number from 1 to %d",
					c->argv[5], LANE_MAX);
	}
	return port_add(c->argv[2], c->argv[3], queues, &e) == 0
		       ? 0
		       : cmd_fail(c, 1, "add: %s", e.text);
}

static int
del(struct cmd *c)
{
	struct err e;

	if (c->argc != 3)
		return cmd_fail(c, 2, "%s", usage);
	return port_del(c->argv[2], &e) == 0 ? 0 : cmd_fail(c, 1, "del: %s", e.text);
}

static int
set_up(struct cmd *c, bool up)
{
	bool all = c->argc == 3 && strcmp(c->argv[2], "all") == 0;
	struct err e;

	if (c->argc != 3)
		return cmd_fail(c, 2, "%s", usage);
	for (unsigned i = 1; i < PORT_MAX; i++) {
		const struct port *p = port_get(gen_current(), i);

		if (p != NULL && all && port_set_up(p->name, up, &e) != 0)
			return cmd_fail(c, 1, "%s: %s", c->argv[1], e.text);
	}
	if (!all && port_set_up(c->argv[2], up, &e) != 0)
		return cmd_fail(c, 1, "%s: %s", c->argv[1], e.text);
	return 0;
}

static int
set(struct cmd *c)
{
	const char *what = c->argc > 3 ? c->argv[3] : "", *netns = NULL;
	struct err e;
	int rc;

	if (c->argc == 6 && strcmp(c->argv[4], "netns") == 0)
		netns = c->argv[5];
	else if (c->argc != 4)
		return cmd_fail(c, 2, "%s", usage);
	if (strcmp(what, "host") == 0)
		rc = port_host_add(c->argv[2], netns, &e);
	else if (strcmp(what, "nohost") == 0 && netns == NULL)
		rc = port_host_del(c->argv[2], &e);
	else
		return cmd_fail(c, 2, "%s", usage);
	return rc == 0 ? 0 : cmd_fail(c, 1, "set: %s", e.text);
}

static int
run(struct cmd *c)
{
	const char *verb = c->argc > 1 ? c->argv[1] : "";

	if (strcmp(verb, "add") == 0)
		return add(c);
	if (strcmp(verb, "del") == 0)
		return del(c);
	if (strcmp(verb, "start") == 0)
		return set_up(c, true);
	if (strcmp(verb, "stop") == 0)
		return set_up(c, false);
	if (strcmp(verb, "set") == 0)
		return set(c);
	return cmd_fail(c, 2, "%s", usage);
}

CMD_REGISTER(
	port, "port", run,
	"port add NAME DEVICE[,ARGS] [queues N] | del NAME | start NAME|all | stop NAME|all |\n"
	"       port set NAME host [netns NS] | set NAME nohost\n"
	"host: a twin, an interface of the port's name in the host (in namespace NS, else in that "
	"of\n"
	"the daemon), with the port's addresses and default route: programs there speak by the "
	"port",
	"take DPDK devices as ports, give them back, show them to the host")
