/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many connections there may be, and what is done when there are so many. Whoever is in already and assured
 * (CT_ASSURED: packets went both ways, or a handshake is complete) does not notice: its packets need no new memory, and it
 * is not taken out unless its protocol says that it is at its end (ct_proto.can_drop_early). A new connection takes
 * the place of one that is not assured, preferably of one that was never answered, looked for among a few entries on
 * from where it was looked last, so that all live about as long. Where none is found the packet is dropped: counted as ct-full and ct_stat.drop, and the log
 * says so as Linux does. The cost is the same however full the table is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* nf_conntrack_max. Any thread. */
uint32_t ct_max(void);
/*
 * Worker: is there room for one more entry of the family (AF_*), besides unconfirmed ones that have been made and are
 * not in the table? Makes room by an early drop if it must. now: ct_time.
 */
bool ct_limit_room(unsigned lane, uint8_t family, uint32_t unconfirmed, uint32_t now);
/* Any thread: packets that were dropped for want of room, ever. */
uint64_t ct_limit_dropped(void);
