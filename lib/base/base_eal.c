/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>

#include "base_eal.h"
#include "base_lane.h"
#include "base_log.h"
#include "base_str.h"

#define ARGS_MAX 128
#define HUGEPAGES "/sys/kernel/mm/hugepages"

struct args {
	int n;
	char *arg[ARGS_MAX + 1];
	struct str cores; /* text behind -l or --lcores */
};

static void
add(struct args *a, const char *arg)
{
	if (a->n < ARGS_MAX)
		a->arg[a->n++] = (char *)(uintptr_t)arg;
}

/* Is one of the options there, alone or as NAME=VALUE? Short ones may have the value attached. */
static bool
has(const struct args *a, const char *const *names)
{
	for (int i = 1; i < a->n; i++)
		for (unsigned k = 0; names[k] != NULL; k++) {
			size_t n = strlen(names[k]);

			if (strncmp(a->arg[i], names[k], n) != 0)
				continue;
			if (names[k][1] != '-' || a->arg[i][n] == '\0' || a->arg[i][n] == '=')
				return true;
		}
	return false;
}

static bool
has_one(const struct args *a, const char *name)
{
	return has(a, (const char *const[]){ name, NULL });
}

/* Free hugepages of all sizes, in MB. */
static unsigned long
free_hugepages(void)
{
	DIR *dir = opendir(HUGEPAGES);
	unsigned long total = 0;
	struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		unsigned long kb = 0, nb = 0;
		char path[512];
		FILE *f;

		if (sscanf(d->d_name, "hugepages-%lukB", &kb) != 1)
			continue;
		snprintf(path, sizeof(path), HUGEPAGES "/%s/free_hugepages", d->d_name);
		f = fopen(path, "r");
		if (f != NULL && fscanf(f, "%lu", &nb) == 1)
			total += nb * kb / 1024;
		if (f != NULL)
			fclose(f);
	}
	if (dir != NULL)
		closedir(dir);
	return total;
}

/* All cores we may use: the first for control, the rest for workers; one core does both. */
static void
default_cores(struct args *a)
{
	cpu_set_t set;
	unsigned nb = 0;
	int first = -1;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return; /* EAL takes what it finds */
	for (int cpu = 0; cpu < CPU_SETSIZE && nb <= LANE_MAX; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		first = first < 0 ? cpu : first;
		str_printf(&a->cores, "%s%u@%d", nb ? "," : "", nb, cpu);
		nb++;
	}
	if (nb == 1)
		str_printf(&a->cores, ",1@%d", first);
	add(a, "--lcores");
	add(a, str_text(&a->cores));
}

static void
default_memory(struct args *a)
{
	static const char *const own[] = {
		"--in-memory", "--huge-dir", "--huge-unlink", "--file-prefix", "--socket-mem",
		"--no-shconf", NULL
	};

	if (!has_one(a, "--no-huge") && free_hugepages() == 0) {
		fprintf(stderr,
			"%s: no free hugepages: starting on ordinary ones, which costs much of "
			"the speed and rules out most NICs; sysctl -w vm.nr_hugepages=512 gives "
			"some\n",
			program_invocation_short_name);
		add(a, "--no-huge");
	}
	if (has_one(a, "--no-huge")) {
		if (!has_one(a, "--no-shconf"))
			add(a, "--no-shconf");
		if (!has_one(a, "-m")) {
			add(a, "-m");
			add(a, "1024");
		}
	} else if (!has(a, own)) {
		add(a, "--in-memory");
	}
}

static void
defaults(struct args *a)
{
	static const char *const cores[] = { "-l", "-c", "--lcores", "-s", "-S", NULL };
	static const char *const devices[] = { "-a", "--allow", "-b", "--block", "--no-pci", NULL };

	if (!has(a, cores))
		default_cores(a);
	default_memory(a);
	/* `port add` asks for the devices it wants; EAL would take every one that is bound to vfio-pci. */
	if (!has(a, devices)) {
		add(a, "-a");
		add(a, "0000:00:00.0");
	}
	/* rte_fib and rte_acl use AVX-512 only when asked; DPDK checks that the CPU has it. */
	if (!has_one(a, "--force-max-simd-bitwidth"))
		add(a, "--force-max-simd-bitwidth=512");
	/* Its notices tell a user nothing; warnings and errors do. */
	if (!has_one(a, "--log-level"))
		add(a, "--log-level=lib.eal:warning");
}

/* Is the line only the frame of the message that matters? */
static bool
says_nothing(const char *line)
{
	static const char *const frames[] = { "EAL: FATAL", "EAL: Invalid 'command line'",
					      "EAL: Detected", "EAL: Multi-process" };

	for (unsigned i = 0; i < RTE_DIM(frames); i++)
		if (strncmp(line, frames[i], strlen(frames[i])) == 0)
			return true;
	return false;
}

/* What went wrong, out of all that was printed: the last line of EAL's log or getopt's complaint. */
static const char *
reason(char *text)
{
	const char *found = "";
	char *colon;

	for (char *line; (line = strsep(&text, "\n")) != NULL;) {
		colon = strstr(line, ": ");
		if (strncmp(line, "EAL: ", 5) == 0 && (!says_nothing(line) || *found == '\0'))
			found = line;
		/* "/usr/sbin/pollux: unrecognized option '--x'", and EAL's usage follows. */
		if (colon != NULL && strncmp(line, "EAL: ", 5) != 0 && strstr(colon, "option '"))
			return colon + 2;
	}
	return found;
}

/*
 * EAL's init with all it prints kept in a file: for a wrong option it prints its whole usage. The
 * descriptor of the file, -1: nothing was kept.
 */
static int
init_quietly(struct args *a, int *rc)
{
	int kept = memfd_create("eal", MFD_CLOEXEC);
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);

	if (kept >= 0 && out >= 0 && err >= 0) {
		dup2(kept, STDOUT_FILENO);
		dup2(kept, STDERR_FILENO);
	}
	*rc = rte_eal_init(a->n, a->arg);
	fflush(stdout);
	if (kept >= 0 && out >= 0 && err >= 0) {
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
	}
	close(out);
	close(err);
	return kept;
}

static char *
read_kept(int fd)
{
	struct str s = { 0 };
	char chunk[4096];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		str_add_bytes(&s, chunk, n);
	close(fd);
	str_add(&s, "");
	return s.text;
}

int
eal_start(const char *program, char **given, int nb_given, struct err *e)
{
	struct args a = { .n = 0 };
	char *text;
	int rc;

	add(&a, program);
	for (int i = 0; i < nb_given; i++)
		add(&a, given[i]);
	if (has_one(&a, "--no-huge") && has_one(&a, "--in-memory"))
		return err_set(e, -EINVAL,
			       "--no-huge and --in-memory exclude each other: leave out "
			       "--in-memory");
	defaults(&a);
	log_open();
	text = read_kept(init_quietly(&a, &rc));
	if (rc < 0)
		rc = err_set(e, -rte_errno,
			     "DPDK does not start: %s: %s (reserve hugepages with sysctl -w "
			     "vm.nr_hugepages=N, or check the EAL options)",
			     rte_strerror(rte_errno), reason(text));
	else
		fputs(text, stderr);
	free(text);
	return rc < 0 ? rc : 0;
}
