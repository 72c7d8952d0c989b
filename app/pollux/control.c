/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control lcore's loop: prompt, socket, signals, and a tick every 100 ms for timers. All
 * configuration happens here, one command after another.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <rte_errno.h>

#include "addr.h"
#include "addr_dad.h"
#include "app.h"
#include "base_clock.h"
#include "base_rcu.h"
#include "cmd.h"
#include "cmd_prompt.h"
#include "ct_event_read.h"
#include "nat_masquerade.h"
#include "neigh.h"
#include "pipeline.h"
#include "queue_log.h"
#include "queue_nat.h"
#include "rule_build.h"
#include "rule_rateest.h"
#include "set.h"

#define TICK_MS 100

enum { FD_SIGNAL, FD_TIMER, FD_PROMPT, FD_SERVER };

static int signal_fd = -1;

/* The signal stays unread: the control loop takes it. */
static bool
signal_waits(void)
{
	struct pollfd p = { .fd = signal_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

int
control_signals(struct err *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	/* Threads made later inherit the mask, so that no worker is ever interrupted. */
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return err_set(e, -EINVAL, "cannot block signals");
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signal_fd < 0)
		return err_set(e, -errno, "signalfd: %s", rte_strerror(errno));
	cmd_interrupted = signal_waits;
	return 0;
}

static int
timer_open(void)
{
	struct itimerspec every = { { 0, TICK_MS * 1000000 }, { 0, TICK_MS * 1000000 } };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd >= 0)
		timerfd_settime(fd, 0, &every, NULL);
	return fd;
}

static void
tick(int fd)
{
	uint64_t times;

	if (read(fd, &times, sizeof(times)) < 0)
		return;
	neigh_timer(clock_ms());
	addr_timer(clock_ms());
	addr_dad_tick(clock_ms());
	pipeline_tick(clock_ms());
	nat_masquerade_tick();
	rule_build_tick();
	rule_rateest_tick(clock_ms());
	set_tick(clock_ms());
	port_poll_links();
	server_tick();
}

static bool
told_to_stop(void)
{
	struct signalfd_siginfo info;

	return read(signal_fd, &info, sizeof(info)) == sizeof(info);
}

/* Milliseconds that rings of workers can wait. -1: for ever. */
static int
patience(void)
{
	int log = queue_log_patience(), events = ct_event_patience();

	return log < 0 || (events >= 0 && events < log) ? events : log;
}

void
control_loop(bool prompt)
{
	struct pollfd fds[FD_SERVER + SERVER_POLL_MAX];
	int timer = timer_open();
	bool more = false; /* lines of the log, events or answers wait */

	prompt = prompt && cmd_prompt_open(STDIN_FILENO);
	fds[FD_SIGNAL] = (struct pollfd){ .fd = signal_fd, .events = POLLIN };
	fds[FD_TIMER] = (struct pollfd){ .fd = timer, .events = POLLIN };
	while (!cmd_quit) {
		unsigned nb = server_poll(fds + FD_SERVER);

		fds[FD_PROMPT] =
			(struct pollfd){ .fd = prompt ? STDIN_FILENO : -1, .events = POLLIN };
		if (poll(fds, FD_SERVER + nb, more ? 0 : patience()) < 0 && errno != EINTR)
			break;
		if (fds[FD_SIGNAL].revents != 0 && told_to_stop())
			break;
		if (fds[FD_TIMER].revents != 0)
			tick(timer);
		if (prompt && fds[FD_PROMPT].revents != 0)
			prompt = cmd_prompt_input();
		server_handle(fds + FD_SERVER, nb);
		more = queue_log_round();
		more |= ct_event_round();
		queue_nat_flush();
		more |= server_streams();
		rcu_reap();
	}
	cmd_prompt_close();
	close(timer);
}
