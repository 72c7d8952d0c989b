/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client: polluxctl COMMAND..., polluxctl --batch, a prompt on a terminal; called by the name of
 * a command (a link iptables -> polluxctl) it runs that command.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "cmd_wire.h"

static const char usage[] =
	"usage: polluxctl [--socket PATH] COMMAND [ARGUMENT...]\n"
	"       polluxctl [--socket PATH] --batch     commands from stdin, \"##rc N\" after each\n"
	"       polluxctl [--socket PATH]             a prompt\n"
	"The socket is that of --socket, of $POLLUX_SOCKET, or " CMD_SOCKET_DEFAULT ".\n"
	"`polluxctl help` lists the commands.\n";

static const char *
own_name(char *argv0)
{
	char *slash = strrchr(argv0, '/');

	return slash != NULL ? slash + 1 : argv0;
}

static int
serve(const char *socket_path, int argc, char **argv)
{
	struct client c;
	int rc;

	if (!client_open(&c, socket_path))
		return 1;
	if (argc > 0 && strcmp(argv[0], "--batch") == 0)
		rc = batch_run(&c);
	else if (argc > 0)
		rc = client_run(&c, argc, argv);
	else if (isatty(STDIN_FILENO))
		rc = prompt_run(&c);
	else
		rc = batch_run(&c);
	client_close(&c);
	return rc;
}

int
main(int argc, char **argv)
{
	const char *path = getenv("POLLUX_SOCKET");
	const char *name;

	if (path == NULL)
		path = CMD_SOCKET_DEFAULT;
	name = own_name(argv[0]);
	if (strcmp(name, "polluxctl") != 0) {
		argv[0] += name - argv[0];
		return serve(path, argc, argv);
	}
	argc--;
	argv++;
	if (argc > 0 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc > 0 && strcmp(argv[0], "--socket") == 0) {
		if (argc < 2) {
			fputs(usage, stderr);
			return 2;
		}
		path = argv[1];
		argc -= 2;
		argv += 2;
	}
	if (argc > 0 && argv[0][0] == '-' && (strcmp(argv[0], "--batch") != 0 || argc > 1)) {
		fputs(usage, stderr);
		return 2;
	}
	return serve(path, argc, argv);
}
