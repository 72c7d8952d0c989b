/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a new end of connections is taken from, as the targets of table nat read and print it: "ADDR[-ADDR][:PORT[-PORT]]"
 * and words. Control lcore, but for rule_nat_setup(). Errors are iptables' own: -EINVAL and a text.
 */
#pragma once

#include "base_addr.h"
#include "nat.h"
#include "rule_ext.h"

/* Ids of the options that such targets share. */
enum rule_nat_opt { RULE_NAT_TO, RULE_NAT_RANDOM, RULE_NAT_RANDOM_FULLY, RULE_NAT_PERSISTENT };

#define RULE_NAT_OPT_TO(name)                                      \
	{                                                          \
		name, RULE_NAT_TO, RULE_OPT_ARG | RULE_OPT_ONCE, 0 \
	}
#define RULE_NAT_OPT_TO_MUST(name)                                                 \
	{                                                                          \
		name, RULE_NAT_TO, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 \
	}
#define RULE_NAT_OPT_RANDOM                                 \
	{                                                   \
		"random", RULE_NAT_RANDOM, RULE_OPT_ONCE, 0 \
	}
#define RULE_NAT_OPT_RANDOM_FULLY                                       \
	{                                                               \
		"random-fully", RULE_NAT_RANDOM_FULLY, RULE_OPT_ONCE, 0 \
	}
#define RULE_NAT_OPT_PERSISTENT                                     \
	{                                                           \
		"persistent", RULE_NAT_PERSISTENT, RULE_OPT_ONCE, 0 \
	}

/* An option without an argument. */
void rule_nat_word(enum rule_nat_opt id, struct nat_range *r);
/*
 * "PORT[-PORT[/BASE]]"; the rule must be for a protocol with ports. zero_base: BASE may be 0, where it is of no use but
 * is printed.
 */
int rule_nat_ports(const struct rule_parse *p, const char *text, bool zero_base,
		   struct nat_range *r);
/* "ADDR[-ADDR]", ":PORTS" or both; with ports an IPv6 address stands in brackets. */
int rule_nat_to(const struct rule_parse *p, const char *text, bool zero_base, struct nat_range *r);

/*
 * What these two read and the words, for -L (dashes "") and -S ("--"): before stands in front of the addresses or ports,
 * where there are any.
 */
void rule_nat_ports_text(struct str *out, const char *before, const char *dashes,
			 const struct nat_range *r);
void rule_nat_to_text(struct str *out, const char *before, const char *dashes, uint8_t family,
		      const struct nat_range *r);

/* The range has this one address. */
void rule_nat_address(struct nat_range *r, const struct ip_addr *a);

/*
 * Worker: the packet's connection gets one end out of the range. A packet without one is let go only where its source is
 * in it already (nat_strict.h).
 */
verdict_t rule_nat_setup(const struct rule_packet *rp, const struct nat_range *r,
			 enum nat_manip manip);
