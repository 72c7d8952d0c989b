/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to nfnl_osf. Control lcore. */
#pragma once

#include "rule_osf.h"

#define NFNL_OSF_COLONS 8 /* of a line of pf.os */

/* Reads a line with that many colons, as the tool reads it: what is no number is 0, unknown options are left out. */
void nfnl_osf_line(const char *line, struct rule_osf_finger *f);
