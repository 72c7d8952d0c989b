/* SPDX-License-Identifier: BSD-3-Clause */
/* What -m rateest is told, and its text. Called by match_rateest.c, control lcore. */
#pragma once

#include "rule_rateest.h"

enum match_rateest_op { MATCH_RATEEST_NONE, MATCH_RATEEST_LT, MATCH_RATEEST_GT, MATCH_RATEEST_EQ };

/* match_rateest.flags */
#define MATCH_RATEEST_BPS 0x01 /* bytes are compared */
#define MATCH_RATEEST_PPS 0x02
#define MATCH_RATEEST_DELTA 0x04
#define MATCH_RATEEST_TWO 0x08 /* with another estimator, not with numbers */
#define MATCH_RATEEST_INVERT 0x10

struct match_rateest {
	char name[2][RULE_RATEEST_NAME];
	uint32_t bps[2], pps[2]; /* bytes and packets a second */
	uint8_t op;              /* enum match_rateest_op */
	uint8_t flags;
	uint16_t given; /* while options are read: bit per id */
};

#define MATCH_RATEEST_OPTS 13
extern const struct rule_opt match_rateest_opts[MATCH_RATEEST_OPTS];

/* As struct rule_ext_type has them. */
int match_rateest_parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert,
			void *data);
int match_rateest_final(const struct rule_parse *p, uint32_t seen, void *data);
void match_rateest_print(struct str *out, const struct rule_where *w, const void *data);
void match_rateest_save(struct str *out, const struct rule_where *w, const void *data);
