/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/nat: which source ports were found used, for remote ends that so many talk to by one address that a port
 * is hard to find. Only a hint, that spares looks into the table: a port is free when the table says so. Any lane; no
 * locks, and where two lanes write at once a hint may be wrong until somebody looks.
 */
#pragma once

#include "base_err.h"
#include "nat_choose.h"

struct nat_tight;

/* Control: memory, once. 0 or -ENOMEM with text. */
int nat_tight_prepare(struct err *e);
/* Worker, now in ms: what is known about t's ends but its source port. NULL: nothing. */
struct nat_tight *nat_tight_find(const struct ct_tuple *t, uint64_t now);
/* Worker: the same, from now on: what was asked about least recently makes room. NULL: there is no memory. */
struct nat_tight *nat_tight_begin(const struct ct_tuple *t, uint64_t now);
/* The next port from port on, up to the one before end, that nobody has as far as known; end: none. */
uint32_t nat_tight_next(const struct nat_tight *p, uint32_t port, uint32_t end);
void nat_tight_set(struct nat_tight *p, uint16_t port);
void nat_tight_clear(struct nat_tight *p, uint16_t port);
/* Any lane: the connection gives its port back. */
void nat_tight_gone(const struct ct *ct);
