/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers with a mask as options of matches, of which iproute2 gives the first a name. Control lcore.
 */
#pragma once

#include "rule_value.h"

/* "5", "0x5/0xff", or what 0 is called; called from parse(). 0, or -EINVAL and a text. */
int rule_named_parse(const struct rule_parse *p, const char *zero, const char *text,
		     struct rule_masked *out);
/* "default", "0x5", "0x5/0xff" */
void rule_named_text(struct str *out, const char *zero, const struct rule_masked *m, bool numeric);
