/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of `conntrack` commands, without the noun. After each input what is there is saved, removed, loaded again by
 * `conntrack -R`, and must be the same; then all is removed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "ct_table.h"
#include "dp.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str
run(const char *line, const char *input)
{
	struct str out = { 0 }, err = { 0 };
	int rc = cmd_run_line(line, input, strlen(input), &out, &err);

	if (rc != 0 && err.len == 0)
		abort();
	str_free(&err);
	return out;
}

static bool
count(struct ct *ct, void *arg)
{
	(*(uint32_t *)arg)++;
	return true;
}

/* Connections that commands see: what has expired waits for the sweep. */
static uint32_t
alive(void)
{
	uint32_t n = 0;

	ct_each(count, &n);
	return n;
}

static void
quietly(const char *line, const char *input)
{
	struct str out = run(line, input);

	str_free(&out);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (dp_setup(NULL) != 0)
		exit(1);
	/* Each input walks the whole table. */
	quietly("sysctl -q -w net.netfilter.nf_conntrack_max=1024", "");
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text, *word, line[512];
	struct str saved;
	uint32_t n;

	for (unsigned i = 0; i < 32 && (word = strsep(&rest, "\n")) != NULL; i++) {
		if (strstr(word, "R") != NULL || strstr(word, "load") != NULL)
			continue; /* no files of this machine */
		snprintf(line, sizeof(line), "conntrack %s", word);
		quietly(line, "");
	}
	free(text);
	/* What may have its end while this runs, or leaves out what the tool does. */
	quietly("conntrack -U -f ipv4 -t 1000", "");
	quietly("conntrack -U -f ipv6 -t 1000", "");
	saved = run("conntrack -L -o save", "");
	n = alive();
	quietly("conntrack -F", "");
	if (alive() != 0)
		abort();
	quietly("conntrack -R -", str_text(&saved));
	str_free(&saved);
	if (alive() > n)
		abort();
	quietly("conntrack -F", "");
	return 0;
}
