/* SPDX-License-Identifier: BSD-3-Clause */
/* What UDP and UDP-Lite share: timeouts. Private to lib/conntrack. */
#pragma once

#include "ct_assure.h"

enum { CT_UDP_UNREPLIED, CT_UDP_REPLIED, CT_UDP_TIMEOUTS };

extern struct param *const ct_udp_timeouts[CT_UDP_TIMEOUTS];
extern const char *const ct_udp_timeout_names[CT_UDP_TIMEOUTS];

/* Connections with a policy have an extension. */
static inline uint32_t
ct_udp_seconds(const struct ct *ct, const struct ct_proto *proto, unsigned index)
{
	if (unlikely(ct->ext != NULL))
		return ct_timeout(ct, proto, index);
	return param_get(ct_udp_timeouts[index]);
}
