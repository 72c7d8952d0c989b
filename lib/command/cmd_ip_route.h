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
/* main, local, default, a name of /etc/iproute2/rt_tables, all (0), or a number. */
bool ip_route_table(const char *word, uint32_t *table);
const char *ip_route_table_name(uint32_t table, char buf[16]);

/* "realm" and its words: FROM << 16 | TO. */
bool ip_route_realm(const char *word, uint32_t *realm);
/* Which bits of a realm a selector means that was written so. */
uint32_t ip_route_realm_mask(const char *word, uint32_t realm);
/* "realm 5 ", "realms 5/6 ", or nothing; save: as `ip route add` reads it back. */
void ip_route_print_realm(struct str *out, uint32_t realm);
void ip_route_save_realm(struct str *out, uint32_t realm);

ip_fn ip_route_show, ip_route_flush, ip_route_save, ip_route_get;
/* One line, or one and its paths, as `ip route show` prints it. */
void ip_route_print(struct ip_cmd *ip, const struct route *r);
/* The words from "nexthop" on: r->hops, which the caller frees. 0 or the exit status. */
int ip_route_nexthops(struct ip_cmd *ip, struct route *r);
