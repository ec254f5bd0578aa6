/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loop.c - waits for descriptors, signals and time
 */
#include "runnsctl/forward/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>

enum { EVENTS_MAX = 256, TICK_MS = 1000 };

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static uint64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* A blocked signal would be received although it is ignored. */
static void signals_fill(sigset_t *set)
{
	struct sigaction action;

	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++)
		if (sigaction(ending_signals[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(set, ending_signals[i]);
}

static void signal_ready(struct watch *watch, uint32_t events)
{
	(void)events;
	loop_end(LOOP_OWNER(watch, struct loop, signal_watch), 0);
}

int loop_init(struct loop *loop)
{
	sigset_t set;

	memset(loop, 0, sizeof(*loop));
	loop->signal_fd = -1;
	loop->last = &loop->first;
	loop->now_ms = clock_ms();
	loop->signal_watch.ready = signal_ready;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0)
		return -errno;
	/* splice(2) cannot be told not to send it. */
	signal(SIGPIPE, SIG_IGN);
	signals_fill(&set);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	loop->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (loop->signal_fd < 0)
		return -errno;
	return loop_add(loop, loop->signal_fd, EPOLLIN, &loop->signal_watch);
}

void loop_unblock_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_DFL);
	signals_fill(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void loop_close(struct loop *loop)
{
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	if (loop->signal_fd >= 0)
		close(loop->signal_fd);
	loop->epoll_fd = loop->signal_fd = -1;
}

static int loop_control(const struct loop *loop, int op, int fd,
			uint32_t events, struct watch *watch)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	return epoll_ctl(loop->epoll_fd, op, fd, &event) < 0 ? -errno : 0;
}

int loop_add(struct loop *loop, int fd, uint32_t events, struct watch *watch)
{
	return loop_control(loop, EPOLL_CTL_ADD, fd, events, watch);
}

int loop_change(struct loop *loop, int fd, uint32_t events, struct watch *watch)
{
	return loop_control(loop, EPOLL_CTL_MOD, fd, events, watch);
}

void loop_defer(struct loop *loop, struct task *task)
{
	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	*loop->last = task;
	loop->last = &task->next;
}

/* Those that are deferred meanwhile have to wait for the next turn. */
static void run_tasks(struct loop *loop)
{
	struct task *task = loop->first;

	loop->first = NULL;
	loop->last = &loop->first;
	while (task) {
		struct task *next = task->next;

		task->queued = false;
		task->run(task);
		task = next;
	}
}

void loop_end(struct loop *loop, int status)
{
	if (!loop->ended)
		loop->status = status;
	loop->ended = true;
}

static int wait_ms(const struct loop *loop)
{
	if (loop->first)
		return 0;
	if (!loop->waiting)
		return -1;
	return loop->tick_next_ms > loop->now_ms
		       ? (int)(loop->tick_next_ms - loop->now_ms)
		       : 0;
}

static void run_tick(struct loop *loop)
{
	if (loop->now_ms < loop->tick_next_ms)
		return;
	loop->tick_next_ms = loop->now_ms + TICK_MS;
	if (loop->waiting && loop->tick)
		loop->tick(loop);
}

int loop_run(struct loop *loop)
{
	struct epoll_event events[EVENTS_MAX];

	while (!loop->ended) {
		int n = epoll_wait(loop->epoll_fd, events, EVENTS_MAX,
				   wait_ms(loop));

		if (n < 0 && errno != EINTR)
			return -errno;
		loop->now_ms = clock_ms();
		for (int i = 0; i < n; i++) {
			struct watch *watch = events[i].data.ptr;

			watch->ready(watch, events[i].events);
		}
		run_tasks(loop);
		run_tick(loop);
	}
	return loop->status;
}

int loop_await(struct loop *loop, int fd, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = loop->signal_fd, .events = POLLIN },
	};
	int n;

	do
		n = poll(fds, ARRAY_SIZE(fds), timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ETIMEDOUT;
	if (fds[1].revents) {
		loop_end(loop, 0);
		return -EINTR;
	}
	return 0;
}
