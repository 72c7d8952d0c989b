/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The UNIX socket: up to 32 clients, each with one request at a time (cmd_wire.h). Non-blocking;
 * a client may vanish or stall at any moment and costs nobody else anything. Control lcore.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app.h"
#include "base_clock.h"
#include "base_log.h"
#include "cmd.h"
#include "cmd_wire.h"

#define CLIENTS (SERVER_POLL_MAX - 1)
#define STREAMS 8 /* clients that may follow something, so that others always find a place */
#define READ_CHUNK 65536u
#define IDLE_MS 1000   /* a client that says nothing for so long may lose its place to another */
#define STALL_MS 30000 /* a request or an answer under way must move on within */

struct client {
	int fd; /* -1: free */
	struct str in, out;
	size_t sent;                     /* of out */
	const struct cmd_stream *stream; /* NULL: it follows nothing */
	void *stream_state;
	struct str err; /* of the command that streams, until its end */
	uint64_t moved; /* when bytes last went through */
};

static int listener = -1;
static char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
static struct client clients[CLIENTS];
static struct client *polled[SERVER_POLL_MAX]; /* by place in the pollfds; [0] is the listener */

int
server_open(const char *name, struct err *e)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		clients[i].fd = -1;
	listener = server_listen(name, CLIENTS, e);
	if (listener < 0)
		return listener;
	strcpy(path, name);
	return 0;
}

static void
hang_up(struct client *c)
{
	if (c->stream != NULL)
		c->stream->end(c->stream_state);
	c->stream = NULL;
	close(c->fd);
	c->fd = -1;
	str_free(&c->in);
	str_free(&c->out);
	str_free(&c->err);
	c->sent = 0;
}

static void
cut_off(struct client *c, const char *why)
{
	LOG(NOTICE, "a client of %s is cut off: %s", path, why);
	hang_up(c);
}

void
server_close(void)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		if (listener >= 0 && clients[i].fd >= 0)
			hang_up(&clients[i]);
	if (listener >= 0 && path[0] != '\0')
		unlink(path);
	if (listener >= 0)
		close(listener);
	listener = -1;
}

static bool
answering(const struct client *c)
{
	return c->sent < c->out.len;
}

/*
 * Where a new client can go: a free place, or that of the one that has said nothing for longest. A
 * forgotten prompt must not keep commands out. NULL: all are busy or have just come.
 */
static struct client *
place(void)
{
	struct client *oldest = NULL;
	uint64_t now = clock_ms();

	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *c = &clients[i];

		if (c->fd < 0)
			return c;
		if (!answering(c) && c->in.len == 0 && c->stream == NULL &&
		    now - c->moved > IDLE_MS && (oldest == NULL || c->moved < oldest->moved))
			oldest = c;
	}
	return oldest;
}

unsigned
server_poll(struct pollfd *fds)
{
	unsigned nb = 1;

	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *c = &clients[i];

		if (c->fd < 0)
			continue;
		polled[nb] = c;
		fds[nb++] =
			(struct pollfd){ .fd = c->fd, .events = answering(c) ? POLLOUT : POLLIN };
	}
	/* With all places taken by busy clients, new ones wait in the kernel's queue. */
	fds[0] = (struct pollfd){ .fd = place() != NULL ? listener : -1, .events = POLLIN };
	return nb;
}

static void
welcome(void)
{
	struct client *c = place();
	int fd;

	if (c == NULL)
		return;
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (c->fd >= 0)
		hang_up(c);
	*c = (struct client){ .fd = fd, .moved = clock_ms() };
}

static void
put_frame(struct client *c, uint32_t type, const void *body, size_t len)
{
	unsigned char head[CMD_WIRE_HEADER];

	cmd_wire_put_head(head, (struct cmd_wire_head){ .len = len, .type = type });
	str_add_bytes(&c->out, head, sizeof(head));
	if (len > 0)
		str_add_bytes(&c->out, body, len);
}

static void
put_answer(struct client *c, int rc, const struct str *out, const struct str *err)
{
	size_t out_len = out->len, err_len = err->len;
	unsigned char head[CMD_WIRE_HEADER], body[8];

	if (out_len > CMD_WIRE_ANSWER_MAX / 2)
		out_len = CMD_WIRE_ANSWER_MAX / 2;
	if (err_len > CMD_WIRE_ANSWER_MAX / 4)
		err_len = CMD_WIRE_ANSWER_MAX / 4;
	cmd_wire_put_head(head, (struct cmd_wire_head){ .len = sizeof(body) + out_len + err_len,
							.type = CMD_WIRE_ANSWER });
	cmd_wire_put32(body, rc);
	cmd_wire_put32(body + 4, out_len);
	str_add_bytes(&c->out, head, sizeof(head));
	str_add_bytes(&c->out, body, sizeof(body));
	str_add_bytes(&c->out, str_text(out), out_len);
	str_add_bytes(&c->out, str_text(err), err_len);
}

static void
send_answer(struct client *c)
{
	while (answering(c)) {
		ssize_t n = send(c->fd, c->out.text + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			hang_up(c);
			return;
		}
		c->sent += n;
		c->moved = clock_ms();
	}
	str_free(&c->out);
	c->sent = 0;
}

static unsigned
nb_streams(void)
{
	unsigned nb = 0;

	for (unsigned i = 0; i < CLIENTS; i++)
		nb += clients[i].fd >= 0 && clients[i].stream != NULL;
	return nb;
}

/* All is said: the exit status follows. */
static void
finish_stream(struct client *c)
{
	const struct cmd_stream *stream = c->stream;
	struct str out = { 0 };
	int rc = stream->finish(c->stream_state, &out, &c->err);

	c->stream = NULL;
	stream->end(c->stream_state);
	put_answer(c, rc, &out, &c->err);
	str_free(&out);
	str_free(&c->err);
}

/* true: it has more to say right now. */
static bool
stream_on(struct client *c)
{
	struct str text = { 0 };
	bool more = c->stream->next(c->stream_state, &text), ends = !c->stream->endless;

	if (text.len > 0)
		put_frame(c, CMD_WIRE_PART, text.text, text.len);
	if (!more && ends)
		finish_stream(c);
	if (answering(c)) {
		c->moved = clock_ms();
		send_answer(c);
	}
	str_free(&text);
	return more && ends && c->fd >= 0 && !answering(c);
}

bool
server_streams(void)
{
	bool more = false;

	for (unsigned i = 0; listener >= 0 && i < CLIENTS; i++) {
		struct client *c = &clients[i];

		if (c->fd >= 0 && c->stream != NULL && !answering(c))
			more |= stream_on(c);
	}
	return more;
}

static void
run(struct client *c, uint32_t type, const struct cmd_wire_request *r)
{
	struct cmd cmd = {
		.argc = r->argc,
		.argv = r->argv,
		.in = r->in,
		.in_len = r->in_len,
		.caller = { .cwd = r->cwd, .columns = r->columns },
		.can_stream = nb_streams() < STREAMS,
	};
	int rc;

	if (type == CMD_WIRE_RUN && cmd_reads_input(r->argc, r->argv)) {
		put_frame(c, CMD_WIRE_WANT, NULL, 0);
		return;
	}
	if (type == CMD_WIRE_LINE)
		rc = cmd_run_line_in(&cmd.caller, r->line, r->in, r->in_len, &cmd.out, &cmd.err);
	else
		rc = cmd_run(&cmd);
	c->stream = cmd.stream;
	c->stream_state = cmd.stream_state;
	if (c->stream == NULL)
		put_answer(c, rc, &cmd.out, &cmd.err);
	str_free(&cmd.out);
	if (c->stream != NULL)
		put_frame(c, CMD_WIRE_PART, NULL, 0); /* it is one */
	if (c->stream != NULL && c->stream->finish != NULL)
		c->err = cmd.err;
	else
		str_free(&cmd.err);
}

/* Takes one whole request out of the input. false: there is none, or the client is gone. */
static bool
take_request(struct client *c)
{
	struct cmd_wire_request r;
	struct cmd_wire_head h;
	size_t all;

	if (c->in.len < CMD_WIRE_HEADER)
		return false;
	if (!cmd_wire_get_head((unsigned char *)c->in.text, &h) || h.type > CMD_WIRE_LINE) {
		cut_off(c, "what it sent is no request");
		return false;
	}
	all = CMD_WIRE_HEADER + h.len;
	if (c->in.len < all)
		return false;
	if (cmd_wire_request(h.type, c->in.text + CMD_WIRE_HEADER, h.len, &r) != 0) {
		free(r.argv);
		cut_off(c, "its request is malformed");
		return false;
	}
	run(c, h.type, &r);
	free(r.argv);
	memmove(c->in.text, c->in.text + all, c->in.len - all);
	c->in.len -= all;
	if (c->in.len == 0)
		str_free(&c->in);
	return true;
}

/* The next request only after this one's answer has gone: memory stays bounded. */
static void
serve(struct client *c)
{
	while (c->fd >= 0 && !answering(c) && c->stream == NULL && take_request(c))
		send_answer(c);
}

static void
read_request(struct client *c)
{
	static char chunk[READ_CHUNK];
	ssize_t n = recv(c->fd, chunk, sizeof(chunk), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == 0 && c->stream != NULL && c->stream->finish != NULL) {
		/* It has enough, and listens for the last words. */
		finish_stream(c);
		send_answer(c);
		return;
	}
	if (n <= 0) {
		hang_up(c);
		return;
	}
	if (c->stream != NULL) {
		cut_off(c, "it sends while it follows");
		return;
	}
	str_add_bytes(&c->in, chunk, n);
	c->moved = clock_ms();
	serve(c);
}

void
server_handle(const struct pollfd *fds, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		struct client *c = polled[i];

		if (fds[i].revents & POLLOUT) {
			send_answer(c);
			serve(c);
		} else if (fds[i].revents != 0) {
			read_request(c);
		}
	}
	if (fds[0].fd >= 0 && fds[0].revents != 0)
		welcome();
}

void
server_tick(void)
{
	uint64_t now = clock_ms();

	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *c = &clients[i];

		if (c->fd >= 0 && (answering(c) || c->in.len > 0) && now - c->moved > STALL_MS)
			cut_off(c, "its request or its answer stands still");
	}
}
