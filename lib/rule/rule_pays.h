/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a trie finds rules faster than the search side by side does: it is tried. Any one thread. */
#pragma once

#include "rule_acl.h"

/* a was built of these filters. */
bool rule_acl_pays(const struct rule_acl *a, const struct rule_filter *f, uint32_t nb, bool ip4);
