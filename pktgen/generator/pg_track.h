/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What became of the packets of one flow, from the sequence numbers that arrive: late ones, and those that came twice. A
 * packet more than 64 behind the newest is late; whether it came before is no longer known then.
 */
#pragma once

#include <stdint.h>

struct pg_track {
	uint64_t seen; /* bit i: number next - 1 - i has come */
	uint32_t next; /* one more than the highest that has come; 0: none yet */
};

enum pg_arrival { PG_IN_ORDER, PG_LATE, PG_TWICE };

static inline enum pg_arrival
pg_track_arrived(struct pg_track *t, uint32_t seq)
{
	uint32_t ahead = seq + 1 - t->next, behind;

	if ((int32_t)ahead > 0) {
		t->seen = ahead < 64 ? (t->seen << ahead) | 1 : 1;
		t->next = seq + 1;
		return PG_IN_ORDER;
	}
	behind = -ahead;
	if (behind < 64) {
		if (t->seen & (1ull << behind))
			return PG_TWICE;
		t->seen |= 1ull << behind;
	}
	return PG_LATE;
}
