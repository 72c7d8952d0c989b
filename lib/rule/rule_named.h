/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers with a mask as options of matches, to which iproute2 gives names. Control lcore.
 */
#pragma once

#include "base_names.h"
#include "rule_value.h"

/* "5", "0x5/0xff", or a name; called from parse(). 0, or -EINVAL and a text. */
int rule_named_parse(const struct rule_parse *p, const struct names *names, const char *text,
		     struct rule_masked *out);
/* "default", "0x5", "0x5/0xff" */
void rule_named_text(struct str *out, const struct names *names, const struct rule_masked *m,
		     bool numeric);
