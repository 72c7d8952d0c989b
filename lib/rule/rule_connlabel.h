/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of connection labels: lines "BIT NAME" of /etc/xtables/connlabel.conf, read anew when the file changes.
 * Letters, digits and "-" make a name; the first of a bit, and of a name, counts. Control lcore.
 */
#pragma once

#include "base_str.h"

#define RULE_CONNLABEL_FILE "/etc/xtables/connlabel.conf"

/* NULL: it has none. */
const char *rule_connlabel_name(unsigned bit);
/* -1: nobody is called so; a missing file is told in warn. */
int rule_connlabel_find(const char *name, struct str *warn);
