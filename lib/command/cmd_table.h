/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A table that a show command answers with: as text in columns that fit the terminal (the last
 * column is wrapped), or, with -j, as a JSON array of objects. Control lcore.
 *	static const struct cmd_column columns[] = { { "reason", "reason" }, ... };
 *	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
 *	cmd_table_text(&t, name); cmd_table_number(&t, n);	for every row, cell by cell
 *	cmd_table_end(&t);
 */
#pragma once

#include <stdint.h>

#include <jansson.h>

#include "cmd.h"

struct cmd_column {
	const char *title; /* NULL: the text table has no title line */
	const char *key;   /* in JSON */
};

struct cmd_table {
	struct cmd *c;
	const struct cmd_column *columns;
	unsigned nb, nb_cells, max_cells;
	struct cmd_cell *cells;
};

struct cmd_table cmd_table(struct cmd *c, const struct cmd_column *columns, unsigned nb);
void cmd_table_text(struct cmd_table *t, const char *text); /* copied */
void cmd_table_number(struct cmd_table *t, uint64_t n);     /* on the right of its column */
/* Prints into the command's output and frees; the table is gone. Returns 0, the exit status. */
int cmd_table_end(struct cmd_table *t);

/* Prints a JSON value into the command's output and frees it. Returns 0, the exit status. */
int cmd_json(struct cmd *c, json_t *value);
/* As many bytes of text as make a line of at most width, cut at a blank where there is one. */
size_t cmd_wrap(const char *text, size_t width);
