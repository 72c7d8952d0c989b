/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text for iptables-restore and ip6tables-restore; the first byte chooses the family and options.
 * A text that is refused must not have changed anything, and one that is taken must come back the
 * same after save, restore and save.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>

#include "base_gen.h"
#include "base_lane.h"
#include "base_rcu.h"
#include "cmd.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
run(const char *line, const char *in, size_t in_len, struct str *out)
{
	struct str err = { 0 };
	int rc = cmd_run_line(line, in, in_len, out, &err);

	if (rc != 0 && err.len == 0)
		abort(); /* an error without a text */
	str_free(&err);
	return rc;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const touch[] = {
		"iptables -t raw -L",
		"iptables -t mangle -L",
		"iptables -t filter -L",
		"iptables -t security -L",
		"ip6tables -t raw -L",
		"ip6tables -t mangle -L",
		"ip6tables -t security -L",
		"ip6tables -t filter -L",
		"iptables -t nat -L",
		"ip6tables -t nat -L",
		"ipset create s hash:ip,port counters timeout 9",
		"ipset create s6 hash:net family inet6",
		"ipset create l list:set",
	};
	char *args[] = { "fuzz", "--no-huge",      "--no-shconf",   "--no-pci", "-m",
			 "128",  "--no-telemetry", "--log-level=3", "-l",       "0" };

	(void)argc;
	(void)argv;
	if (rte_eal_init(RTE_DIM(args), args) < 0)
		exit(1);
	lane_set_count(1);
	if (rcu_init() != 0)
		return -1;
	/* Also a refused text brings the tables that it names into use. Rules may name these sets. */
	for (unsigned i = 0; i < RTE_DIM(touch); i++) {
		struct str out = { 0 };

		if (run(touch[i], NULL, 0, &out) != 0)
			abort();
		str_free(&out);
	}
	return 0;
}

/* All tables in use, without the lines that carry the date. */
static char *
save(const char *noun)
{
	struct str out = { 0 };
	char line[64], *text, *to;

	snprintf(line, sizeof(line), "%s-save -c", noun);
	if (run(line, NULL, 0, &out) != 0)
		abort();
	text = to = calloc(1, out.len + 1);
	if (text == NULL)
		abort();
	for (const char *from = out.text, *end; from != NULL && *from != '\0'; from = end) {
		end = strchrnul(from, '\n');
		end += *end != '\0';
		if (*from != '#')
			to = mempcpy(to, from, end - from);
	}
	str_free(&out);
	return text;
}

static void
round_trip(const char *noun)
{
	char *first = save(noun), *second;
	struct str out = { 0 };
	char line[64];

	snprintf(line, sizeof(line), "%s-restore -c", noun);
	if (run(line, first, strlen(first), &out) != 0) {
		fprintf(stderr, "saved and not taken back:\n%s", first);
		abort();
	}
	second = save(noun);
	if (strcmp(first, second) != 0) {
		fprintf(stderr, "saved:\n%sthen:\n%s", first, second);
		abort();
	}
	free(first);
	free(second);
	str_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *noun;
	struct str out = { 0 };
	char line[64];
	uint64_t before;
	int rc;

	if (size < 1)
		return 0;
	noun = data[0] & 1 ? "ip6tables" : "iptables";
	snprintf(line, sizeof(line), "%s-restore%s%s%s", noun, data[0] & 2 ? " -c" : "",
		 data[0] & 4 ? " -n" : "", data[0] & 8 ? " -t" : "");
	before = gen_current()->number;
	rc = run(line, (const char *)data + 1, size - 1, &out);
	if (rc != 0 && gen_current()->number != before)
		abort(); /* refused, and yet something changed */
	str_free(&out);
	if (rc == 0)
		round_trip(noun);
	return 0;
}
