/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's own prompt. Fed by the control lcore's poll loop; never waits for input. Lines may
 * begin a here-document, which goes on until its end word comes.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cmdline_cirbuf.h>
#include <cmdline_parse.h>
#include <cmdline_vt100.h>
#include <cmdline_rdline.h>

#include "cmd.h"
#include "cmd_complete.h"
#include "cmd_prompt.h"
#include "cmd_split.h"

#define PROMPT "pollux> "
#define MORE "> "
/* The editor holds 512 bytes and drops what does not fit: a line that fills it is not run. */
#define EDITOR_LINE 509
#define HERE_MAX (64u << 20)
#define WRITE_WAIT_MS 1000

static struct {
	int fd;
	struct rdline *editor;       /* NULL: no terminal */
	struct termios before;       /* the terminal's mode */
	struct str line;             /* no terminal: what has come of the next line */
	bool cut;                    /* ... and it is too long */
	struct str held;             /* the command of a here-document ... */
	struct str input;            /* ... and its lines so far */
	char end[CMD_HERE_WORD_MAX]; /* empty: not in a here-document */
} prompt = { .fd = -1 };

/* A terminal that takes nothing for a second loses text rather than stop the control lcore. */
static void
put(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);
		struct pollfd p = { .fd = fd, .events = POLLOUT };

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno != EAGAIN || poll(&p, 1, WRITE_WAIT_MS) <= 0))
			return;
		if (n > 0) {
			text += n;
			len -= n;
		}
	}
}

static void
run(const char *line, const struct str *in)
{
	struct str out = { 0 }, err = { 0 };
	struct cmd_caller caller = { 0 };
	struct winsize size;

	if (prompt.editor != NULL && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		caller.columns = size.ws_col;
	cmd_run_line_in(&caller, line, in != NULL ? str_text(in) : NULL, in != NULL ? in->len : 0,
			&out, &err);
	put(STDOUT_FILENO, str_text(&out), out.len);
	put(STDERR_FILENO, str_text(&err), err.len);
	str_free(&out);
	str_free(&err);
}

static void
take_here_line(const char *line)
{
	if (strcmp(line, prompt.end) != 0) {
		if (prompt.input.len < HERE_MAX)
			str_printf(&prompt.input, "%s\n", line);
		return;
	}
	prompt.end[0] = '\0';
	if (prompt.input.len < HERE_MAX)
		run(str_text(&prompt.held), &prompt.input);
	else
		fprintf(stderr, "the here-document is longer than 64 MB: refused\n");
	str_free(&prompt.input);
}

/* One whole line, from a terminal or not. */
static void
take_line(const char *line)
{
	size_t cut;

	if (prompt.end[0] != '\0') {
		take_here_line(line);
	} else if (cmd_here(line, prompt.end, &cut)) {
		str_clear(&prompt.held);
		str_add_bytes(&prompt.held, line, cut);
	} else {
		prompt.end[0] = '\0';
		run(line, NULL);
	}
}

static int
write_char(struct rdline *rdl, char ch)
{
	put(STDOUT_FILENO, &ch, 1);
	return 0;
}

static void
line_done(struct rdline *rdl, const char *buf, unsigned int size)
{
	struct str line = { 0 };

	/* buf ends in a newline; the str gets a text even when that is all. */
	str_add_bytes(&line, buf, strcspn(buf, "\r\n"));
	if (line.len > 0)
		rdline_add_history(rdl, str_text(&line));
	if (line.len > EDITOR_LINE)
		fprintf(stderr,
			"a line at this prompt has at most %d characters: put it into a file "
			"(load FILE) or use polluxctl\n",
			EDITOR_LINE);
	else
		take_line(str_text(&line));
	str_free(&line);
}

/* The k-th line of the offers; NULL: there are not so many. */
static const char *
offer(const struct str *offers, int k, size_t *len)
{
	const char *at = str_text(offers);

	while (*at != '\0' && k-- > 0)
		at += strcspn(at, "\n") + 1;
	*len = strcspn(at, "\n");
	return *at != '\0' ? at : NULL;
}

/* The letters that all offers go on with behind the typed ones. 0: none. */
static int
complete_common(const struct str *offers, size_t typed, char *dst, unsigned int size)
{
	size_t common, len;
	const char *first = offer(offers, 0, &common), *other;
	int k;

	if (first == NULL)
		return 0;
	for (k = 1; (other = offer(offers, k, &len)) != NULL; k++)
		while (common > len || strncmp(other, first, common) != 0)
			common--;
	if (k > 1 && common <= typed)
		return 0;
	/* "net.ipv4." goes on. */
	snprintf(dst, size, "%.*s%s", (int)(common - typed), first + typed,
		 k == 1 && first[common - 1] != '.' ? " " : "");
	return RDLINE_RES_COMPLETE;
}

/*
 * rdline's contract: *state is 0 when Tab was pressed, -1 for "?", above 0 for the next choice of a
 * list. RDLINE_RES_COMPLETE: dst goes to the line; 1: dst is one choice; 0: no more.
 */
static int
complete(struct rdline *rdl, const char *buf, char *dst, unsigned int size, int *state)
{
	static struct str offers; /* asked for at the start of a list */
	size_t typed = strlen(buf), len;
	const char *one;
	int rc = 0, k = *state < 0 ? 0 : *state;

	while (typed > 0 && buf[typed - 1] != ' ')
		typed--;
	typed = strlen(buf) - typed;
	if (k == 0) {
		str_clear(&offers);
		cmd_complete_line(buf, &offers);
	}
	if (*state == 0)
		rc = complete_common(&offers, typed, dst, size);
	one = offer(&offers, k, &len);
	/* The editor takes "?" for itself and would leave it out of the line without a word. */
	if (*state < 0 && one == NULL) {
		*state = 1;
		snprintf(dst, size,
			 "(no \"?\" can be typed here: put the line into a file or use polluxctl)");
		return 1;
	}
	if (rc != 0 || one == NULL)
		return rc;
	*state = k + 1;
	snprintf(dst, size, "%.*s", (int)len, one);
	return 1;
}

bool
cmd_prompt_open(int fd)
{
	struct termios raw;

	prompt.fd = fd;
	if (!isatty(fd))
		return true;
	if (tcgetattr(fd, &prompt.before) != 0)
		return false;
	prompt.editor = rdline_new(write_char, line_done, complete, NULL);
	if (prompt.editor == NULL)
		return false;
	raw = prompt.before;
	/* ISIG stays: Ctrl-C ends Pollux as it ends other daemons on a terminal. */
	raw.c_lflag &= ~(ICANON | ECHO);
	tcsetattr(fd, TCSANOW, &raw);
	rdline_newline(prompt.editor, PROMPT);
	return true;
}

static bool
edit(const char *bytes, ssize_t n)
{
	for (ssize_t i = 0; i < n; i++) {
		int rc = rdline_char_in(prompt.editor, bytes[i]);

		if (rc == RDLINE_RES_EOF)
			cmd_quit = true;
		if (rc == RDLINE_RES_EOF || cmd_quit)
			return false;
		if (rc == RDLINE_RES_VALIDATED)
			rdline_newline(prompt.editor, prompt.end[0] != '\0' ? MORE : PROMPT);
	}
	return true;
}

static void
read_plain(const char *bytes, ssize_t n)
{
	for (ssize_t i = 0; i < n && !cmd_quit; i++) {
		if (bytes[i] != '\n') {
			prompt.cut |= prompt.line.len >= CMD_LINE_MAX;
			if (!prompt.cut)
				str_add_bytes(&prompt.line, bytes + i, 1);
			continue;
		}
		if (prompt.cut)
			fprintf(stderr, "standard input: a line has at most %u bytes\n",
				CMD_LINE_MAX);
		else
			take_line(str_text(&prompt.line));
		prompt.cut = false;
		str_clear(&prompt.line);
	}
}

bool
cmd_prompt_input(void)
{
	char bytes[4096];
	ssize_t n = read(prompt.fd, bytes, sizeof(bytes));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0) {
		/* A closed terminal ends the daemon; a file or pipe has just been read to its end. */
		cmd_quit |= prompt.editor != NULL;
		return false;
	}
	if (prompt.editor != NULL)
		return edit(bytes, n);
	read_plain(bytes, n);
	return true;
}

void
cmd_prompt_close(void)
{
	if (prompt.editor != NULL) {
		tcsetattr(prompt.fd, TCSANOW, &prompt.before);
		rdline_free(prompt.editor);
		prompt.editor = NULL;
		put(STDOUT_FILENO, "\n", 1);
	}
	str_free(&prompt.line);
	str_free(&prompt.held);
	str_free(&prompt.input);
}
