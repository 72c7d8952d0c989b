/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What match set and target SET share: sets in options, and the packet as sets see it. A rule that was checked holds
 * its sets: they cannot be destroyed or renamed. Control lcore, but for rule_ipset_packet().
 */
#pragma once

#include "rule_value.h"
#include "set_packet.h"

/* "--OPT NAME DIR[,DIR]...", the second word taken from the command line. */
int rule_ipset_parse(const struct rule_parse *p, const char *name, struct set_ref *r);
/* "NAME src,dst". */
void rule_ipset_text(struct str *out, const struct set_ref *r);

/* check() and release() of who uses it; held is in the state. */
struct rule_ipset_held {
	bool held;
};
void rule_ipset_hold(struct rule_ipset_held *h, const struct set_ref *r, unsigned nb);
void rule_ipset_release(struct rule_ipset_held *h, const struct set_ref *r, unsigned nb);

/* Worker. */
static inline struct set_packet
rule_ipset_packet(const struct rule_packet *rp)
{
	return (struct set_packet){
		.m = rp->m,
		.in = rp->in,
		.out = rp->out,
		.framed = !(rp->p->flags & PKT_ORIGINATED),
	};
}
