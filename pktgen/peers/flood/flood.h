/* SPDX-License-Identifier: BSD-3-Clause */
/* What flood.c tells flood.bpf.c, and how many frames that has made. */
#pragma once

#include <linux/types.h>

enum { FLOOD_ONE_WAY, FLOOD_PLAIN, FLOOD_TRANSLATED };

struct flood_plan {
	__u64 count; /* frames made; odd rounds over the flows are answers */
	__u32 flows, base;
	__u8 answers, nothing;
	__u8 mac[6]; /* of the device that they seem to come in by */
};
