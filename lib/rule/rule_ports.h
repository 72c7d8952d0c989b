/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Port ranges as the matches of protocols with ports share them. Control lcore, except rule_ports_match().
 */
#pragma once

#include "rule.h"
#include "rule_name.h"

struct rule_ports {
	uint16_t lo, hi; /* host order, inclusive */
	uint8_t invert;
};

/* "80", "80:90", ":90", "80:", or a service of proto. */
int rule_ports_parse(const char *text, const char *proto, struct rule_ports *out, struct err *e);
/*
 * The same as udp and dccp read it: no text is port 0, a number beyond the last port wraps around, a service may be of any
 * protocol, and the end may be before the beginning. Called from parse(); out starts as all ports.
 */
int rule_ports_parse_loose(const struct rule_parse *p, const char *text, struct rule_ports *out);
/* " spt:80", " dpts:!1:2"; nothing for all ports. which: "spt", "dpt". */
void rule_ports_print(struct str *out, const char *which, const struct rule_ports *p,
		      const char *proto, bool numeric);
/* " --sport 80"; nothing for all ports. */
void rule_ports_save(struct str *out, const char *opt, const struct rule_ports *p);
/* The same, but all ports too where they were given. */
void rule_ports_save_given(struct str *out, const char *opt, const struct rule_ports *p,
			   bool given);
/* Fills a test unless the range is everything; returns how many (0 or 1). */
int rule_ports_test(const struct rule_ports *p, enum rule_field field, struct rule_test *t);

static inline bool
rule_ports_match(const struct rule_ports *p, uint16_t port_be)
{
	uint16_t port = rte_be_to_cpu_16(port_be);

	return (port >= p->lo && port <= p->hi) != p->invert;
}
