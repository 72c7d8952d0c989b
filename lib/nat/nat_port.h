/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/nat: what counts as a port, and another one for a connection whose own is taken. Workers. */
#pragma once

#include "nat_choose.h"

/* Of the end. NULL: the protocol has none. */
uint16_t *nat_port_of(struct ct_tuple *t, enum nat_manip manip);
/* t gets another port, of the range or of its class. false: none was found free; it has one that is used. */
bool nat_choose_port(const struct nat_seek *s, struct ct_tuple *t);

/*
 * Where choosing begins is random. Drawn before, for an entry that is in no list by source yet, so that what will be read can
 * be fetched: t gets that port, be it free or not. false: there is nothing to choose.
 */
bool nat_port_draw(const struct nat_seek *s, struct ct *ct, struct ct_tuple *t);
/* t has what was drawn: it becomes the next port that nobody has as far as known. */
void nat_port_draw_next(const struct nat_seek *s, struct ct *ct, struct ct_tuple *t);
