/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook.c - OnUp and OnDown of a network
 */
#include "net/hook.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "net/program.h"

/* A login waits for 30 s, whoever wants the same network for 25. */
enum { HOOK_MS = 15000 };

#define HOOK_FILE "on-down"
#define HOOK_USER "root"

int hook_owe(const struct host *h, const struct plan *plan)
{
	const struct profile *p = plan->profile;
	struct program_note note = { 0 };
	int err;

	if (p)
		program_note_set(&note, p->user, HOOK_USER, p->on_down);
	err = program_note_write(h, plan->name, HOOK_FILE, &note);
	if (err < 0)
		return log_errno(err, "%s: cannot note its OnDown", plan->name);
	return 0;
}

/* Until it has ended, or its time is over: 0 or -ETIMEDOUT. */
static int hook_wait(struct program_run *run)
{
	long long deadline = file_now_ms() + HOOK_MS;
	struct pollfd slots[2];

	do {
		long long left = deadline - file_now_ms();

		if (left <= 0)
			return -ETIMEDOUT;
		slots[0] = (struct pollfd){ .fd = run->pidfd,
					    .events = POLLIN };
		slots[1] = (struct pollfd){ .fd = run->output,
					    .events = POLLIN };
		if (poll(slots, 2, (int)left) < 0)
			continue;
		if (slots[1].revents)
			program_output(run);
	} while (!slots[0].revents);
	return 0;
}

static int hook_run(const struct program *p)
{
	struct program_run run;
	int status, err = program_start(&run, p);

	if (err)
		return err;
	err = hook_wait(&run);
	if (err)
		program_signal(&run, SIGKILL);
	status = program_reap(&run);
	if (err)
		return log_errno(err, "%s: %s took more than %d seconds and "
				 "was killed", p->name, p->what,
				 HOOK_MS / 1000);
	if (status)
		return log_errno(-ECHILD, "%s: %s has failed (exit status %d)",
				 p->name, p->what, status);
	return 0;
}

struct hook {
	const struct host *h;
	const struct record *record;
	const char *what;
	int ns;
};

static int hook_call(const struct hook *hook, const struct program_note *note)
{
	const char *command = note->command;
	struct command_line line;
	struct program_env env = { 0 };
	struct program p = {
		.h = hook->h, .name = hook->record->name, .what = hook->what,
		.user = note->user, .line = &line, .env = &env,
	};
	const char *wrong = command_line_split(
		(struct slice){ command, strlen(command) }, &line);
	char path[40] = "";

	if (wrong)
		return log_errno(-EINVAL, "%s: %s: %s", p.name, p.what, wrong);
	/* It has no name to be found by: not yet, or not any more. */
	if (hook->ns >= 0)
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(),
			 hook->ns);
	program_env_network(&env, hook->record);
	program_env_add(&env, "RUNNS_HOOK", hook->what);
	program_env_add(&env, "RUNNS_HANDLE", path);
	return hook_run(&p);
}

int hook_up(const struct host *h, const struct plan *plan,
	    const struct record *r, int ns)
{
	const struct hook hook = { .h = h, .record = r, .what = "OnUp",
				   .ns = ns };
	const struct profile *p = plan->profile;
	struct program_note note;

	if (!p || !p->on_up.len)
		return 0;
	program_note_set(&note, p->user, HOOK_USER, p->on_up);
	return hook_call(&hook, &note);
}

void hook_down(const struct host *h, const struct record *r, int ns)
{
	const struct hook hook = { .h = h, .record = r, .what = "OnDown",
				   .ns = ns };
	struct program_note note;
	int err = program_note_read(h, r->name, HOOK_FILE, &note);

	if (err == -ENOENT)
		return;
	if (err)
		log_errno(err, "%s: cannot read which OnDown it has", r->name);
	else if (hook_call(&hook, &note) < 0)
		log_msg(LOG_NOTICE, "%s: goes down nevertheless", r->name);
	note = (struct program_note){ 0 };
	err = program_note_write(h, r->name, HOOK_FILE, &note);
	if (err < 0)
		log_errno(err, "%s: cannot note that OnDown has run", r->name);
}

bool hook_is_owed(const struct host *h, const char *name)
{
	_cleanup_close_ int dir = record_dir(h, name, false);

	return dir >= 0 && faccessat(dir, HOOK_FILE, F_OK, 0) == 0;
}
