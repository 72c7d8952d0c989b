/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_table.h"

#define COLUMN_MIN 20 /* the last column gets as much, however narrow the terminal */

struct cmd_cell {
	char *text;
	uint64_t number;
	bool is_number;
};

struct cmd_table
cmd_table(struct cmd *c, const struct cmd_column *columns, unsigned nb)
{
	return (struct cmd_table){ .c = c, .columns = columns, .nb = nb };
}

static struct cmd_cell *
add_cell(struct cmd_table *t)
{
	if (t->nb_cells == t->max_cells) {
		t->max_cells = t->max_cells * 2 + 64;
		t->cells = realloc(t->cells, t->max_cells * sizeof(*t->cells));
		if (t->cells == NULL)
			abort(); /* like struct str: the control lcore cannot go on without memory */
	}
	return &t->cells[t->nb_cells++];
}

void
cmd_table_text(struct cmd_table *t, const char *text)
{
	struct cmd_cell *cell = add_cell(t);

	*cell = (struct cmd_cell){ .text = strdup(text) };
	if (cell->text == NULL)
		abort();
}

void
cmd_table_number(struct cmd_table *t, uint64_t n)
{
	char text[24];
	struct cmd_cell *cell;

	snprintf(text, sizeof(text), "%" PRIu64, n);
	cmd_table_text(t, text);
	cell = &t->cells[t->nb_cells - 1];
	cell->is_number = true;
	cell->number = n;
}

int
cmd_json(struct cmd *c, json_t *value)
{
	char *text = json_dumps(value, JSON_INDENT(2));

	str_printf(&c->out, "%s\n", text != NULL ? text : "null");
	free(text);
	json_decref(value);
	return 0;
}

static int
print_json(const struct cmd_table *t)
{
	json_t *rows = json_array(), *row = NULL;

	for (unsigned i = 0; i < t->nb_cells; i++) {
		const struct cmd_cell *cell = &t->cells[i];

		if (i % t->nb == 0) {
			row = json_object();
			json_array_append_new(rows, row);
		}
		json_object_set_new(row, t->columns[i % t->nb].key,
				    cell->is_number ? json_integer(cell->number)
						    : json_string(cell->text));
	}
	return cmd_json(t->c, rows);
}

size_t
cmd_wrap(const char *text, size_t width)
{
	size_t len = strlen(text), cut = width;

	if (len <= width)
		return len;
	while (cut > 0 && text[cut] != ' ')
		cut--;
	return cut != 0 ? cut : width;
}

/* The last column: as many lines as it takes, each indented to its column. */
static void
print_last(const struct cmd_table *t, const char *text, size_t indent)
{
	size_t columns = t->c->caller.columns, width = SIZE_MAX, n;

	if (columns != 0)
		width = columns > indent + COLUMN_MIN ? columns - indent : COLUMN_MIN;
	for (bool first = true; first || *text != '\0'; first = false) {
		n = cmd_wrap(text, width);
		if (!first)
			str_printf(&t->c->out, "%*s", (int)indent, "");
		str_printf(&t->c->out, "%.*s\n", (int)n, text);
		text += n;
		text += strspn(text, " ");
	}
}

static void
measure(const struct cmd_table *t, size_t *widths)
{
	for (unsigned i = 0; i < t->nb; i++)
		widths[i] = t->columns[i].title != NULL ? strlen(t->columns[i].title) : 0;
	for (unsigned i = 0; i < t->nb_cells; i++) {
		size_t len = strlen(t->cells[i].text);

		if (len > widths[i % t->nb])
			widths[i % t->nb] = len;
	}
}

static void
print_row(const struct cmd_table *t, const struct cmd_cell *row, const size_t *widths, bool title)
{
	size_t indent = 0;

	for (unsigned i = 0; i < t->nb; i++) {
		const char *text = title ? t->columns[i].title : row[i].text;
		int width = widths[i];

		if (i + 1 == t->nb && !row[i].is_number)
			print_last(t, text, indent);
		else
			str_printf(&t->c->out, "%*s%s", row[i].is_number ? width : -width, text,
				   i + 1 == t->nb ? "\n" : "  ");
		indent += width + 2;
	}
}

static void
print_text(const struct cmd_table *t)
{
	size_t *widths = calloc(t->nb, sizeof(*widths));

	if (widths == NULL)
		abort();
	measure(t, widths);
	if (t->nb_cells != 0 && t->columns[0].title != NULL)
		print_row(t, t->cells, widths, true);
	for (unsigned i = 0; i < t->nb_cells; i += t->nb)
		print_row(t, &t->cells[i], widths, false);
	free(widths);
}

int
cmd_table_end(struct cmd_table *t)
{
	if (t->c->json)
		print_json(t);
	else
		print_text(t);
	for (unsigned i = 0; i < t->nb_cells; i++)
		free(t->cells[i].text);
	free(t->cells);
	t->cells = NULL;
	return 0;
}
