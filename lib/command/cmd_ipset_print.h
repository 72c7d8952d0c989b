/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset list: heads of sets, and what stands behind an element. Control lcore. */
#pragma once

#include "cmd_ipset.h"

void ipset_print_header(struct str *out, enum ipset_mode mode, uint16_t number);
void ipset_print_ext(struct str *out, enum ipset_mode mode, const struct set *s,
		     const struct set_key *k, const struct set_ext *x);
