/* SPDX-License-Identifier: BSD-3-Clause */
/* Matches and targets that iptables has and that are not to be here. Control lcore. */
#pragma once

#include "rule_ext.h"

/* Why there is none of that name, as a sentence; NULL: nobody would expect one. */
const char *rule_absent_why(enum hook_family family, bool target, const char *name);
