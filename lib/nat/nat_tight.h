/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/nat: which source ports were found used, for ends (a remote end, and the address and protocol by which it is
 * talked to) towards which a port was hard to find. Only a hint, that spares looks into the table: a port is free when the
 * table says so. Any lane; no locks, and where two lanes write at once a hint may be wrong until somebody looks.
 *
 * Memory is bounded; what least is known of makes room, and is found anew.
 */
#pragma once

#include "base_err.h"
#include "nat_choose.h"

/* Control: memory, once. 0 or -ENOMEM with text. */
int nat_tight_prepare(struct err *e);
/* Control: there will be so many connections. 0, what was known is forgotten; -ENOMEM: it is as it was. */
int nat_tight_grow(uint32_t connections);

/* Workers: stands for t's ends but its source port. */
uint64_t nat_tight_key(const struct ct_tuple *t);
/* The next port from port on, up to the one before end, that nobody has as far as known; end: none. */
uint32_t nat_tight_next(uint64_t key, uint32_t port, uint32_t end);
/* Somebody has the port: from now on that is known, and what becomes of the ports beside it. */
void nat_tight_begin(uint64_t key, uint16_t port);
/* The same, if anything is known of the ports beside it. */
void nat_tight_set(uint64_t key, uint16_t port);
void nat_tight_clear(uint64_t key, uint16_t port);
/* Any lane: the connection gives its port back. */
void nat_tight_gone(const struct ct *ct);
/* Any lane: a TCP connection has ended, and will make way where all ports are used. */
void nat_tight_ended(const struct ct *ct);
/* Any lane, hints and nothing else: what is known of the port is asked for, or changed, soon. */
void nat_tight_warm(uint64_t key, uint16_t port);
void nat_tight_warm_gone(const struct ct *ct);

/*
 * The table was asked about ports min..max, all of which seemed used, and they were, at that ct_time: within a step of time
 * nobody makes one free but who gives it back (nat_tight_gone), or ends (nat_tight_ended, which makes this false).
 */
bool nat_tight_is_full(uint64_t key, uint16_t min, uint16_t max, uint32_t now);
void nat_tight_set_full(uint64_t key, uint16_t min, uint16_t max, uint32_t now);
/* What follows from ports that are used is found anew. */
void nat_tight_doubt(uint64_t key);
