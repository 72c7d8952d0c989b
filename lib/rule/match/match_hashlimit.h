/* SPDX-License-Identifier: BSD-3-Clause */
/* -m hashlimit: its data, and how it is printed. Control lcore. */
#pragma once

#include "rule_hashlimit.h"

struct hashlimit {
	struct rule_hashlimit_cfg cfg;
	uint32_t unit; /* seconds of the rate as it was given; 0 when all options are read */
	char name[RULE_HASHLIMIT_NAME];
};

/* The bit of a word of --hashlimit-mode; 0: there is none. */
uint8_t hashlimit_mode(const char *word, size_t len);
/* A rate in bytes a second as cfg.avg. */
uint32_t hashlimit_bytes_avg(uint64_t bytes);

void hashlimit_print(struct str *out, const struct rule_where *w, const void *data);
void hashlimit_save(struct str *out, const struct rule_where *w, const void *data);
