/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon: options, start in order, control loop, stop in reverse.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>

#include "app.h"
#include "base_eal.h"
#include "base_log.h"
#include "base_rcu.h"
#include "cmd.h"
#include "cmd_split.h"
#include "cmd_wire.h"
#include "neigh.h"
#include "pipeline.h"
#include "pkt_pool.h"
#include "queue_log.h"
#include "route.h"
#include "rule_build.h"

#define EAL_ARGS_MAX 120
#define MBUFS_BASE 16384    /* ports' receive rings */
#define MBUFS_PER_LANE 8192 /* a lane's cache, bursts, parked packets */

static const char usage[] =
	"usage: pollux [EAL options --] [--config FILE] [--socket PATH] [--no-prompt] [--mbufs N]\n"
	"  --config FILE  commands to run at start; its first lines may be \"eal OPTIONS\"\n"
	"  --socket PATH  where polluxctl finds it (" CMD_SOCKET_DEFAULT ")\n"
	"  --no-prompt    do not read commands from standard input\n"
	"  --mbufs N      packet buffers per NUMA node\n";

/* EAL's options, from the command line and the configuration file. */
static struct {
	int n;
	char *arg[EAL_ARGS_MAX];
} eal;

static int
die(const char *text)
{
	fprintf(stderr, "pollux: %s%s", text,
		text[0] && text[strlen(text) - 1] == '\n' ? "" : "\n");
	return 1;
}

static int
take_option(struct app_options *o, char **argv, int left, struct err *e)
{
	char *end;

	if (strcmp(argv[0], "--no-prompt") == 0) {
		o->prompt = false;
		return 1;
	}
	if (strcmp(argv[0], "--config") != 0 && strcmp(argv[0], "--socket") != 0 &&
	    strcmp(argv[0], "--mbufs") != 0)
		return err_set(e, -EINVAL, "unknown option \"%s\"\n%s", argv[0], usage);
	if (left < 2)
		return err_set(e, -EINVAL, "%s needs a value\n%s", argv[0], usage);
	if (argv[0][2] == 'c') {
		o->config = argv[1];
	} else if (argv[0][2] == 's') {
		o->socket = argv[1];
	} else {
		o->mbufs = strtoul(argv[1], &end, 10);
		if (*end != '\0' || o->mbufs < 1024)
			return err_set(e, -EINVAL, "--mbufs: \"%s\" is not a number from 1024 up",
				       argv[1]);
	}
	return 2;
}

/* EAL options stand before "--"; without one, all options are ours. */
static int
parse(int argc, char **argv, struct app_options *o, struct err *e)
{
	int split = 0;

	for (int i = 1; i < argc && split == 0; i++)
		if (strcmp(argv[i], "--") == 0)
			split = i;
	for (int i = 1; i < split && eal.n < EAL_ARGS_MAX; i++)
		eal.arg[eal.n++] = argv[i];
	for (int i = split + 1, n; i < argc; i += n) {
		n = take_option(o, argv + i, argc - i, e);
		if (n < 0)
			return n;
	}
	return 0;
}

/* Takes the "eal ..." lines at the head of the text; they become comments. */
static int
take_eal_lines(const char *name, char *text, struct err *e)
{
	unsigned line_no = 1;

	for (char *line = text, *nl; *line != '\0'; line = nl + 1, line_no++) {
		size_t blank = strspn(line, " \t\r");
		struct cmd_words w = { 0 };
		const char *why = NULL;

		nl = strchrnul(line, '\n');
		if (line[blank] != '#' && line + blank != nl) {
			char last = *nl;

			if (strncmp(line + blank, "eal", 3) != 0 || !strchr(" \t", line[blank + 3]))
				return 0;
			*nl = '\0';
			if (cmd_split(line, &w, &why) != 0)
				return err_set(e, -EINVAL, "%s:%u: %s", name, line_no, why);
			*nl = last;
			/* The words live as long as EAL: they are never freed. */
			for (int i = 1; i < w.n && eal.n < EAL_ARGS_MAX; i++)
				eal.arg[eal.n++] = w.word[i];
			*line = '#';
		}
		if (*nl == '\0')
			return 0;
	}
	return 0;
}

static int
subsystems(const struct app_options *o, struct err *e)
{
	unsigned mbufs = o->mbufs;

	if (workers_lanes(e) != 0)
		return -EINVAL;
	if (mbufs == 0)
		mbufs = MBUFS_BASE + lane_count() * MBUFS_PER_LANE;
	if (rcu_init() != 0 || pkt_pool_init(mbufs) != 0)
		return err_set(
			e, -ENOMEM,
			"too little memory for %u packet buffers: reserve more "
			"hugepages (sysctl -w vm.nr_hugepages=N), give EAL more (-m MB), or use "
			"fewer (--mbufs)",
			mbufs);
	if (neigh_init(e) != 0 || route_init(e) != 0 || queue_log_init(e) != 0 ||
	    pipeline_init(e) != 0)
		return -ENOMEM;
	return workers_start(e);
}

/* 0, or the text of the first error has been printed. */
static int
run_config(const char *name, const char *text)
{
	struct str out = { 0 }, err = { 0 };
	int rc = cmd_run_script(name, text, false, &out, &err);

	fputs(str_text(&out), stdout);
	fflush(stdout);
	if (rc != 0)
		die(str_text(&err));
	else
		fputs(str_text(&err), stderr);
	str_free(&out);
	str_free(&err);
	return rc;
}

static void
stop(void)
{
	server_close();
	workers_stop();
	port_close_all();
	if (!rule_build_busy())
		rte_eal_cleanup();
}

static char *
read_config(const struct app_options *o, struct err *e)
{
	struct cmd c = { .argv = (char *[]){ "--config", NULL }, .argc = 1 };
	size_t len;
	char *text = cmd_read_file(&c, o->config, &len);

	if (text == NULL)
		err_set(e, -ENOENT, "%s", str_text(&c.err));
	else if (strlen(text) != len)
		err_set(e, -EINVAL, "--config: %s is not a text file", o->config);
	str_free(&c.err);
	if (text == NULL || strlen(text) == len)
		return text;
	free(text);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct app_options o = { .socket = CMD_SOCKET_DEFAULT, .prompt = true };
	char *config = NULL;
	struct err e = { "" };
	int rc = 1;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(usage, stdout);
		return 0;
	}
	if (parse(argc, argv, &o, &e) != 0 || control_signals(&e) != 0 ||
	    server_probe(o.socket, &e) != 0)
		return die(e.text);
	if (o.config != NULL) {
		config = read_config(&o, &e);
		if (config == NULL || take_eal_lines(o.config, config, &e) != 0)
			return die(e.text);
	}
	if (eal_start(argv[0], eal.arg, eal.n, &e) != 0)
		return die(e.text);
	if (subsystems(&o, &e) != 0)
		return die(e.text);
	if (config == NULL || run_config(o.config, config) == 0) {
		if (server_open(o.socket, &e) != 0) {
			die(e.text);
		} else {
			rc = 0;
			control_loop(o.prompt);
		}
	} else if (cmd_quit) {
		rc = 0; /* a signal stopped it: as asked for */
	}
	free(config);
	stop();
	/* A trie that is being built takes memory from DPDK until the end. */
	if (rule_build_busy())
		_exit(rc);
	return rc;
}
