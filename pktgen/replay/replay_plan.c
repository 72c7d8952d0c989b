/* SPDX-License-Identifier: BSD-3-Clause */
/* The devargs: what they are called, what they may be. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_kvargs.h>

#include "replay.h"

static int
wrong(const char *key, const char *value, const char *expected)
{
	fprintf(stderr, "net_replay: %s=%s: expected %s\n", key, value, expected);
	return -EINVAL;
}

static int
number(const char *key, const char *value, double least, double most, double *to)
{
	char *end, range[64];

	*to = strtod(value, &end);
	if (end != value && *end == '\0' && *to >= least && *to <= most)
		return 0;
	snprintf(range, sizeof(range), "a number from %.0f to %.0f", least, most);
	return wrong(key, value, range);
}

static int
word(const char *key, const char *value, const char *const *words, uint8_t *to)
{
	char all[64] = "";

	for (unsigned i = 0; words[i] != NULL; i++) {
		if (strcmp(value, words[i]) == 0) {
			*to = (uint8_t)i;
			return 0;
		}
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i == 0 ? "" : " or ",
			 words[i]);
	}
	return wrong(key, value, all);
}

static int
one(const char *key, const char *value, void *arg)
{
	static const char *const answers[] = { "none", "plain", "translated", NULL };
	static const char *const protocol[] = { "udp", "tcp", NULL };
	static const char *const size[] = { "64", "imix", NULL };
	static const char *const yes[] = { "0", "1", NULL };
	struct replay_plan *p = arg;
	double v = 0;
	uint8_t w = 0;
	int rc = 0;

	if (strcmp(key, "flows") == 0) {
		rc = number(key, value, 1, 64e6, &v);
		p->flows = (uint32_t)v;
	} else if (strcmp(key, "rate") == 0) {
		rc = number(key, value, 1, 1e9, &p->rate);
	} else if (strcmp(key, "ring") == 0) {
		rc = number(key, value, 32, 1e6, &v);
		p->ring = (uint32_t)v;
	} else if (strcmp(key, "fresh") == 0) {
		rc = number(key, value, 0, 50, &v);
		p->fresh = (uint32_t)v;
	} else if (strcmp(key, "answers") == 0) {
		rc = word(key, value, answers, &p->answers);
	} else {
		bool *flag = strcmp(key, "ip6") == 0      ? &p->ip6
			     : strcmp(key, "proto") == 0  ? &p->tcp
			     : strcmp(key, "size") == 0   ? &p->imix
			     : strcmp(key, "spread") == 0 ? &p->spread
			     : strcmp(key, "rss") == 0    ? &p->rss
							  : &p->checksum;

		rc = word(key, value,
			  flag == &p->tcp    ? protocol
			  : flag == &p->imix ? size
					     : yes,
			  &w);
		*flag = w != 0;
	}
	return rc;
}

int
replay_plan_read(struct replay_plan *plan, const char *args)
{
	static const char *const keys[] = { "flows",  "rate", "ring",  "fresh", "answers",  "ip6",
					    "spread", "rss",  "proto", "size",  "checksum", NULL };
	struct rte_kvargs *kv;
	int rc;

	*plan = (struct replay_plan){ .rss = true, .checksum = true };
	if (args == NULL || args[0] == '\0')
		return 0;
	kv = rte_kvargs_parse(args, keys);
	if (kv == NULL)
		return wrong("arguments", args,
			     "flows rate ring fresh answers ip6 spread rss proto size checksum");
	rc = rte_kvargs_process(kv, NULL, one, plan);
	rte_kvargs_free(kv);
	if (rc == 0 && plan->ip6 && (plan->tcp || plan->imix || plan->spread))
		return wrong("ip6", "1", "UDP of 64 bytes without spread");
	if (rc == 0 && plan->tcp && (plan->imix || plan->fresh != 0))
		return wrong("proto", "tcp", "64 bytes, no fresh flows");
	if (rc == 0 && plan->answers != REPLAY_ONE_WAY && plan->flows == 0)
		return wrong("answers", "...", "flows=N beside it");
	return rc == 0 ? 0 : -EINVAL;
}
