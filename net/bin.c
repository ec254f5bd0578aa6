/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bin.c - Type=bin: the program of a network, for `up', `down' and `status'
 */
#include "net/bin.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "net/bin_state.h"
#include "net/program.h"
#include "net/supervisor.h"

enum { STATE_SIZE = 128, STOP_MS = BIN_TERM_MS + BIN_KILL_MS + 1000 };

static const struct supervisor bin_supervisors = {
	.lock = BIN_LOCK,
	.command = "__bin",
	.unit = "runns-bin@",
	.stop_ms = STOP_MS,
};

/* Of the one before: the next has not told yet. */
static int start_forget(const struct host *h, const char *name)
{
	_cleanup_close_ int dir = record_dir(h, name, false);

	if (dir < 0)
		return dir;
	return unlinkat(dir, BIN_STATE_FILE, 0) < 0 && errno != ENOENT ?
		       -errno : 0;
}

static bool start_is_needed(const struct host *h, const char *name)
{
	_cleanup_close_ int fd = supervisor_find(h, &bin_supervisors, name);

	return fd < 0;
}

int bin_start(const struct host *h, const struct plan *plan)
{
	const struct profile *p = plan->profile;
	struct program_note note = { 0 };
	int err, changed;

	if (p)
		program_note_set(&note, p->user, "nobody", p->bin);
	changed = program_note_write(h, plan->name, BIN_FILE, &note);
	if (changed < 0)
		return log_errno(changed, "%s: cannot note its BIN",
				 plan->name);
	if (!note.command[0] || changed) {
		err = bin_stop(h, plan->name);
		if (err || !note.command[0])
			return err;
	}
	if (!start_is_needed(h, plan->name))
		return 0;
	err = start_forget(h, plan->name);
	if (err == 0)
		err = supervisor_start(&bin_supervisors, plan->name);
	if (err)
		return log_errno(err, "%s: cannot start what looks after its "
				 "BIN (the log says why)", plan->name);
	return 0;
}

int bin_stop(const struct host *h, const char *name)
{
	int err = supervisor_stop(h, &bin_supervisors, name);

	if (err)
		return log_errno(err, "%s: cannot end what looks after its BIN",
				 name);
	return 0;
}

/* STATE PID STATUS SINCE */
static int read_state(char *text, struct bin_seen *out)
{
	uint64_t n[3];
	char *rest = text;
	const char *word = strsep(&rest, " ");
	size_t i;

	snprintf(out->state, sizeof(out->state), "%s", word);
	for (i = 0; i < ARRAY_SIZE(n); i++) {
		word = rest ? strsep(&rest, " ") : "";
		if (num_parse(word, strlen(word), INT64_MAX, &n[i]) < 0)
			return -EINVAL;
	}
	out->pid = (pid_t)n[0];
	out->status = (int)n[1];
	out->since = (long long)n[2];
	return 0;
}

void bin_read(const struct host *h, const char *name, struct bin_seen *out)
{
	_cleanup_close_ int dir = record_dir(h, name, false);
	char text[STATE_SIZE];

	*out = (struct bin_seen){ 0 };
	if (dir < 0 || file_read_small(dir, BIN_STATE_FILE, text,
				       sizeof(text)) < 0)
		return;
	if (read_state(text, out) < 0)
		*out = (struct bin_seen){ .state = "failed" };
	if (strcmp(out->state, "running") == 0 &&
	    !supervisor_is_there(h, &bin_supervisors, name)) {
		snprintf(out->state, sizeof(out->state), "dead");
		out->pid = 0;
	}
}

void bin_json(struct jsonw *j, const struct bin_seen *seen)
{
	jsonw_object(j, "program");
	jsonw_string(j, "state", seen->state);
	jsonw_number(j, "pid", (uint64_t)seen->pid);
	jsonw_number(j, "status", (uint64_t)seen->status);
	jsonw_number(j, "since", (uint64_t)seen->since);
	jsonw_object_end(j);
}

void bin_text(const struct bin_seen *seen, char *out, size_t size)
{
	if (strcmp(seen->state, "running") == 0)
		snprintf(out, size, "running, process %d", (int)seen->pid);
	else if (strcmp(seen->state, "exited") == 0)
		snprintf(out, size, "exited with %d", seen->status);
	else if (strcmp(seen->state, "killed") == 0)
		snprintf(out, size, "killed by signal %d (%s)", seen->status,
			 strsignal(seen->status));
	else if (strcmp(seen->state, "dead") == 0)
		snprintf(out, size, "dead: what looked after it was killed");
	else
		snprintf(out, size, "%s", seen->state);
}
