/* SPDX-License-Identifier: BSD-3-Clause */
/* The words of `ip route` that changing and showing share. Control lcore; private to cmd_ip_route*.c. */
#pragma once

#include "cmd_ip.h"
#include "route_rib.h"

bool ip_route_type(const char *word, uint8_t *type);
bool ip_route_proto(const char *word, uint8_t *proto);
/* buf is for numbers without a name. */
const char *ip_route_type_name(uint8_t type, char buf[8]);
const char *ip_route_proto_name(uint8_t proto, char buf[8]);
/* main, local, all (0), or a number. */
bool ip_route_table(const char *word, uint32_t *table);

ip_fn ip_route_show, ip_route_flush, ip_route_get;
