/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether an index finds rules faster than what would be used without it: both are tried. Any thread. */
#pragma once

#include "rule_acl.h"
#include "rule_bits.h"

/* Built of these filters. Tries compete with bit vectors too, where there are any. */
bool rule_acl_pays(const struct rule_acl *a, const struct rule_filter *f, uint32_t nb, bool ip4);
bool rule_bits_pays(const struct rule_bits *b, const struct rule_filter *f, uint32_t nb, bool ip4);
