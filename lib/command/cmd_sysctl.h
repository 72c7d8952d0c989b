/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of `sysctl` share. Control lcore. */
#pragma once

#include <regex.h>
#include <stdbool.h>

#include "cmd.h"

/* One run of sysctl: its options. */
struct sysctl {
	struct cmd *c;
	bool all, write, values, names, quiet, ignore, binary, load, dry_run;
	const char *file;       /* --load=FILE; NULL: none */
	const regex_t *pattern; /* only names that match are shown; NULL: all */
};

/* One name, or a folder of names. Exit status. */
int sysctl_read(struct sysctl *s, const char *name);
/* Sets one, prints it. Exit status. */
int sysctl_write(struct sysctl *s, const char *name, const char *value);
/* Cuts blanks off both ends, in place. */
char *sysctl_trim(char *text);
/* -p: the files, or /etc/sysctl.conf. Exit status. */
int sysctl_load(struct sysctl *s, int argc, char **argv);
