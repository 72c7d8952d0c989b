/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * nfnl_osf: loads fingerprints for -m osf from a file like pf.os, or takes them out again; the text is that of iptables
 * 1.8.9's tool. What a file says is in force as a whole, when the command returns. Control lcore.
 */
#include "cmd_nfnl_osf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

#define FAILED 255       /* -1 */
#define WITHOUT_FILE 254 /* -ENOENT */
#define BAD_LINE 234     /* -EINVAL */
#define USAGE "Usage: nfnl_osf -f fingerprints [-d]\n"

struct load {
	struct cmd *cmd;
	const char *file;
	bool remove;
	int error; /* the last one, as errno: all messages about lines end with it */
	int rc;    /* of the last line that failed */
};

/* What most lines of the tool begin with. */
static void
stamp(struct str *out)
{
	struct timeval now;
	char text[64];
	struct tm tm;

	gettimeofday(&now, NULL);
	localtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	str_printf(out, "%s.%lu %d ", text, (unsigned long)now.tv_usec, (int)getpid());
}

/* 0, or an exit status. */
static int
load_line(struct load *l, const char *line)
{
	struct str *out = &l->cmd->out;
	struct rule_osf_finger f;
	unsigned colons = 0, len = strlen(line);
	int rc;

	stamp(out);
	str_printf(out, "Loading '%s'.\n", line);
	for (const char *at = line; *at != '\0'; at++)
		colons += *at == ':';
	if (colons != NFNL_OSF_COLONS) {
		stamp(out);
		str_printf(out, "Wrong input line '%s': cnt: %u, must be %u, i: %u, must be %u.\n",
			   line, colons, NFNL_OSF_COLONS, len, len);
		return BAD_LINE;
	}
	nfnl_osf_line(line, &f);
	if (l->remove) {
		rule_osf_remove(&f); /* one that is not there is as good as removed */
		return 0;
	}
	rc = rule_osf_add(&f);
	if (rc != 0)
		l->error = -rc;
	return rc == 0 ? 0 : FAILED;
}

static void
load_text(struct load *l, char *text)
{
	unsigned number = 0;
	char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		int rc;

		number++;
		if (*line == '\0' || *line == '#')
			continue;
		rc = load_line(l, line);
		if (rc == 0)
			continue;
		l->rc = rc;
		str_printf(&l->cmd->out, "Failed to load line %u: %s [%d].\n", number,
			   strerror(l->error), l->error);
	}
}

static int
load_file(struct load *l)
{
	struct cmd *c = l->cmd;
	struct cmd quiet = { .argc = c->argc,
			     .argv = c->argv,
			     .in = c->in,
			     .in_len = c->in_len,
			     .caller = c->caller };
	size_t len = 0;
	char *text;
	int rc;

	errno = EINVAL; /* for what is not a file */
	text = cmd_read_file(&quiet, l->file, &len);
	if (text == NULL)
		str_printf(&c->out, "Failed to open file '%s': %s [%d].\n", l->file,
			   strerror(errno), errno);
	str_free(&quiet.err);
	if (text == NULL)
		return FAILED;
	load_text(l, text);
	free(text);
	rc = rule_osf_publish();
	return rc == 0 ? l->rc : cmd_fail(c, FAILED, "%s", strerror(-rc));
}

static int
usage(struct cmd *c, const char *what, char option)
{
	if (what != NULL)
		str_printf(&c->err, "%s: %s -- '%c'\n", c->argv[0], what, option);
	str_add(&c->err, USAGE);
	return FAILED;
}

/* The options of one word. 0, or an exit status. */
static int
read_word(struct load *l, int *word)
{
	struct cmd *c = l->cmd;

	for (const char *at = c->argv[*word] + 1; *at != '\0'; at++) {
		if (*at == 'd') {
			l->remove = true;
			continue;
		}
		if (*at == 'h')
			return usage(c, NULL, 0);
		if (*at != 'f')
			return usage(c, "invalid option", *at);
		if (at[1] != '\0')
			l->file = at + 1;
		else if (*word + 1 < c->argc)
			l->file = c->argv[++*word];
		else
			return usage(c, "option requires an argument", 'f');
		break;
	}
	return 0;
}

static int
nfnl_osf(struct cmd *c)
{
	struct load l = { .cmd = c };
	int rc = 0;

	for (int i = 1; rc == 0 && i < c->argc && strcmp(c->argv[i], "--") != 0; i++)
		if (c->argv[i][0] == '-')
			rc = read_word(&l, &i);
	if (rc != 0)
		return rc;
	if (l.file == NULL) {
		stamp(&c->out);
		str_add(&c->out, "Missing fingerprints file argument.\n");
		return WITHOUT_FILE;
	}
	return load_file(&l);
}

CMD_REGISTER(nfnl_osf, "nfnl_osf", nfnl_osf, "nfnl_osf -f FILE [-d]",
	     "load fingerprints for -m osf from a file like pf.os; -d: take them out")
