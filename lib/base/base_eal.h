/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EAL with the options that the user gave, and sensible ones for what is missing: cores, memory, no devices but those asked
 * for. Main thread, once.
 */
#pragma once

#include "base_err.h"

/*
 * Makes EAL's argument list from what the user gave (in order) and defaults for what is missing, and
 * starts EAL. 0 or -errno with one line of text.
 */
int eal_start(const char *program, char **given, int nb_given, struct err *e);
