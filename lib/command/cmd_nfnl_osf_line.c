/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line of pf.os, "S4:64:1:60:M*,S,T,N,W7:Linux:2.6::Linux 2.6": window, TTL, DF, length, options, genre, version, subtype,
 * and what it is about, which nobody reads.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_nfnl_osf.h"

static const char *
behind_blanks(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* "1460", or "S4", "T4", "%1460" where its letter is among letters. */
static struct rule_osf_value
value_of(const char *text, const char *letters)
{
	static const char kinds[] = {
		[RULE_OSF_MSS] = 'S', [RULE_OSF_MTU] = 'T', [RULE_OSF_MODULO] = '%'
	};

	for (uint32_t kind = RULE_OSF_MSS; kind < RTE_DIM(kinds); kind++)
		if (*text == kinds[kind] && strchr(letters, *text) != NULL)
			return (struct rule_osf_value){ kind, strtoul(text + 1, NULL, 10) };
	return (struct rule_osf_value){ RULE_OSF_PLAIN, strtoul(text, NULL, 10) };
}

/* "*": any, and so is what is nothing else. */
static struct rule_osf_value
window_of(const char *text)
{
	if (strchr("ST%", *text) == NULL && !isdigit((unsigned char)*text))
		return (struct rule_osf_value){ RULE_OSF_PLAIN, 0 };
	return value_of(text, "ST%");
}

static void
add_option(struct rule_osf_finger *f, const char *text)
{
	static const struct {
		char letter;
		uint8_t kind, len;
		const char *values; /* letters before its number; NULL: it has none */
	} options[] = {
		{ 'E', 0, 1, NULL },  { 'N', 1, 1, NULL }, { 'M', 2, 4, "%" },
		{ 'W', 3, 3, "ST%" }, { 'S', 4, 2, NULL }, { 'T', 8, 10, NULL },
	};

	for (unsigned i = 0; i < RTE_DIM(options); i++) {
		if (*text != options[i].letter)
			continue;
		if (f->nb < RULE_OSF_OPTIONS) {
			f->option[f->nb].kind = options[i].kind;
			f->option[f->nb].len = options[i].len;
			if (options[i].values != NULL)
				f->option[f->nb].value = value_of(text + 1, options[i].values);
		}
		f->nb++; /* more than there is room for are refused later */
	}
}

static void
name_of(char name[RULE_OSF_NAME], const char *text)
{
	memcpy(name, text, strnlen(text, RULE_OSF_NAME - 1));
}

void
nfnl_osf_line(const char *line, struct rule_osf_finger *f)
{
	char *text = strdup(line), *rest = text, *field[NFNL_OSF_COLONS + 1], *options, *option;
	const char *genre;

	if (text == NULL)
		abort(); /* like struct str: the control lcore cannot go on without memory */
	for (unsigned i = 0; i < RTE_DIM(field); i++)
		field[i] = strsep(&rest, ":");
	memset(f, 0, sizeof(*f));
	f->window = window_of(field[0]);
	f->ttl = strtoul(field[1], NULL, 10);
	f->df = strtoul(field[2], NULL, 10);
	f->len = strtoul(field[3], NULL, 10);
	options = field[4];
	while ((option = strsep(&options, ",")) != NULL)
		add_option(f, behind_blanks(option));
	genre = behind_blanks(field[5]);
	name_of(f->genre, *genre == '@' || *genre == '*' ? genre + 1 : genre);
	name_of(f->version, behind_blanks(field[6]));
	name_of(f->subtype, behind_blanks(field[7]));
	free(text);
}
