/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base_mem.h"

static struct mem_user *users;

void
mem_register(struct mem_user *user)
{
	struct mem_user **at = &users;

	while (*at != NULL && strcmp((*at)->name, user->name) < 0)
		at = &(*at)->next;
	user->next = *at;
	*at = user;
}

const struct mem_user *
mem_next(const struct mem_user *user)
{
	return user == NULL ? users : user->next;
}
