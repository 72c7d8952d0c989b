/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/conntrack: look-ups of packets whose zone may count for one direction only. Workers. */
#pragma once

#include "ct.h"

/*
 * The connection that has the tuple for a direction, *dir, where its zone is the packet's of that direction; t's own zone
 * is not looked at. NULL: none is alive, *dir is as it was.
 */
struct ct *ct_zone_find(unsigned lane, const struct ct_tuple *t, const uint16_t zones[CT_DIRS],
			enum ct_dir *dir, uint32_t now);
