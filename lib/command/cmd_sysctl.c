/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `sysctl`: reads and writes parameters with the text and exit status of procps-ng 4.0. What a
 * value should have been is said in a line more.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_param.h"
#include "cmd_complete.h"
#include "cmd_sysctl.h"

static void
show(struct sysctl *s, const struct param *p, const char *value)
{
	struct str *out = &s->c->out;

	if (s->pattern != NULL && regexec(s->pattern, p->name, 0, NULL, 0) != 0)
		return;
	if (s->names) {
		str_printf(out, "%s\n", p->name);
		return;
	}
	if (!s->values && !s->binary)
		str_printf(out, "%s = ", p->name);
	if (value != NULL)
		str_add(out, value);
	else
		param_print(p, out);
	if (!s->binary)
		str_add(out, "\n");
}

static int
unknown(struct sysctl *s, const char *name)
{
	if (s->ignore)
		return 0;
	str_add(&s->c->err, "sysctl: cannot stat /proc/sys/");
	/* A dotted name is shown as the path that it stands for. */
	for (bool path = name[strcspn(name, "./")] == '/'; *name != '\0'; name++)
		str_printf(&s->c->err, "%c",
			   path           ? *name
			   : *name == '.' ? '/'
			   : *name == '/' ? '.'
					  : *name);
	str_add(&s->c->err, ": No such file or directory\n");
	return 1;
}

/* A name that is a folder shows all that is in it. */
static bool
show_folder(struct sysctl *s, const char *given)
{
	char name[128];
	size_t n = strlen(given);
	bool any = false;

	if (n == 0 || n >= sizeof(name))
		return false;
	strcpy(name, given);
	param_dotted(name);
	for (const struct param *p = param_next(NULL); p != NULL; p = param_next(p)) {
		if (strncmp(name, p->name, n) != 0 || p->name[n] != '.')
			continue;
		any = true;
		if (!p->write_only)
			show(s, p, NULL);
	}
	return any;
}

int
sysctl_read(struct sysctl *s, const char *name)
{
	const struct param *p = param_find(name);

	if (name[0] == '\0') {
		str_add(&s->c->err, "sysctl: \"\" is an unknown key\n");
		return 255;
	}
	if (p == NULL)
		return show_folder(s, name) ? 0 : unknown(s, name);
	if (!p->write_only)
		show(s, p, NULL);
	return 0;
}

int
sysctl_write(struct sysctl *s, const char *name, const char *value)
{
	struct param *p = param_find(name);
	struct err e;
	int rc;

	if (p == NULL)
		return unknown(s, name);
	rc = s->dry_run ? 0 : param_set_text(p, value, &e);
	if (rc != 0) {
		str_printf(&s->c->err, "sysctl: setting key \"%s\": Invalid argument\n", p->name);
		str_printf(&s->c->err, "sysctl: %s%s\n", rc == -EINVAL ? "expected " : "", e.text);
		return 1;
	}
	if (!s->quiet)
		show(s, p, value);
	return 0;
}

char *
sysctl_trim(char *text)
{
	char *end;

	text += strspn(text, " \t\n\v\f\r");
	for (end = text + strlen(text); end > text && isspace((unsigned char)end[-1]); end--)
		;
	*end = '\0';
	return text;
}

/* name or name=value; text may be written to. */
static int
one(struct sysctl *s, char *text)
{
	char *value = strchr(text, '=');

	if (value == NULL && s->write) {
		str_add(&s->c->err, "sysctl: command line(0): invalid syntax, continuing...\n");
		return 1;
	}
	if (value == NULL)
		return sysctl_read(s, text);
	*value = '\0';
	return sysctl_write(s, sysctl_trim(text), sysctl_trim(value + 1));
}

static int
all(struct sysctl *s)
{
	for (const struct param *p = param_next(NULL); p != NULL; p = param_next(p))
		if (!p->write_only)
			show(s, p, NULL);
	return 0;
}

static const char usage[] =
	"\n"
	"Usage:\n"
	" sysctl [options] [variable[=value] ...]\n"
	"\n"
	"Options:\n"
	"  -a, --all            display all variables\n"
	"  -A                   alias of -a\n"
	"  -X                   alias of -a\n"
	"      --deprecated     include deprecated parameters to listing\n"
	"      --dry-run        Print the key and values but do not write\n"
	"  -b, --binary         print value without new line\n"
	"  -e, --ignore         ignore unknown variables errors\n"
	"  -N, --names          print variable names without values\n"
	"  -n, --values         print only values of the given variable(s)\n"
	"  -p, --load[=<file>]  read values from file\n"
	"  -f                   alias of -p\n"
	"  -r, --pattern <expression>\n"
	"                       select setting that match expression\n"
	"  -q, --quiet          do not echo variable set\n"
	"  -w, --write          enable writing a value to variable\n"
	"  -o                   does nothing\n"
	"  -x                   does nothing\n"
	"  -d                   alias of -h\n"
	"\n"
	" -h, --help     display this help and exit\n"
	" -V, --version  output version information and exit\n"
	"\n"
	"For more details see sysctl(8). \"show sysctl\" says what each parameter does.\n";

enum { OPT_DRY_RUN = 256, OPT_DEPRECATED, OPT_SYSTEM };

static const struct option longs[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "deprecated", no_argument, NULL, OPT_DEPRECATED },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "binary", no_argument, NULL, 'b' },
	{ "ignore", no_argument, NULL, 'e' },
	{ "names", no_argument, NULL, 'N' },
	{ "values", no_argument, NULL, 'n' },
	{ "load", optional_argument, NULL, 'p' },
	{ "system", no_argument, NULL, OPT_SYSTEM },
	{ "pattern", required_argument, NULL, 'r' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "write", no_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int
set_pattern(struct sysctl *s, regex_t *compiled, const char *text)
{
	if (s->pattern != NULL)
		regfree(compiled);
	s->pattern = NULL;
	if (regcomp(compiled, text, REG_EXTENDED | REG_NOSUB) != 0)
		return cmd_fail(s->c, 1, "\"%s\" is not a regular expression", text);
	s->pattern = compiled;
	return 0;
}

static int
flag(struct sysctl *s, int option)
{
	switch (option) {
	case 'a':
	case 'A':
	case 'X':
		s->all = true;
		break;
	case 'b':
		s->binary = true;
		break;
	case 'e':
		s->ignore = true;
		break;
	case 'N':
		s->names = true;
		break;
	case 'n':
		s->values = true;
		break;
	case 'q':
		s->quiet = true;
		break;
	case 'w':
		s->write = true;
		break;
	case 'o':
	case 'x':
	case OPT_DEPRECATED:
		break;
	case OPT_DRY_RUN:
		s->dry_run = true;
		break;
	default:
		return -1;
	}
	return 0;
}

/* -1: go on; else the exit status. */
static int
option(struct sysctl *s, int which, regex_t *compiled)
{
	switch (which) {
	case 'p':
	case 'f':
		s->load = true;
		s->file = optarg != NULL ? optarg : s->file;
		return -1;
	case 'r':
		return set_pattern(s, compiled, optarg) != 0 ? 1 : -1;
	case 'h':
	case 'd':
		str_add(&s->c->out, usage);
		return 0;
	case 'V':
		str_add(&s->c->out, "sysctl from procps-ng 4.0.2\n");
		return 0;
	case OPT_SYSTEM:
		return cmd_fail(s->c, 1,
				"--system would load the host's own settings; "
				"load Pollux's with -p FILE");
	case ':':
		str_printf(&s->c->err, "sysctl: option requires an argument -- '%c'\n%s", optopt,
			   usage);
		return 1;
	default:
		break;
	}
	if (flag(s, which) == 0)
		return -1;
	if (optopt != 0)
		str_printf(&s->c->err, "sysctl: invalid option -- '%c'\n%s", optopt, usage);
	else
		str_printf(&s->c->err, "sysctl: unrecognized option '%s'\n%s",
			   s->c->argv[optind - 1], usage);
	return 1;
}

static int
operands(struct sysctl *s, int argc, char **argv)
{
	int rc = 0;

	if (s->load)
		return sysctl_load(s, argc, argv);
	if (s->all)
		return all(s);
	if (argc == 0 && s->pattern == NULL) {
		str_add(&s->c->err, usage);
		return 1;
	}
	if (argc == 0) {
		str_add(&s->c->err, "sysctl: no variables specified\n"
				    "Try `sysctl --help' for more information.\n");
		return 1;
	}
	/* Linux counts the names it could not read, and says 1 whatever could not be written. */
	for (int i = 0; i < argc; i++) {
		int failed = one(s, argv[i]);

		rc = failed == 0 ? rc : s->write ? 1 : rc + failed;
	}
	return RTE_MIN(rc, 255);
}

static int
run(struct cmd *c)
{
	struct sysctl s = { .c = c };
	regex_t compiled;
	int which, rc = -1;

	optind = 0; /* glibc: start anew */
	opterr = 0;
	while (rc == -1 &&
	       (which = getopt_long(c->argc, c->argv, ":bneNwfp::qoxaAXr:Vdh", longs, NULL)) != -1)
		rc = option(&s, which, &compiled);
	if (rc == -1)
		rc = operands(&s, c->argc - optind, c->argv + optind);
	if (s.pattern != NULL)
		regfree(&compiled);
	return rc;
}

/* Part by part: net. -> net.ipv4. -> net.ipv4.ip_forward */
static void
complete(struct cmd_complete *c)
{
	size_t typed = strlen(c->word);
	char part[128];

	for (int i = 0; longs[i].name != NULL && c->word[0] == '-'; i++) {
		snprintf(part, sizeof(part), "--%s", longs[i].name);
		cmd_offer(c, part);
	}
	for (const struct param *p = param_next(NULL); p != NULL; p = param_next(p)) {
		size_t n;

		if (strncmp(p->name, c->word, typed) != 0 || strlen(p->name) >= sizeof(part))
			continue;
		n = typed + strcspn(p->name + typed, ".");
		snprintf(part, sizeof(part), "%.*s", (int)(n + (p->name[n] == '.')), p->name);
		cmd_offer(c, part);
	}
}

CMD_COMPLETE(sysctl, "sysctl", complete)
CMD_REGISTER(sysctl, "sysctl", run,
	     "sysctl [-neNq] NAME... | [-w] NAME=VALUE... | -a [-r REGEX] | -p [FILE...]",
	     "read and set parameters (show sysctl explains them)")
