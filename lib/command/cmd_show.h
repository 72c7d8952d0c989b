/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of `show` and `clear`: one registers itself in the file that has it. Control lcore.
 *	SHOW_PART(drops, "drops", show_drops, "[all]", "why packets did not leave", SHOW_JSON)
 */
#pragma once

#include <stdbool.h>

#include "cmd.h"

struct show_part {
	struct show_part *next;
	const char *name;
	/* Gets the words behind the part's name, -j taken out (c->json). Exit status. */
	int (*fn)(struct cmd *c, int argc, char **argv);
	const char *usage, *help; /* usage: what may follow the name; its words are completed */
	int flags;
};

#define SHOW_JSON 1  /* knows -j */
#define SHOW_CLEAR 2 /* a part of `clear` */

void show_register(struct show_part *part); /* constructor time */
/* What a part answers to words it does not know: rc 2, and its usage. */
int show_usage(struct cmd *c, const struct show_part *part);

#define SHOW_PART(id, name_, fn_, usage_, help_, flags_)                                  \
	static struct show_part show_part_##id = {                                        \
		.name = name_, .fn = fn_, .usage = usage_, .help = help_, .flags = flags_ \
	};                                                                                \
	RTE_INIT(show_init_##id)                                                          \
	{                                                                                 \
		show_register(&show_part_##id);                                           \
	}

/* In a part: "expected show NAME USAGE". */
#define SHOW_USAGE(c, id) show_usage(c, &show_part_##id)
