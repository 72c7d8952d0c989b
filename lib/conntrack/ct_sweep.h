/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/conntrack: the array of the sweep, made with the pool (ct_pool.c). */
#pragma once

#include <stdint.h>

extern uint32_t *ct_sweep_at; /* by ct.index: ct_time not to look before */
