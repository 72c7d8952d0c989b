/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The socket's frames from a peer that sends anything: the input is one frame as it would come in,
 * and its body is read as every kind of request and as an answer.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_wire.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned char sink; /* keeps reads from being optimised away */

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return 0;
}

static void
must(bool true_here)
{
	if (!true_here)
		abort();
}

static void
read_bytes(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sink ^= at[i];
}

static void
head(const uint8_t *data)
{
	unsigned char again[CMD_WIRE_HEADER];
	struct cmd_wire_head h;

	if (!cmd_wire_get_head(data, &h))
		return;
	must(h.type >= CMD_WIRE_RUN && h.type <= CMD_WIRE_PART && h.len <= CMD_WIRE_ANSWER_MAX);
	cmd_wire_put_head(again, h);
	must(memcmp(again, data, sizeof(again)) == 0);
}

static void
request(uint32_t type, char *body, size_t len)
{
	struct cmd_wire_request r;

	if (cmd_wire_request(type, body, len, &r) != 0) {
		must(r.argv == NULL);
		return;
	}
	read_bytes(r.cwd, strlen(r.cwd));
	read_bytes(r.in, r.in_len);
	must(r.in + r.in_len == body + len);
	if (type == CMD_WIRE_LINE) {
		must(r.line != NULL && r.argv == NULL);
		read_bytes(r.line, strlen(r.line));
	} else {
		must(r.argc > 0 && r.argc <= CMD_WIRE_ARGS_MAX && r.argv[r.argc] == NULL);
		for (uint32_t i = 0; i < r.argc; i++)
			read_bytes(r.argv[i], strlen(r.argv[i]));
	}
	free(r.argv);
}

static void
answer(const char *body, size_t len)
{
	struct cmd_wire_answer a;

	if (cmd_wire_answer(body, len, &a) != 0)
		return;
	must(8 + a.out_len + a.err_len == len);
	read_bytes(a.out, a.out_len);
	read_bytes(a.err, a.err_len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len;
	char *body;

	if (size < CMD_WIRE_HEADER)
		return 0;
	head(data);
	len = size - CMD_WIRE_HEADER;
	body = malloc(len); /* exactly: a byte read behind it is found */
	if (body == NULL)
		return 0;
	memcpy(body, data + CMD_WIRE_HEADER, len);
	for (uint32_t type = CMD_WIRE_RUN; type <= CMD_WIRE_LINE; type++)
		request(type, body, len);
	answer(body, len);
	free(body);
	return 0;
}
