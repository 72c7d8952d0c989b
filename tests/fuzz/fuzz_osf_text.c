/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file for nfnl_osf. What was loaded twice is there once, and taking it out again leaves nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base_rcu.h"
#include "cmd.h"
#include "dp.h"
#include "rule_osf.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return dp_setup(NULL) == 0 ? 0 : -1;
}

static uint32_t
run(const char *line, const uint8_t *data, size_t size)
{
	struct str out = { 0 }, err = { 0 };
	uint32_t nb = 0;
	int rc = cmd_run_line(line, (const char *)data, size, &out, &err);

	if (rc != 0 && ((rc != 234 && rc != 255) || out.len == 0))
		abort(); /* no error without a text */
	str_free(&out);
	str_free(&err);
	rcu_reap();
	while (rule_osf_at(nb) != NULL)
		nb++;
	return nb;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t nb = run("nfnl_osf -f /dev/stdin", data, size);

	if (run("nfnl_osf -f /dev/stdin", data, size) != nb ||
	    run("nfnl_osf -d -f /dev/stdin", data, size) != 0)
		abort();
	return 0;
}
