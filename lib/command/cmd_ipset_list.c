/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset list and save: as columns, as commands, as XML. Control lcore. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_clock.h"
#include "cmd_ipset.h"
#include "cmd_ipset_print.h"
#include "set_ext.h"
#include "set_text.h"

/* An element that waits to be sorted. */
struct line {
	struct set_key key;
	char *text;
};

struct lines {
	struct str *out;
	const char *name; /* of the set */
	enum ipset_mode mode;
	bool sorted;
	struct line *line;
	size_t nb, cap;
	unsigned words;
};

static void
entry_text(struct str *out, const struct lines *l, const struct set *s, const struct set_key *k,
	   const struct set_ext *x)
{
	if (l->mode == IPSET_XML)
		str_add(out, "<member><elem>");
	else if (l->mode == IPSET_AS_SAVE)
		str_printf(out, "add %s ", l->name);
	set_key_text(out, s, k);
	if (l->mode == IPSET_XML)
		str_add(out, "</elem>");
	ipset_print_ext(out, l->mode, s, k, x);
	str_add(out, l->mode == IPSET_XML ? "</member>\n" : "\n");
}

static bool
add_line(const struct set *s, const struct set_key *k, const struct set_ext *x, void *arg)
{
	struct lines *l = arg;
	struct str text = { 0 };

	if (!l->sorted) {
		entry_text(l->out, l, s, k, x);
		return true;
	}
	if (l->nb == l->cap) {
		l->cap = l->cap != 0 ? 2 * l->cap : 64;
		l->line = realloc(l->line, l->cap * sizeof(*l->line));
		if (l->line == NULL)
			abort(); /* the control lcore cannot answer without memory, see base_str.h */
	}
	entry_text(&text, l, s, k, x);
	l->line[l->nb++] = (struct line){ *k, text.text };
	return true;
}

/* Addresses first, by value; then sizes, protocols, ports and the rest. */
static int
compare(const void *a, const void *b)
{
	const struct set_key *p = &((const struct line *)a)->key,
			     *q = &((const struct line *)b)->key;
	int rc = memcmp(p->ip[0].b, q->ip[0].b, sizeof(p->ip[0].b));

	if (rc == 0)
		rc = p->len[0] - q->len[0];
	if (rc == 0)
		rc = p->proto - q->proto;
	if (rc == 0)
		rc = p->port - q->port;
	if (rc == 0)
		rc = memcmp(p->ip[1].b, q->ip[1].b, sizeof(p->ip[1].b));
	if (rc == 0)
		rc = p->len[1] - q->len[1];
	if (rc == 0)
		rc = memcmp(p->mac, q->mac, sizeof(p->mac));
	if (rc == 0)
		rc = p->mark < q->mark ? -1 : p->mark > q->mark;
	return rc != 0 ? rc : strncmp(p->iface, q->iface, sizeof(p->iface));
}

static void
put_sorted(struct lines *l)
{
	if (l->nb != 0)
		qsort(l->line, l->nb, sizeof(*l->line), compare);
	for (size_t i = 0; i < l->nb; i++) {
		str_add(l->out, l->line[i].text);
		free(l->line[i].text);
	}
	free(l->line);
}

static void
member_text(struct str *out, const struct lines *l, const struct set *s, const struct set_member *m,
	    uint64_t now)
{
	struct set_ext x = {
		.timeout = m->expiry == 0 ? 0 : (m->expiry - now) / 1000,
		.packets = m->packets,
		.bytes = m->bytes,
		.mark = m->mark,
		.mark_mask = m->mark_mask,
		.prio = m->prio,
		.queue = m->queue,
		.comment = m->comment,
	};
	struct set_key none = { 0 };

	if (l->mode == IPSET_XML)
		str_printf(out, "<member><elem>%s</elem>", set_name(m->number));
	else if (l->mode == IPSET_AS_SAVE)
		str_printf(out, "add %s %s", l->name, set_name(m->number));
	else
		str_add(out, set_name(m->number));
	ipset_print_ext(out, l->mode, s, &none, &x);
	str_add(out, l->mode == IPSET_XML ? "</member>\n" : "\n");
}

static void
put_members(struct lines *l, struct set *s)
{
	uint64_t now = clock_ms();

	if (s->type->part[0] != SET_PART_NAME) {
		set_each(s, now, add_line, l);
		put_sorted(l);
		return;
	}
	set_list_sweep(s, now);
	for (unsigned i = 0; s->list.array != NULL && i < s->list.array->nb; i++)
		member_text(l->out, l, s, s->list.array->member[i], now);
}

static void
put_set(struct str *out, uint16_t number, enum ipset_mode mode, bool sorted, bool terse)
{
	struct lines l = { .out = out, .name = set_name(number), .mode = mode, .sorted = sorted };
	struct set *s = set_get(number);

	ipset_print_header(out, mode, number);
	if (mode == IPSET_XML)
		str_add(out, terse ? "" : "<members>\n");
	else if (mode == IPSET_PLAIN && !terse)
		str_add(out, "Members:\n");
	if (!terse || mode == IPSET_AS_SAVE)
		put_members(&l, s);
	if (mode == IPSET_XML)
		str_printf(out, "%s</ipset>\n", terse ? "" : "</members>\n");
}

static void
put_name(struct str *out, uint16_t number, enum ipset_mode mode)
{
	str_printf(out, mode == IPSET_XML ? "<ipset name=\"%s\"/>\n" : "%s\n", set_name(number));
}

/* Lists come last, so that what they name is there when they are made. */
static uint16_t
next_of(unsigned from, bool lists)
{
	uint16_t n = set_next(from);

	while (n != SET_NO_NUMBER && (set_get(n)->type->part[0] == SET_PART_NAME) != lists)
		n = set_next(n + 1);
	return n;
}

static void
put_all(struct ipset *x, struct str *out, enum ipset_mode mode)
{
	bool first = true;

	for (int lists = 0; lists < 2; lists++)
		for (uint16_t n = next_of(0, lists); n != SET_NO_NUMBER;
		     n = next_of(n + 1, lists)) {
			if (x->names) {
				put_name(out, n, mode);
				continue;
			}
			if (!first && mode == IPSET_PLAIN)
				str_add(out, "\n");
			first = false;
			put_set(out, n, mode, x->sorted, x->terse);
		}
}

static int
write_file(struct ipset *x, const struct str *text)
{
	char path[PATH_MAX];
	FILE *f;
	bool good;

	cmd_path(x->cmd, x->file, path);
	f = fopen(path, "we");
	if (f == NULL)
		return ipset_fail(x, "Cannot open %s for writing: %s", x->file, strerror(errno));
	good = fwrite(str_text(text), 1, text->len, f) == text->len;
	if (fclose(f) != 0 || !good)
		return ipset_fail(x, "Cannot write %s", x->file);
	return 0;
}

int
ipset_list(struct ipset *x)
{
	enum ipset_mode mode = x->mode != IPSET_MODE_NONE ? x->mode
			       : x->verb == IPSET_SAVE    ? IPSET_AS_SAVE
							  : IPSET_PLAIN;
	struct str text = { 0 };
	uint16_t number;
	int rc = 0;

	x->names &= x->verb == IPSET_LIST;
	x->terse &= x->verb == IPSET_LIST;
	if (x->argc == 1 && (rc = ipset_find(x, x->argv[0], &number)) != 0)
		return rc;
	if (mode == IPSET_XML)
		str_add(&text, "<ipsets>\n");
	if (x->argc == 0)
		put_all(x, &text, mode);
	else if (x->names)
		put_name(&text, number, mode);
	else
		put_set(&text, number, mode, x->sorted, x->terse);
	if (mode == IPSET_XML)
		str_add(&text, "</ipsets>\n");
	if (x->file != NULL)
		rc = write_file(x, &text);
	else
		str_add_bytes(&x->cmd->out, str_text(&text), text.len);
	str_free(&text);
	return rc;
}
