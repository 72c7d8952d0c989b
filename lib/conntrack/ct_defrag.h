/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments put together before anything else sees them, while tracking is on: rules and connections know whole
 * datagrams only. A datagram takes the place of the fragment that made it whole, on that one's lane. It leaves in
 * fragments as it came (pkt_frag.h).
 */
#pragma once

#include "hook.h"

/*
 * Control: the functions at HOOK_PRI_DEFRAG in PREROUTING and OUTPUT. 0, or as hook_register(). What waits when
 * they are taken out waits until its time is over.
 */
int ct_defrag_register(struct gen *draft, enum hook_family family);
void ct_defrag_unregister(struct gen *draft, enum hook_family family);
