/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What runs over the daemon's UNIX socket: frames of a header (length and type, big endian) and a
 * body. The client sends one request and waits for its answer. libc only; both ends check lengths.
 *
 *	RUN	body: directory NUL, columns (4 bytes), argument count (4 bytes), arguments each with
 *		NUL, input bytes
 *	LINE	body: directory NUL, columns (4), the line NUL, input bytes
 *	WANT	no body: the RUN before reads standard input; send it again as RUN_INPUT
 *	ANSWER	body: exit status (4), length of stdout text (4), stdout text, stderr text
 *	PART	body: text for stdout; more of them follow, until the client leaves
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CMD_WIRE_HEADER 8u
#define CMD_WIRE_REQUEST_MAX (64u << 20) /* body of a request */
#define CMD_WIRE_ANSWER_MAX (512u << 20) /* body of an answer */
#define CMD_WIRE_ARGS_MAX 4096u
#define CMD_SOCKET_DEFAULT "/run/pollux/pollux.sock"

enum cmd_wire_type {
	CMD_WIRE_RUN = 1,       /* input is not known yet: may be answered by WANT */
	CMD_WIRE_RUN_INPUT = 2, /* input is complete */
	CMD_WIRE_LINE = 3,
	CMD_WIRE_WANT = 4,
	CMD_WIRE_ANSWER = 5,
	CMD_WIRE_PART = 6,
};

struct cmd_wire_head {
	uint32_t len; /* of the body */
	uint32_t type;
};

/* A request taken apart; all pointers go into the body. argv is the caller's to free. */
struct cmd_wire_request {
	const char *cwd;
	uint32_t columns; /* width of the client's terminal; 0: none */
	const char *line; /* LINE only */
	uint32_t argc;
	char **argv; /* RUN only; NULL after the last */
	const char *in;
	size_t in_len;
};

struct cmd_wire_answer {
	uint32_t rc;
	const char *out, *err;
	size_t out_len, err_len;
};

void cmd_wire_put32(unsigned char *to, uint32_t v);
uint32_t cmd_wire_get32(const unsigned char *from);
void cmd_wire_put_head(unsigned char to[CMD_WIRE_HEADER], struct cmd_wire_head h);
/* false: not a frame of this protocol, or its body is longer than the type allows. */
bool cmd_wire_get_head(const unsigned char from[CMD_WIRE_HEADER], struct cmd_wire_head *h);
/* body must be writable memory that outlives r. 0, -EINVAL (malformed), -ENOMEM. */
int cmd_wire_request(uint32_t type, char *body, size_t len, struct cmd_wire_request *r);
/* 0 or -EINVAL. */
int cmd_wire_answer(const char *body, size_t len, struct cmd_wire_answer *a);
