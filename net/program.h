/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.h - programs that runns.conf(5) names for a network
 *
 * Hooks and BIN: what the administrator wrote, run without a shell, with an
 * environment and descriptors of ours, as the user he named.
 */
#ifndef RUNNS_NET_PROGRAM_H
#define RUNNS_NET_PROGRAM_H

#include <sys/types.h>

#include "lib/base/log.h"
#include "lib/policy/command_line.h"
#include "net/record.h"

/**
 * struct program_note - a program as it is noted beside the record
 * @user:	whom it runs as
 */
struct program_note {
	char user[PROFILE_USER_SIZE];
	char command[PROFILE_LINE_MAX + 1];
};

/** program_note_set() - as runns.conf has it; @user empty: @fallback */
void program_note_set(struct program_note *note, struct slice user,
		      const char *fallback, struct slice command);

/**
 * program_note_write() - have it in the file @file of @name's directory
 * @note:	without command: the file is removed
 *
 * Return: 1 if there was another before, 0 if not, or -errno.
 */
int program_note_write(const struct host *h, const char *name,
		       const char *file, const struct program_note *note)
	_must_check_;

/** program_note_read() - 0; -ENOENT if there is none; -errno */
int program_note_read(const struct host *h, const char *name, const char *file,
		      struct program_note *out) _must_check_;

enum { PROGRAM_ENV_MAX = 24, PROGRAM_ENV_SIZE = 2048 };

/**
 * struct program_env - PATH and RUNNS_* of a network
 * @list:	ends with NULL, points into @text
 */
struct program_env {
	char *list[PROGRAM_ENV_MAX + 1];
	char text[PROGRAM_ENV_SIZE];
	size_t n;
	size_t used;
};

/** program_env_add() - one variable more; without value it is left out */
void program_env_add(struct program_env *e, const char *key,
		     const char *value);

/** program_env_network() - what all programs are told of the network */
void program_env_network(struct program_env *e, const struct record *r);

/**
 * struct program - one to be started
 * @what:	how messages call it: "OnUp"
 * @line:	program and arguments
 * @enter:	called in the child as root, on the host, before it becomes the
 *		user, once it has said go to program_go(); NULL: it stays on the
 *		host, and need not be told
 */
struct program {
	const struct host *h;
	const char *name;
	const char *what;
	const char *user;
	const struct command_line *line;
	struct program_env *env;
	int (*enter)(const struct program *p, uid_t uid);
};

/**
 * struct program_run - one that was started
 * @pid:	leads a session of its own
 * @output:	what it prints; -1: nothing any more
 *
 * The rest is its own.
 */
struct program_run {
	const struct program *program;
	pid_t pid;
	int pidfd;
	int output;
	int go;
	char line[LOG_LINE_MAX / 4];
	size_t len;
	long long burst_at;
	unsigned int burst;
};

/**
 * program_start() - start it
 *
 * Only root can have written its file.  It has /dev/null as standard input,
 * no other descriptor of ours, the signals' defaults, and dies with us.
 *
 * Return: 0 or -errno, logged.
 */
int program_start(struct program_run *run, const struct program *p)
	_must_check_;

/** program_go() - let one with @enter go on */
void program_go(struct program_run *run);

/** program_output() - it has printed something, or never will again */
void program_output(struct program_run *run);

/** program_signal() - to it, and all that are still in its group */
void program_signal(const struct program_run *run, int signal);

/**
 * program_reap() - it has ended: take its last words and its status
 *
 * Return: its exit status, or 128 and the number of the signal.
 */
int program_reap(struct program_run *run);

#endif
