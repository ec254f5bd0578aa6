/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bin_run.c - the supervisor of a network's program: `runns-net __bin NAME'
 *
 * Who holds the lock bin.NAME.  It stays on the host; its child goes in by the
 * way that sessions go, and becomes the user there.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/session/enter.h"
#include "lib/session/handle.h"
#include "lib/sys/file.h"
#include "net/bin.h"
#include "net/bin_state.h"
#include "net/build.h"
#include "net/cmd.h"
#include "net/program.h"
#include "net/supervisor.h"

enum { LOCK_MS = 3000, PRESENT_MS = 5000, GROUP_MS = 1000 };

struct bin {
	const struct host *h;
	struct record record;
	struct program_note note;
	struct command_line line;
	struct program_env env;
	struct program program;
	struct program_run run;
};

static void bin_tell(const struct bin *b, const char *state, int status)
{
	_cleanup_close_ int dir = record_dir(b->h, b->record.name, false);
	BUF(text, 96);
	int err = dir;

	buf_addf(&text, "%s %d %d %lld\n", state, (int)b->run.pid, status,
		 (long long)time(NULL));
	if (dir >= 0)
		err = file_replace(dir, BIN_STATE_FILE, 0600, text.text,
				   text.len);
	if (err < 0 && err != -ENOENT)
		log_errno(err, "%s: cannot note how its BIN does",
			  b->record.name);
}

/* In the child, as root. */
static int bin_enter(const struct program *p, uid_t uid)
{
	struct enter_request request = {
		.host = p->h->root, .target = ENTER_NAME, .name = p->name,
		.uid = uid, .make_view = true, .keep_cwd = true,
	};
	struct origin origin;
	int err = enter(&request, &origin);

	if (err == 0)
		origin_forget(&origin);
	return err;
}

static int bin_prepare(struct bin *b, const char *name)
{
	_cleanup_close_ int ns = handle_open(b->h->root, name);
	const char *command = b->note.command;
	const char *wrong = NULL;
	int err = ns < 0 ? ns : record_read(b->h, name, &b->record);

	if (err == 0 && build_is_ours(&b->record, ns) != 1)
		err = -ESTALE;
	if (err == 0)
		err = program_note_read(b->h, name, BIN_FILE, &b->note);
	if (err)
		return log_errno(err, "%s has no program to be looked after",
				 name);
	wrong = command_line_split((struct slice){ command, strlen(command) },
				   &b->line);
	if (wrong)
		return log_errno(-EINVAL, "%s: BIN: %s", name, wrong);
	program_env_network(&b->env, &b->record);
	program_env_add(&b->env, "RUNNS_NETNS", b->record.name);
	b->program = (struct program){
		.h = b->h, .name = b->record.name, .what = "BIN",
		.user = b->note.user, .line = &b->line, .env = &b->env,
		.enter = bin_enter,
	};
	return 0;
}

/* Has `down' taken its record away, or somebody all of /run/runns? */
static bool bin_is_orphan(const struct bin *b)
{
	_cleanup_close_ int dir = record_dir(b->h, b->record.name, false);

	return dir == -ENOENT;
}

/* Returns when the program has ended, or is to be ended. */
static void bin_watch(struct bin *b, int signals)
{
	struct pollfd slots[3] = {
		{ .fd = b->run.pidfd, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};

	do {
		slots[2] = (struct pollfd){ .fd = b->run.output,
					    .events = POLLIN };
		if (poll(slots, 3, PRESENT_MS) <= 0) {
			if (bin_is_orphan(b))
				return;
			continue;
		}
		if (slots[2].revents)
			program_output(&b->run);
	} while (!slots[0].revents && !slots[1].revents);
}

/* `down' is about to look whether anybody is inside. */
static void bin_await_group(pid_t group)
{
	long long deadline = file_now_ms() + GROUP_MS;

	while (kill(-group, 0) == 0 && file_now_ms() < deadline)
		usleep(5000);
}

/* Those that have stayed in its group go with it. */
static int bin_end(struct bin *b)
{
	struct pollfd slots[2] = { { .fd = b->run.pidfd, .events = POLLIN } };
	long long deadline = file_now_ms() + BIN_TERM_MS;
	int status;

	program_signal(&b->run, SIGTERM);
	while (!slots[0].revents && file_now_ms() < deadline) {
		slots[1] = (struct pollfd){ .fd = b->run.output,
					    .events = POLLIN };
		if (poll(slots, 2, (int)(deadline - file_now_ms())) > 0 &&
		    slots[1].revents)
			program_output(&b->run);
	}
	program_signal(&b->run, SIGKILL);
	status = program_reap(&b->run);
	bin_await_group(b->run.pid);
	return status;
}

static int bin_live(struct bin *b, int signals)
{
	int status, err = program_start(&b->run, &b->program);

	if (err) {
		bin_tell(b, "failed", 0);
		return err;
	}
	/* `down' must know it before it is inside. */
	bin_tell(b, "running", 0);
	program_go(&b->run);
	bin_watch(b, signals);
	status = bin_end(b);
	b->run.pid = 0;
	log_msg(LOG_NOTICE, "%s: BIN has ended (exit status %d)",
		b->record.name, status);
	if (status > 128)
		bin_tell(b, "killed", status - 128);
	else
		bin_tell(b, "exited", status);
	return 0;
}

static int bin_run(struct bin *b, const struct options *o, const char *name,
		   int lock)
{
	_cleanup_close_ int signals = -1;
	char tag[sizeof("runns-bin-") + NAME_SIZE];
	int err = bin_prepare(b, name);

	if (err == 0)
		err = supervisor_begin(lock, o->daemon, "runns-bin", &signals);
	if (err <= 0)
		return err;
	snprintf(tag, sizeof(tag), "runns-bin-%s", name);
	openlog(tag, 0, LOG_DAEMON);
	err = bin_live(b, signals);
	closelog();
	return err;
}

int cmd_bin(const struct host *h, const struct options *o, char **names, int n)
{
	_cleanup_close_ int lock = -1;
	struct bin *b = calloc(1, sizeof(*b));
	int err = b ? 0 : -ENOMEM;

	(void)n;
	if (err == 0 && !name_is_valid((struct slice){ names[0],
						       strlen(names[0]) }))
		err = log_errno(-EINVAL, "not a name for a network");
	if (err == 0) {
		b->h = h;
		lock = host_lock(h, BIN_LOCK, names[0], LOCK_MS);
		err = lock < 0 ? lock : bin_run(b, o, names[0], lock);
	}
	free(b);
	return err ? EXIT_FAILED : 0;
}
