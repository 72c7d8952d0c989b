/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/conntrack: what its files share besides their own headers. */
#pragma once

#include "ct_pool.h"
#include "hook.h"

/* ct_table.c: the pool of a family's entries. */
struct ct_pool *ct_entries(enum hook_family family);
