/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loop.h - waits for descriptors, signals and time
 */
#ifndef FORWARD_LOOP_H
#define FORWARD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/base.h"

/* The structure that @member, at which @ptr points, is part of. */
#define LOOP_OWNER(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

/** struct watch - part of what wants to know of a descriptor */
struct watch {
	void (*ready)(struct watch *watch, uint32_t events);
};

/**
 * struct task - something to do after the events at hand
 *
 * Zeroed but for @run.  What has events at hand is only freed in one.
 */
struct task {
	struct task *next;
	bool queued;
	void (*run)(struct task *task);
};

/**
 * struct loop - what is waited for
 * @now_ms:	monotonic clock, as of the events at hand
 * @waiting:	how many things wait for time; while any does, @tick is called
 *		once a second
 * @tick_next_ms: when it is due
 * @first:	tasks in their order
 * @last:	where the next one goes
 * @ended:	loop_run() returns
 * @status:	what it returns
 */
struct loop {
	int epoll_fd;
	int signal_fd;
	struct watch signal_watch;
	uint64_t now_ms;
	uint64_t tick_next_ms;
	unsigned int waiting;
	void (*tick)(struct loop *loop);
	struct task *first;
	struct task **last;
	bool ended;
	int status;
};

/**
 * loop_init() - block the signals that end it, and receive them here
 *
 * Signals that the program was started to ignore stay ignored.
 *
 * Return: 0 or -errno.
 */
int loop_init(struct loop *loop) _must_check_;

/** loop_unblock_signals() - in a child, before it becomes a program */
void loop_unblock_signals(void);

/** loop_close() - close what loop_init() has opened */
void loop_close(struct loop *loop);

/**
 * loop_add() - call @watch when something happens to @fd
 * loop_change() - wait for other @events
 *
 * Closing the descriptor ends it.
 *
 * Return: 0 or -errno.
 */
int loop_add(struct loop *loop, int fd, uint32_t events, struct watch *watch)
	_must_check_;
int loop_change(struct loop *loop, int fd, uint32_t events,
		struct watch *watch) _must_check_;

/** loop_defer() - run @task soon, once, however often this is called */
void loop_defer(struct loop *loop, struct task *task);

/** loop_end() - let loop_run() return @status; the first one counts */
void loop_end(struct loop *loop, int status);

/**
 * loop_run() - until loop_end() or a signal, which makes it 0
 */
int loop_run(struct loop *loop);

/**
 * loop_await() - wait for one descriptor only
 * @fd:		-1: for none, only for a signal
 * @timeout_ms:	-1 for ever
 *
 * Return: 0 when it can be read; -EINTR when a signal has ended the loop;
 * -ETIMEDOUT; another -errno.
 */
int loop_await(struct loop *loop, int fd, int timeout_ms) _must_check_;

#endif
