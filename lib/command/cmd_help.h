/* SPDX-License-Identifier: BSD-3-Clause */
/* Topics of `help` that are no command: one registers itself in the file that knows about it. */
#pragma once

#include "cmd.h"

struct help_topic {
	struct help_topic *next;
	const char *name, *title;
	/* Prints it: paragraphs of any length into text, a newline ends one. Control lcore. */
	void (*print)(struct str *text);
};

void help_register(struct help_topic *topic); /* constructor time */

#define HELP_TOPIC(id, name_, title_, print_)                           \
	static struct help_topic help_topic_##id = { .name = name_,     \
						     .title = title_,   \
						     .print = print_ }; \
	RTE_INIT(help_init_##id)                                        \
	{                                                               \
		help_register(&help_topic_##id);                        \
	}
