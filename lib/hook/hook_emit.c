/* SPDX-License-Identifier: BSD-3-Clause */
#include "hook_emit.h"

struct hook_emit hook_emit;
