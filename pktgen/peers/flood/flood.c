/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Feeds this network namespace's stack:	flood OBJECT FLOWS forward|plain|translated|new|nothing
 *
 * Runs flood.bpf.c on live frames of the device gen0, in this thread, until it is ended. Says every
 * tenth of a second what was made and what the device sink0 got, in the words of replay_report.c.
 * new: connections are flushed after FLOWS of them, and the time that takes is not counted.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "flood.h"

#define CHUNK 65536
#define BATCH 64

static int map, program, device;
static struct flood_plan plan;

static void
fail(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ifb counts what comes to it by no redirection as dropped, which here is what reached the sink. */
static unsigned long
sink_count(void)
{
	static const char *const files[] = { "/sys/class/net/sink0/statistics/rx_dropped",
					     "/sys/class/net/sink0/statistics/tx_dropped" };
	unsigned long sum = 0;

	for (unsigned i = 0; i < 2; i++) {
		FILE *f = fopen(files[i], "r");
		unsigned long n = 0;

		if (f != NULL && fscanf(f, "%lu", &n) == 1)
			sum += n;
		if (f != NULL)
			fclose(f);
	}
	return sum;
}

static void
read_mac(void)
{
	FILE *f = fopen("/sys/class/net/gen0/address", "r");
	unsigned b[6];

	if (f == NULL || fscanf(f, "%x:%x:%x:%x:%x:%x", b, b + 1, b + 2, b + 3, b + 4, b + 5) != 6)
		fail("gen0");
	for (unsigned i = 0; i < 6; i++)
		plan.mac[i] = (__u8)b[i];
	fclose(f);
}

static void
load(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);

	if (object == NULL || bpf_object__load(object) != 0)
		fail(path);
	map = bpf_object__find_map_fd_by_name(object, "plans");
	program = bpf_program__fd(bpf_object__find_program_by_name(object, "flood"));
}

static void
set_plan(void)
{
	__u32 key = 0;

	if (bpf_map_update_elem(map, &key, &plan, BPF_ANY) != 0)
		fail("plan");
}

/* Seconds that the frames took, without what a test run needs to begin and end. */
static double
send_frames(unsigned n)
{
	static __u8 frame[60];
	struct xdp_md in = { .data_end = sizeof(frame), .ingress_ifindex = (__u32)device };
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = frame, .data_size_in = sizeof(frame),
		    .ctx_in = &in, .ctx_size_in = sizeof(in), .repeat = (int)n,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH);

	if (bpf_prog_test_run_opts(program, &o) != 0)
		fail("test run");
	return (double)o.duration * n * 1e-9;
}

struct window {
	unsigned long made, sink;
	double spent, clock; /* by frames; all */
	unsigned long long cycles;
};

static void
say(struct window *w)
{
	unsigned long sink = sink_count(), out = plan.nothing ? w->made : sink - w->sink;

	fprintf(stderr, "replay: at=%.2f in=%.4f out=%.4f lost=0 seconds=%.4f mhz=%.1f\n",
		seconds(), (double)w->made / w->spent / 1e6, (double)out / w->spent / 1e6, w->spent,
		(double)w->cycles / w->clock / 1e6);
	*w = (struct window){ .sink = sink };
}

static void
add(struct window *w, unsigned n)
{
	double begin = seconds();
	unsigned long long tsc = __rdtsc();

	w->spent += send_frames(n);
	w->cycles += __rdtsc() - tsc;
	w->clock += seconds() - begin;
	w->made += n;
}

/* Other connections than before, and those before are gone. */
static void
begin_anew(void)
{
	if (system("conntrack -F >/dev/null 2>&1") != 0)
		fail("conntrack -F");
	plan.base = plan.base == 0 ? plan.flows : 0;
	plan.count = 0;
	set_plan();
}

static void
run(int new)
{
	struct window w = { .sink = sink_count() };

	for (unsigned long done = 0;;) {
		unsigned n = CHUNK;

		if (new &&plan.flows - done < n)
			n = (unsigned)(plan.flows - done);
		add(&w, n);
		done += n;
		if (new &&done == plan.flows) {
			begin_anew();
			done = 0;
		}
		if (w.clock >= 0.1)
			say(&w);
	}
}

int
main(int argc, char **argv)
{
	const char *how = argc == 4 ? argv[3] : "";

	plan.flows = argc == 4 ? (__u32)strtoul(argv[2], NULL, 10) : 0;
	plan.nothing = strcmp(how, "nothing") == 0;
	plan.answers = strcmp(how, "plain") == 0        ? FLOOD_PLAIN
		       : strcmp(how, "translated") == 0 ? FLOOD_TRANSLATED
							: FLOOD_ONE_WAY;
	if (plan.flows == 0) {
		fprintf(stderr, "flood OBJECT FLOWS forward|plain|translated|new|nothing\n");
		return 1;
	}
	device = (int)if_nametoindex("gen0");
	if (device == 0)
		fail("gen0");
	read_mac();
	load(argv[1]);
	set_plan();
	run(strcmp(how, "new") == 0);
	return 0;
}
