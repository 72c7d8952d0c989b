/* SPDX-License-Identifier: BSD-3-Clause */
/* The file of label names. Called by match connlabel; control lcore. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ct_ext.h"
#include "rule_connlabel.h"

#define NAME_MAX_LEN 64

static char names[CT_LABEL_BITS][NAME_MAX_LEN + 1];

/* A number could not be told from a bit. */
static bool
is_name(const char *s)
{
	char *end;

	if (s[0] == '\0' || strlen(s) > NAME_MAX_LEN)
		return false;
	for (const char *c = s; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-')
			return false;
	strtoul(s, &end, 0);
	return *end != '\0';
}

static int
find(const char *name)
{
	for (int bit = 0; bit < CT_LABEL_BITS; bit++)
		if (names[bit][0] != '\0' && strcmp(names[bit], name) == 0)
			return bit;
	return -1;
}

static void
read_line(char *line)
{
	char *name, *end;
	unsigned long bit;

	bit = strtoul(line, &name, 0);
	if (name == line || !isspace((unsigned char)*name) || bit >= CT_LABEL_BITS)
		return;
	while (isspace((unsigned char)*name))
		name++;
	end = name + strlen(name);
	while (end > name && isspace((unsigned char)end[-1]))
		*--end = '\0';
	if (is_name(name) && names[bit][0] == '\0' && find(name) < 0)
		strcpy(names[bit], name);
}

/* 0, or the errno of opening the file. */
static int
refresh(void)
{
	static struct timespec read_at;
	static ino_t inode;
	struct stat st;
	char line[256];
	FILE *f = fopen(RULE_CONNLABEL_FILE, "r");
	int rc = f == NULL ? errno : 0;

	if (rc == 0 && fstat(fileno(f), &st) == 0 && st.st_ino == inode &&
	    memcmp(&st.st_mtim, &read_at, sizeof(read_at)) == 0) {
		fclose(f);
		return 0;
	}
	memset(names, 0, sizeof(names));
	if (rc != 0) {
		inode = 0;
		return rc;
	}
	read_at = st.st_mtim;
	inode = st.st_ino;
	while (fgets(line, sizeof(line), f) != NULL)
		read_line(line);
	fclose(f);
	return 0;
}

const char *
rule_connlabel_name(unsigned bit)
{
	refresh();
	return bit < CT_LABEL_BITS && names[bit][0] != '\0' ? names[bit] : NULL;
}

int
rule_connlabel_find(const char *name, struct str *warn)
{
	int rc = refresh();

	if (rc != 0)
		str_printf(warn, "Warning: cannot open %s: %s\n", RULE_CONNLABEL_FILE,
			   strerror(rc));
	return find(name);
}
