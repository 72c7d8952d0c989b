/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values of -w and -W, of iptables and iptables-restore. There is nothing to wait for, commands come
 * one after another; but a wrong value is told. Control lcore.
 */
#include <stdio.h>

#include "cmd_iptables.h"
#include "rule_name.h"

#define INTERVAL_MAX 999999 /* microseconds */

static int
wait_interval(struct ipt *x, const char *arg)
{
	unsigned usec;

	if (arg == NULL)
		return ipt_bad(x, "wait interval value required");
	if (sscanf(arg, "%u", &usec) != 1)
		return ipt_bad(x, "wait interval not numeric");
	if (usec > INTERVAL_MAX)
		return ipt_bad(x, "too long usec wait %u > %u usec", usec, INTERVAL_MAX);
	x->wait_interval = true;
	str_add(&x->cmd->err, "Ignoring deprecated --wait-interval option.\n");
	return IPT_OK;
}

int
ipt_wait(struct ipt *x, int c, const char *arg)
{
	unsigned long long n;

	if (c == 'W')
		return wait_interval(x, arg);
	x->wait = true;
	return arg == NULL || rule_number(arg, INT32_MAX, &n)
		       ? IPT_OK
		       : ipt_bad(x, "wait seconds not numeric");
}
