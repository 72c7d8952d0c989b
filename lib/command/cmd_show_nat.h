/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of `show nat`. Control lcore. */
#pragma once

#include "cmd.h"

#define NAT_PROTO_TEXT 16

/* "udp", "99" */
void nat_proto_text(uint8_t proto, char text[NAT_PROTO_TEXT]);
/* cmd_show_nat_ports.c: `show nat ports`. Exit status. */
int show_nat_ports(struct cmd *c);
