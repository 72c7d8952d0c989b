/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registry of nouns and the running of one command. Control lcore only.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base_err.h"
#include "cmd.h"

#define FILE_BYTES_MAX (64u << 20)
#define STDIN_FILE "/dev/stdin"  /* the caller's, not the daemon's */
#define CMD_OUT_MAX (256u << 20) /* what is longer is only told in pieces */

bool cmd_quit;
bool (*cmd_interrupted)(void);

static struct cmd_noun *nouns; /* sorted by name */

void
cmd_register(struct cmd_noun *noun)
{
	struct cmd_noun **at = &nouns;

	while (*at != NULL && strcmp((*at)->name, noun->name) < 0)
		at = &(*at)->next;
	if (*at != NULL && strcmp((*at)->name, noun->name) == 0)
		abort();
	noun->next = *at;
	*at = noun;
}

const struct cmd_noun *
cmd_find(const char *name)
{
	for (struct cmd_noun *n = nouns; n != NULL; n = n->next)
		if (n->name[0] == name[0] && strcmp(n->name, name) == 0)
			return n;
	return NULL;
}

const struct cmd_noun *
cmd_next(const struct cmd_noun *noun)
{
	return noun == NULL ? nouns : noun->next;
}

int
cmd_fail(struct cmd *c, int rc, const char *fmt, ...)
{
	char text[sizeof(((struct err *)0)->text) + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_printf(&c->err, "%s: %s\n", c->argv[0], text);
	return rc;
}

int
cmd_stream(struct cmd *c, const struct cmd_stream *stream, void *state)
{
	int rc;

	if (c->can_stream) {
		c->stream = stream;
		c->stream_state = state;
		return 0;
	}
	while (stream->next(state, &c->out) && c->out.len < CMD_OUT_MAX)
		;
	rc = stream->finish(state, &c->out, &c->err);
	stream->end(state);
	return rc;
}

/* Is argv[i] the value of the option before it? */
static bool
is_value(char *const *argv, int i)
{
	static const char *const with_value[] = { "-T", "--table", "-M", "--modprobe",
						  "-w", "--wait",  "-W", "--wait-interval" };

	for (unsigned k = 0; i > 1 && k < sizeof(with_value) / sizeof(with_value[0]); k++)
		if (strcmp(argv[i - 1], with_value[k]) == 0)
			return true;
	return false;
}

/* NAME-restore FILE reads the file, not standard input. */
static bool
names_file(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++)
		if (argv[i][0] != '-' && !is_value(argv, i))
			return true;
	return false;
}

/* restore, -R, --restore, with options around it but -file. */
static bool
ipset_reads(int argc, char *const *argv)
{
	const char *verb = NULL;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-f") == 0 || strcmp(argv[i], "-file") == 0 ||
		    strcmp(argv[i], "--file") == 0)
			return false;
		if (verb == NULL && (argv[i][0] != '-' || strcmp(argv[i], "-R") == 0 ||
				     strcmp(argv[i], "--restore") == 0))
			verb = argv[i];
	}
	return verb != NULL && (strcmp(verb, "restore") == 0 || strcmp(verb, "-R") == 0 ||
				strcmp(verb, "--restore") == 0);
}

bool
cmd_reads_input(int argc, char *const *argv)
{
	size_t n = strlen(argv[0]);
	const char *tail = "-restore";

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], STDIN_FILE) == 0)
			return true;
	if (n > strlen(tail) && strcmp(argv[0] + n - strlen(tail), tail) == 0)
		return !names_file(argc, argv);
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "-") == 0)
			return true;
	for (int i = 1; strcmp(argv[0], "ip") == 0 && i < argc; i++)
		if (strcmp(argv[i], "restore") == 0)
			return true;
	if (strcmp(argv[0], "ipset") == 0)
		return ipset_reads(argc, argv);
	return argc >= 2 && strcmp(argv[0], "nfacct") == 0 && strcmp(argv[1], "restore") == 0;
}

static char *
read_all(int fd, size_t size, size_t *len)
{
	char *text = malloc(size + 1);
	ssize_t n;

	*len = 0;
	while (text != NULL && *len < size) {
		n = read(fd, text + *len, size - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		*len += n;
	}
	if (text != NULL)
		text[*len] = '\0';
	return text;
}

void
cmd_path(const struct cmd *c, const char *name, char path[PATH_MAX])
{
	if (name[0] == '/' || c->caller.cwd == NULL || c->caller.cwd[0] == '\0')
		snprintf(path, PATH_MAX, "%s", name);
	else
		snprintf(path, PATH_MAX, "%s/%s", c->caller.cwd, name);
}

char *
cmd_read_file(struct cmd *c, const char *name, size_t *len)
{
	char path[PATH_MAX], *text = NULL;
	struct stat st;
	int fd;

	if (strcmp(name, STDIN_FILE) == 0) {
		*len = c->in != NULL ? c->in_len : 0;
		return strndup(c->in != NULL ? c->in : "", *len);
	}
	cmd_path(c, name, path);
	/* Nonblocking: opening a fifo must not stop the control lcore. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0)
		cmd_fail(c, 1, "cannot open \"%s\": %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		cmd_fail(c, 1, "%s is not a file", path);
	else if (st.st_size > FILE_BYTES_MAX)
		cmd_fail(c, 1, "%s is larger than 64 MB", path);
	else
		text = read_all(fd, st.st_size, len);
	if (fd >= 0)
		close(fd);
	return text;
}

int
cmd_run(struct cmd *c)
{
	const struct cmd_noun *noun = cmd_find(c->argv[0]);

	if (noun == NULL)
		return cmd_fail(c, 127, "no such command (\"help\" lists them)");
	return noun->fn(c);
}
