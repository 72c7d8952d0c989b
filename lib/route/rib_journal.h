/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The two changes a RIB knows, each noted for the batch they are in. Control lcore; private to
 * lib/route.
 */
#pragma once

#include "rib_table.h"

/*
 * seq 0: the youngest; else the age of the route it stands for. Copies r's hops. 0, -ENOMEM, -ENOSPC,
 * -ENOBUFS.
 */
int rib_insert(const struct route *r, uint64_t seq);
/* 0 or -ENOMEM. r stays valid until the batch ends. */
int rib_remove(struct rib_prefix *x, struct rib_route *r);
/* The age of a route before all others of its metric. */
uint64_t rib_seq_first(void);
