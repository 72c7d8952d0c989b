/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The noun `ip`: options, objects, batches. Texts and exit statuses are iproute2 6.1's.
 * Control lcore.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd_ip.h"
#include "cmd_split.h"
#include "route_rib.h"

static const char usage[] =
	"Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n"
	"       ip [ -force ] -batch filename\n"
	"where  OBJECT := { address | link | neighbour | route | rule }\n"
	"       OPTIONS := { -4 | -6 | -f[amily] { inet | inet6 } | -br[ief] |\n"
	"                    -o[neline] | -s[tatistics] | -V[ersion] | -b[atch] [filename] }\n";

/* In iproute2's order: an abbreviation means the first that fits. */
static const struct ip_verb objects[] = {
	{ "address", ip_addr },   { "route", ip_route },
	{ "neighbor", ip_neigh }, { "neighbour", ip_neigh },
	{ "link", ip_link },      { "rule", ip_rule },
	{ NULL, NULL },
};

bool
ip_matches(const char *word, const char *name)
{
	return word[0] != '\0' && strncmp(word, name, strlen(word)) == 0;
}

int
ip_say(struct ip_cmd *ip, int status, const char *fmt, ...)
{
	char text[1600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_printf(&ip->c->err, "%s\n", text);
	return status;
}

int
ip_garbage(struct ip_cmd *ip, const char *dup, const char *word)
{
	return ip_say(ip, IP_USAGE, "Error: either \"%s\" is duplicate, or \"%.80s\" is a garbage.",
		      dup, word);
}

int
ip_invalid(struct ip_cmd *ip, const char *word, const char *msg)
{
	return ip_say(ip, IP_USAGE, "Error: argument \"%.80s\" is wrong: %s", word, msg);
}

int
ip_answer(struct ip_cmd *ip, int rc, const struct err *e)
{
	if (rc == 0)
		return IP_OK;
	if (e == NULL || e->text[0] == '\0')
		return ip_say(ip, IP_REFUSED, "RTNETLINK answers: %s", strerror(-rc));
	return ip_say(ip, IP_REFUSED, "Error: %s.", e->text);
}

char *
ip_next(struct ip_cmd *ip)
{
	if (*ip->word != NULL)
		return *ip->word++;
	ip_say(ip, IP_USAGE, "Command line is not complete. Try option \"help\"");
	return NULL;
}

bool
ip_is(struct ip_cmd *ip, const char *name)
{
	if (*ip->word == NULL || strcmp(*ip->word, name) != 0)
		return false;
	ip->word++;
	return true;
}

bool
ip_like(struct ip_cmd *ip, const char *name)
{
	if (*ip->word == NULL || !ip_matches(*ip->word, name))
		return false;
	ip->word++;
	return true;
}

int
ip_run_verb(struct ip_cmd *ip, const char *object, const struct ip_verb *verbs)
{
	const char *word = *ip->word;

	if (word == NULL)
		return verbs->fn(ip);
	for (const struct ip_verb *v = verbs; v->name != NULL; v++)
		if (ip_matches(word, v->name)) {
			ip->word++;
			return v->fn(ip);
		}
	return ip_say(ip, IP_USAGE, "Command \"%.80s\" is unknown, try \"ip %s help\".", word,
		      object);
}

static int
run_object(struct ip_cmd *ip)
{
	const char *word = *ip->word;

	if (word == NULL || ip_matches(word, "help")) {
		str_add(&ip->c->err, usage);
		return IP_USAGE;
	}
	for (const struct ip_verb *v = objects; v->name != NULL; v++)
		if (ip_matches(word, v->name)) {
			ip->word++;
			return v->fn(ip);
		}
	return ip_say(ip, IP_BAD, "Object \"%.80s\" is unknown, try \"ip help\".", word);
}

/* One line of a batch. */
static int
run_line(const struct ip_cmd *ip, const char *line)
{
	struct ip_cmd one = *ip;
	struct cmd_words w = { 0 };
	const char *why = "";
	int rc = cmd_split(line, &w, &why);

	if (rc != 0)
		rc = ip_say(&one, IP_BAD, "%s", rc == -EINVAL ? why : strerror(-rc));
	else if (w.n > 0) {
		one.word = w.word;
		rc = run_object(&one);
	}
	cmd_words_free(&w);
	return rc;
}

static int
run_lines(struct ip_cmd *ip, const char *name, char *text)
{
	unsigned number = 0;
	int status = IP_OK, rc;
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		rc = run_line(ip, line);
		if (rc == IP_OK)
			continue;
		if (rc == IP_USAGE)
			return rc;
		ip_say(ip, IP_BAD, "Command failed %s:%u", name, number);
		status = IP_BAD;
		if (!ip->force)
			break;
	}
	return status;
}

/* All lines change the forwarding tables in one go. */
static int
batch(struct ip_cmd *ip, const char *name)
{
	struct err e = { "" };
	size_t len;
	char *text;
	int rc;

	if (strcmp(name, "-") == 0)
		text = strndup(ip->c->in != NULL ? ip->c->in : "", ip->c->in_len);
	else
		text = cmd_read_file(ip->c, name, &len);
	if (text == NULL)
		return IP_BAD;
	route_batch_begin();
	rc = run_lines(ip, name, text);
	if (route_batch_end(&e) != 0)
		rc = ip_answer(ip, -ENOMEM, &e);
	free(text);
	return rc;
}

/* Does the answer of a line say no more than that it is there already? */
static bool
is_there(const struct str *err)
{
	return strstr(str_text(err), "File exists") != NULL;
}

static int
restore_line(struct ip_cmd *ip, const char *object, const char *line)
{
	size_t len = strlen(object);
	struct ip_cmd one = *ip;
	struct str said = { 0 };
	int rc;

	if (strcmp(line, "-4") == 0 || strcmp(line, "-6") == 0) {
		ip->family = line[1] == '4' ? AF_INET : AF_INET6;
		return IP_OK;
	}
	if (strncmp(line, object, len) != 0 || strncmp(line + len, " add ", 5) != 0)
		return ip_say(ip, IP_BAD, "\"%.40s\" is not a line of `ip %s save`", line, object);
	said = ip->c->err;
	ip->c->err = (struct str){ 0 };
	rc = run_line(&one, line);
	if (rc == IP_REFUSED && is_there(&ip->c->err))
		rc = IP_OK;
	else if (rc != IP_OK)
		str_add(&said, str_text(&ip->c->err));
	str_free(&ip->c->err);
	ip->c->err = said;
	return rc;
}

int
ip_restore(struct ip_cmd *ip, const char *object)
{
	char *text = strndup(ip->c->in != NULL ? ip->c->in : "", ip->c->in_len), *rest = text;
	struct err e = { "" };
	unsigned number = 0;
	int rc = IP_OK;
	char *line;

	if (text == NULL)
		return IP_BAD;
	route_batch_begin();
	while (rc == IP_OK && (line = strsep(&rest, "\n")) != NULL) {
		number++;
		if (line[0] != '\0')
			rc = restore_line(ip, object, line);
	}
	if (rc != IP_OK)
		ip_say(ip, rc, "Restore failed at line %u", number);
	if (route_batch_end(&e) != 0)
		rc = ip_answer(ip, -ENOMEM, &e);
	free(text);
	return rc;
}

static int
set_family(struct ip_cmd *ip, const char *word)
{
	if (word != NULL && strcmp(word, "inet") == 0)
		ip->family = AF_INET;
	else if (word != NULL && strcmp(word, "inet6") == 0)
		ip->family = AF_INET6;
	else
		return word == NULL ? IP_USAGE : ip_invalid(ip, word, "invalid protocol family");
	return IP_OK;
}

/* One option, word[0] its name without dashes. 0; >0 exit status; -1: it said all there is to say. */
static int
option(struct ip_cmd *ip, const char *name, const char **batch_name)
{
	if (strcmp(name, "4") == 0)
		ip->family = AF_INET;
	else if (strcmp(name, "6") == 0)
		ip->family = AF_INET6;
	else if (ip_matches(name, "family"))
		return set_family(ip, ip_next(ip));
	else if (ip_matches(name, "oneline"))
		ip->oneline = true;
	else if (ip_matches(name, "statistics"))
		ip->stats = true;
	else if (ip_matches(name, "details") || ip_matches(name, "resolve") ||
		 ip_matches(name, "Numeric"))
		return IP_OK; /* nothing more to tell, and names are never resolved */
	else if (ip_matches(name, "force"))
		ip->force = true;
	else if (strlen(name) > 1 && ip_matches(name, "brief"))
		ip->brief = true;
	else if (ip_matches(name, "batch")) {
		*batch_name = ip_next(ip);
		return *batch_name == NULL ? IP_USAGE : IP_OK;
	} else if (ip_matches(name, "Version")) {
		str_add(&ip->c->out, "ip utility, Pollux (commands of iproute2-6.1.0)\n");
		return -1;
	} else
		return ip_say(ip, IP_USAGE, "Option \"-%.40s\" is unknown, try \"ip -help\".",
			      name);
	return IP_OK;
}

static int
cmd_ip(struct cmd *c)
{
	struct ip_cmd ip = { .c = c, .word = c->argv + 1 };
	const char *batch_name = NULL;
	int rc;

	while (*ip.word != NULL && (*ip.word)[0] == '-') {
		const char *name = *ip.word++ + 1;

		if (strcmp(name, "-") == 0)
			break;
		if (name[0] == '-')
			name++;
		if (ip_matches(name, "help") && name[0] != '\0') {
			str_add(&c->err, usage);
			return IP_USAGE;
		}
		rc = option(&ip, name, &batch_name);
		if (rc != 0)
			return rc < 0 ? IP_OK : rc;
	}
	return batch_name != NULL ? batch(&ip, batch_name) : run_object(&ip);
}

CMD_REGISTER(ip, "ip", cmd_ip,
	     "ip [-4|-6|-br|-o|-batch FILE] { addr | link | route | neigh | rule } ...",
	     "addresses, links, routes, rules and neighbours, as iproute2's ip")
