/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Members of list:set: other sets, in an order. A list of a few; every change makes a new array, which readers find
 * by one pointer. What members count is shared by the arrays.
 */
#pragma once

#include <stdint.h>

struct set_member {
	uint16_t number;
	uint32_t refs; /* arrays that have it; control */
	uint64_t expiry;
	uint64_t packets, bytes;
	uint32_t mark, mark_mask, prio, queue; /* in this order, as in entries of tables */
	char *comment;
};

struct set_array {
	unsigned nb;
	struct set_member *member[];
};

struct set_list {
	struct set_array *array; /* NULL: empty */
};
