/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The socket's frames, taken apart and put together. Pure functions over bytes of a peer that may
 * send anything.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_wire.h"

void
cmd_wire_put32(unsigned char *to, uint32_t v)
{
	to[0] = v >> 24;
	to[1] = v >> 16;
	to[2] = v >> 8;
	to[3] = v;
}

uint32_t
cmd_wire_get32(const unsigned char *from)
{
	return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

void
cmd_wire_put_head(unsigned char to[CMD_WIRE_HEADER], struct cmd_wire_head h)
{
	cmd_wire_put32(to, h.len);
	cmd_wire_put32(to + 4, h.type);
}

bool
cmd_wire_get_head(const unsigned char from[CMD_WIRE_HEADER], struct cmd_wire_head *h)
{
	h->len = cmd_wire_get32(from);
	h->type = cmd_wire_get32(from + 4);
	switch (h->type) {
	case CMD_WIRE_RUN:
	case CMD_WIRE_RUN_INPUT:
	case CMD_WIRE_LINE:
		return h->len <= CMD_WIRE_REQUEST_MAX;
	case CMD_WIRE_WANT:
		return h->len == 0;
	case CMD_WIRE_ANSWER:
	case CMD_WIRE_PART:
		return h->len <= CMD_WIRE_ANSWER_MAX;
	}
	return false;
}

/* The NUL-terminated text at *at; NULL when it does not end before end. */
static char *
take_text(char **at, const char *end)
{
	char *text = *at;
	char *nul = memchr(text, '\0', end - text);

	if (nul == NULL)
		return NULL;
	*at = nul + 1;
	return text;
}

static int
take_args(struct cmd_wire_request *r, char **at, const char *end)
{
	if (end - *at < 4)
		return -EINVAL;
	r->argc = cmd_wire_get32((unsigned char *)*at);
	*at += 4;
	if (r->argc == 0 || r->argc > CMD_WIRE_ARGS_MAX)
		return -EINVAL;
	r->argv = calloc(r->argc + 1, sizeof(*r->argv));
	if (r->argv == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < r->argc; i++) {
		r->argv[i] = take_text(at, end);
		if (r->argv[i] != NULL)
			continue;
		free(r->argv);
		r->argv = NULL;
		return -EINVAL;
	}
	return 0;
}

int
cmd_wire_request(uint32_t type, char *body, size_t len, struct cmd_wire_request *r)
{
	char *at = body, *end = body + len;
	int rc = 0;

	*r = (struct cmd_wire_request){ 0 };
	if (len == 0)
		return -EINVAL;
	r->cwd = take_text(&at, end);
	if (r->cwd == NULL || end - at < 4)
		return -EINVAL;
	r->columns = cmd_wire_get32((unsigned char *)at);
	at += 4;
	if (type == CMD_WIRE_LINE) {
		r->line = take_text(&at, end);
		rc = r->line == NULL ? -EINVAL : 0;
	} else {
		rc = take_args(r, &at, end);
	}
	r->in = at;
	r->in_len = end - at;
	return rc;
}

int
cmd_wire_answer(const char *body, size_t len, struct cmd_wire_answer *a)
{
	const unsigned char *at = (const unsigned char *)body;

	if (len < 8)
		return -EINVAL;
	a->rc = cmd_wire_get32(at);
	a->out_len = cmd_wire_get32(at + 4);
	if (a->out_len > len - 8)
		return -EINVAL;
	a->out = body + 8;
	a->err = a->out + a->out_len;
	a->err_len = len - 8 - a->out_len;
	return 0;
}
