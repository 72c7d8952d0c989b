/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "cmd_wire.h"

struct body {
	char *bytes;
	size_t len, cap;
};

static void
out_of_memory(void)
{
	fputs("polluxctl: out of memory\n", stderr);
	exit(1);
}

static void
add(struct body *b, const void *bytes, size_t len)
{
	if (b->len + len > b->cap) {
		b->cap = 2 * (b->len + len) + 256;
		b->bytes = realloc(b->bytes, b->cap);
		if (b->bytes == NULL)
			out_of_memory();
	}
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
}

bool
client_open(struct client *c, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	*c = (struct client){ .fd = -1 };
	if (strlen(path) >= sizeof(a.sun_path)) {
		fprintf(stderr, "polluxctl: socket path %s is too long\n", path);
		return false;
	}
	strcpy(a.sun_path, path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd >= 0 && connect(c->fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return true;
	fprintf(stderr, "polluxctl: %s: %s (is pollux running? --socket PATH names another one)\n",
		path, strerror(errno));
	client_close(c);
	return false;
}

void
client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->buf);
	*c = (struct client){ .fd = -1 };
}

static bool
send_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= n;
	}
	return true;
}

static bool
recv_all(int fd, void *bytes, size_t len)
{
	char *at = bytes;

	while (len > 0) {
		ssize_t n = recv(fd, at, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= n;
	}
	return true;
}

/* The body of one frame into c->buf. false: the daemon is gone. */
static bool
take_frame(struct client *c, struct cmd_wire_head *h)
{
	unsigned char head[CMD_WIRE_HEADER];

	if (!recv_all(c->fd, head, sizeof(head)) || !cmd_wire_get_head(head, h))
		return false;
	if (h->len > c->cap) {
		free(c->buf);
		c->buf = malloc(h->len);
		if (c->buf == NULL)
			out_of_memory();
		c->cap = h->len;
	}
	return recv_all(c->fd, c->buf, h->len);
}

/* The connection that ^C ends: the daemon says its last words, a second one ends us at once. */
static volatile sig_atomic_t interrupted_fd = -1;

static void
interrupted(int sig)
{
	if (interrupted_fd >= 0)
		shutdown(interrupted_fd, SHUT_WR);
	signal(sig, SIG_DFL);
}

/*
 * Sends one request, made with add_caller(), and takes its answer's body into c->buf; parts before
 * it are printed as they come. false: the daemon is gone.
 */
static bool
exchange(struct client *c, uint32_t type, const struct body *b, struct cmd_wire_head *h)
{
	/* The header goes with the body in one send: the daemon wakes up once. */
	cmd_wire_put_head((unsigned char *)b->bytes,
			  (struct cmd_wire_head){ .len = b->len - CMD_WIRE_HEADER, .type = type });
	if (!send_all(c->fd, b->bytes, b->len))
		return false;
	while (take_frame(c, h)) {
		if (h->type != CMD_WIRE_PART) {
			interrupted_fd = -1;
			return true;
		}
		if (interrupted_fd < 0) {
			interrupted_fd = c->fd;
			signal(SIGINT, interrupted);
			signal(SIGTERM, interrupted);
		}
		fwrite(c->buf, 1, h->len, stdout);
		/* Nobody reads any more: leave, as grep -m does it to others. */
		if (fflush(stdout) != 0)
			exit(1);
	}
	return false;
}

static int
gone(void)
{
	fputs("polluxctl: the daemon closed the connection\n", stderr);
	return 1;
}

static int
print(const struct client *c, size_t len, bool merge)
{
	struct cmd_wire_answer a;

	if (cmd_wire_answer(c->buf, len, &a) != 0)
		return gone();
	fwrite(a.out, 1, a.out_len, stdout);
	if (!merge)
		fflush(stdout);
	/* In one stream every part ends its line: what follows must start one. */
	else if (a.out_len > 0 && a.out[a.out_len - 1] != '\n')
		putchar('\n');
	fwrite(a.err, 1, a.err_len, merge ? stdout : stderr);
	return a.rc;
}

/* Room for the frame's header, then who asks: directory, width of the terminal. */
static void
add_caller(struct body *b)
{
	static const char header[CMD_WIRE_HEADER];
	char cwd[PATH_MAX];
	struct winsize size = { 0 };
	unsigned char columns[4];

	add(b, header, sizeof(header));
	if (getcwd(cwd, sizeof(cwd)) == NULL)
		strcpy(cwd, "/");
	add(b, cwd, strlen(cwd) + 1);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		size.ws_col = 0;
	cmd_wire_put32(columns, size.ws_col);
	add(b, columns, sizeof(columns));
}

static void
add_stdin(struct body *b)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			add(b, bytes, n);
}

static int
too_long(void)
{
	fprintf(stderr, "polluxctl: a command and its input may have at most %u bytes\n",
		CMD_WIRE_REQUEST_MAX);
	return 1;
}

int
client_run(struct client *c, int argc, char **argv)
{
	struct body b = { 0 };
	struct cmd_wire_head h;
	unsigned char count[4];
	int rc;

	add_caller(&b);
	cmd_wire_put32(count, argc);
	add(&b, count, sizeof(count));
	for (int i = 0; i < argc; i++)
		add(&b, argv[i], strlen(argv[i]) + 1);
	if (b.len > CMD_WIRE_HEADER + CMD_WIRE_REQUEST_MAX) {
		rc = too_long();
	} else if (!exchange(c, CMD_WIRE_RUN, &b, &h)) {
		rc = gone();
	} else if (h.type != CMD_WIRE_WANT) {
		rc = print(c, h.len, false);
	} else {
		add_stdin(&b);
		if (b.len > CMD_WIRE_HEADER + CMD_WIRE_REQUEST_MAX)
			rc = too_long();
		else
			rc = exchange(c, CMD_WIRE_RUN_INPUT, &b, &h) ? print(c, h.len, false)
								     : gone();
	}
	free(b.bytes);
	return rc;
}

int
client_line(struct client *c, const char *line, const char *in, size_t in_len, bool merge)
{
	struct body b = { 0 };
	struct cmd_wire_head h;
	int rc;

	add_caller(&b);
	add(&b, line, strlen(line) + 1);
	if (in_len > 0)
		add(&b, in, in_len);
	if (b.len > CMD_WIRE_HEADER + CMD_WIRE_REQUEST_MAX)
		rc = too_long();
	else
		rc = exchange(c, CMD_WIRE_LINE, &b, &h) ? print(c, h.len, merge) : -1;
	free(b.bytes);
	return rc;
}

const char *
client_ask(struct client *c, const char *line, size_t *len)
{
	struct body b = { 0 };
	struct cmd_wire_answer a = { .rc = 1 };
	struct cmd_wire_head h;

	add_caller(&b);
	add(&b, line, strlen(line) + 1);
	if (!exchange(c, CMD_WIRE_LINE, &b, &h) || cmd_wire_answer(c->buf, h.len, &a) != 0)
		a.rc = 1;
	free(b.bytes);
	*len = a.out_len;
	return a.rc == 0 ? a.out : NULL;
}
