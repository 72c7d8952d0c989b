/* SPDX-License-Identifier: BSD-3-Clause */
/* Elements as text, and names of ICMP's types. Control lcore. */
#pragma once

#include "set.h"

/* "10.0.0.0/8,tcp:80"; what stands behind it (timeout, counters ...) is the command's. */
void set_key_text(struct str *out, const struct set *s, const struct set_key *k);
/* NULL, or -1: there is none. */
const char *set_proto_name(uint8_t proto);
int set_proto_number(const char *name);
/* type << 8 | code; -1: no such name. */
int set_icmp_code(bool six, const char *name);
/* NULL: it has none. */
const char *set_icmp_name(bool six, uint16_t code);
