/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <rte_common.h>

#include <cmdline_cirbuf.h>
#include <cmdline_parse.h>
#include <cmdline_vt100.h>
#include <cmdline_rdline.h>

#include "cmd.h"
#include "cmd_prompt.h"

#define PROMPT "pollux> "
#define EDITOR_LINE 512           /* bytes that librte_cmdline's line editor holds */
#define LINE_MAX_PLAIN (1u << 20) /* bytes of a line that does not come from a terminal */

static struct {
	int fd;
	struct rdline *editor;       /* NULL: no terminal */
	struct termios before;       /* the terminal's mode */
	struct str line;             /* no terminal: what has come of the next line */
	const struct cmd_noun *next; /* completion: where the search goes on */
} prompt = { .fd = -1 };

static void
run_line(const char *line)
{
	struct str out = { 0 }, err = { 0 };

	cmd_run_line(line, NULL, 0, &out, &err);
	fputs(str_text(&out), stdout);
	fflush(stdout);
	fputs(str_text(&err), stderr);
	str_free(&out);
	str_free(&err);
}

static int
write_char(struct rdline *rdl, char ch)
{
	return write(STDOUT_FILENO, &ch, 1) == 1 ? 0 : -1;
}

/* A line that fills the editor may have lost its end. */
static void
line_done(struct rdline *rdl, const char *buf, unsigned int size)
{
	char line[EDITOR_LINE + 1];
	size_t len = strnlen(buf, RTE_MIN(size, (unsigned)EDITOR_LINE));

	memcpy(line, buf, len);
	line[len] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (strlen(line) + 2 >= EDITOR_LINE)
		fprintf(stderr,
			"a line at this prompt has at most %d characters: put it into a file "
			"(load FILE) or use polluxctl\n",
			EDITOR_LINE - 3);
	else
		run_line(line);
	if (line[0] != '\0')
		rdline_add_history(rdl, line);
}

/*
 * Completes the first word. rdline's contract: *state -1 asks for the one completion (2: dst has the
 * rest of the word; 1: there are several, ask for them; 0: none), 0 and up list the choices (1: dst
 * has one more).
 */
static int
complete(struct rdline *rdl, const char *buf, char *dst, unsigned int size, int *state)
{
	size_t len = strlen(buf);
	const struct cmd_noun *found = NULL;
	unsigned nb = 0;

	if (strpbrk(buf, " \t") != NULL)
		return 0;
	if (*state >= 0) {
		const struct cmd_noun *n = *state == 0 ? cmd_next(NULL) : prompt.next;

		for (; n != NULL && strncmp(n->name, buf, len) != 0; n = cmd_next(n))
			;
		*state = 1;
		if (n == NULL)
			return 0;
		prompt.next = cmd_next(n);
		snprintf(dst, size, "%s", n->name);
		return prompt.next != NULL || found == NULL ? 1 : 0;
	}
	for (const struct cmd_noun *n = cmd_next(NULL); n != NULL; n = cmd_next(n))
		if (strncmp(n->name, buf, len) == 0) {
			found = n;
			nb++;
		}
	*state = 0;
	if (nb != 1)
		return nb > 1;
	snprintf(dst, size, "%s ", found->name + len);
	return 2;
}

bool
cmd_prompt_open(int fd)
{
	struct termios raw;

	prompt.fd = fd;
	if (!isatty(fd))
		return true;
	prompt.editor = rdline_new(write_char, line_done, complete, NULL);
	if (prompt.editor == NULL || tcgetattr(fd, &prompt.before) != 0)
		return false;
	raw = prompt.before;
	raw.c_lflag &= ~(ICANON | ECHO | ISIG);
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
			rdline_newline(prompt.editor, PROMPT);
	}
	return true;
}

static void
read_plain(const char *bytes, ssize_t n)
{
	for (ssize_t i = 0; i < n && !cmd_quit; i++) {
		if (bytes[i] != '\n') {
			if (prompt.line.len < LINE_MAX_PLAIN)
				str_add_bytes(&prompt.line, bytes + i, 1);
			continue;
		}
		if (prompt.line.len == LINE_MAX_PLAIN)
			fprintf(stderr, "standard input: a line has at most %u bytes\n",
				LINE_MAX_PLAIN);
		else
			run_line(str_text(&prompt.line));
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
		putchar('\n');
	}
	str_free(&prompt.line);
}
