/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bin.h - Type=bin: a program that lives in a network
 *
 * `up' starts a supervisor, `runns-net __bin NAME', whose child the program
 * is; it ends with it.  The program is not started again but by `up': whoever
 * wants that has systemd.
 */
#ifndef RUNNS_NET_BIN_H
#define RUNNS_NET_BIN_H

#include "lib/base/jsonw.h"
#include "net/conf.h"
#include "net/record.h"

/**
 * struct bin_seen - how the program of a network is doing
 * @state:	"running", "exited", "killed", "failed" (never ran), "dead"
 *		(its supervisor was killed, and it with that); "": it has none
 * @pid:	while it is running; leads a session of its own
 * @status:	exit status, or the number of the signal
 * @since:	CLOCK_REALTIME, seconds: of the state
 */
struct bin_seen {
	char state[16];
	pid_t pid;
	int status;
	long long since;
};

/**
 * bin_start() - have the program of a network that stands running
 *
 * One that runs as @plan has it is left alone.  Does not wait for it.
 *
 * Return: 0 or -errno, logged.
 */
int bin_start(const struct host *h, const struct plan *plan) _must_check_;

/**
 * bin_stop() - end it, and those that have stayed in its session
 *
 * Return: 0, also if there is none; -errno, logged.
 */
int bin_stop(const struct host *h, const char *name) _must_check_;

/** bin_read() - how it is doing */
void bin_read(const struct host *h, const char *name, struct bin_seen *out);

/** bin_json() - the same as the member "program" of an object */
void bin_json(struct jsonw *j, const struct bin_seen *seen);

/** bin_text() - a few words of it: "exited with 3" */
void bin_text(const struct bin_seen *seen, char *out, size_t size);

#endif
