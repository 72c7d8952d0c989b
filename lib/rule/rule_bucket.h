/* SPDX-License-Identifier: BSD-3-Clause */
/* What -m hashlimit knows of one key: a token bucket, or a rate (--hashlimit-rate-match). Its owner locks. */
#pragma once

#include "rule_hashlimit.h"

struct rule_bucket {
	uint64_t at; /* tick of the last look; of a rate: where its interval began */
	union {
		struct {
			uint64_t credit, cap,
				cost; /* cap, of bytes: how often it may be filled up at once */
		};
		struct {
			uint32_t interval,
				over; /* seconds; over: the last interval had more than the rate */
			uint64_t now, rate, burst;
		};
	};
};

void rule_bucket_begin(struct rule_bucket *b, const struct rule_hashlimit_cfg *c, uint64_t tick);
/* What has come in by time. */
void rule_bucket_catch_up(struct rule_bucket *b, const struct rule_hashlimit_cfg *c, uint64_t tick);
/* A packet of that length, for a rule with that mode: is it within the limit? */
bool rule_bucket_charge(struct rule_bucket *b, uint8_t mode, uint32_t len);
