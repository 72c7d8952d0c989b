/* SPDX-License-Identifier: BSD-3-Clause */
/* How many connections there may be: ct_max.c. Any thread. */
#pragma once

#include <stdint.h>

uint32_t ct_max(void);
