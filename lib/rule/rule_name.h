/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names and numbers of protocols, services and chains, as iptables reads and prints them. Only
 * local files are asked (/etc/protocols, /etc/services), never a name server. Control lcore.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base_err.h"
#include "base_str.h"
#include "hook.h"

#define RULE_NAME_TEXT 32

/* Decimal, 0x hexadecimal or 0 octal, the whole word, 0 .. max. */
bool rule_number(const char *text, unsigned long long max, unsigned long long *out);
/* -p: number or name. 0, or -EINVAL and a text. */
int rule_proto_parse(const char *text, uint8_t *proto, struct err *e);
/* Name of a protocol, or NULL when it has none. */
const char *rule_proto_name(uint8_t proto);
/* A port's number or service name; proto NULL: any. 0, or -EINVAL and a text. */
int rule_port_parse(const char *text, const char *proto, uint16_t *port, struct err *e);
/* Number, or the service's name unless numeric. */
void rule_port_print(struct str *out, uint16_t port, const char *proto, bool numeric);

/* A message type of ICMP or ICMPv6 by name; code 0 .. 255 means all codes of the type. */
struct rule_icmp_name {
	const char *name;
	uint8_t type, code_lo, code_hi;
};

struct rule_icmp {
	uint8_t type, code_lo, code_hi, invert;
};

/* "8", "3/4", "3/1:4" or a name (abbreviations too). what: "ICMP" or "ICMPv6". */
int rule_icmp_parse(const char *text, const char *what, const struct rule_icmp_name *names,
		    unsigned nb, struct rule_icmp *out, struct err *e);
/* The number that rule_icmp_parse() reads back. */
void rule_icmp_save(struct str *out, const struct rule_icmp *icmp);
/* The -L text; names are used unless numeric. */
void rule_icmp_print(struct str *out, const char *what, const struct rule_icmp_name *names,
		     unsigned nb, const struct rule_icmp *icmp, bool numeric);
