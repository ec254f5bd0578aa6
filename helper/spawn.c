/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spawn.c - the program of a client of the socket service
 *
 * The order is that of runns-helper: what may be refused is refused on the
 * side of the host; then the namespace is entered from where the client
 * stands; then the process becomes like the client, and for good; only then
 * is anything that he has chosen looked at.  All signals wait until the last.
 */
#include "helper/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "helper/confine.h"
#include "helper/launch.h"
#include "helper/likeness.h"
#include "lib/base/log.h"
#include "lib/sys/exec.h"

enum { SIGNALS = 64, KEY_JOIN_SESSION = 1 };

/* What launch_authorise() and its like call has no context. */
static int report_fd = -1;

static void _printf_(1, 2) say(const char *fmt, ...)
{
	char safe[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	log_vescape(safe, sizeof(safe), fmt, ap);
	va_end(ap);
	dprintf(report_fd, "%s\n", safe);
}

static int refuse(const struct peer *peer, int err, const char *what)
{
	syslog(LOG_NOTICE, "uid %u, pid %d: %s: %s", peer->uid, peer->pid, what,
	       strerror(-err));
	say("%s: %s", what, strerror(-err));
	return err;
}

static int look(const struct spawn *s, struct likeness *like)
{
	int r = likeness_read(s->peer, like);

	if (r == -EXDEV) {
		syslog(LOG_NOTICE,
		       "uid %u, pid %d: refused: its control "
		       "group cannot be joined",
		       s->peer->uid, s->peer->pid);
		say("refused: your control group cannot be joined");
		return r;
	}
	return r < 0 ? refuse(s->peer, r, "you cannot be looked at") : 0;
}

static int stand(const struct spawn *s)
{
	int r = confine_join(s->peer);

	if (r == 0 && !peer_lives(s->peer))
		r = -ESRCH;
	if (r == -EXDEV) {
		syslog(LOG_NOTICE,
		       "uid %u, pid %d: refused: its root "
		       "directory is another",
		       s->peer->uid, s->peer->pid);
		say("refused: your root directory is another than the "
		    "service's");
		return r;
	}
	return r < 0 ? refuse(s->peer, r, "your place cannot be entered") : 0;
}

/* A session keyring of the service's would be root's. */
static int keyring_part(void)
{
	if (syscall(SYS_keyctl, KEY_JOIN_SESSION, NULL) < 0 && errno != ENOSYS)
		return -errno;
	return 0;
}

static int become(const struct spawn *s, const struct likeness *like)
{
	int r = likeness_take(like, s->peer);

	if (r == 0)
		r = likeness_become(s->peer);
	if (r == 0)
		r = keyring_part();
	return r < 0 ? refuse(s->peer, r, "cannot become you") : 0;
}

/* A resolver of his own choice is not for programs that gain privilege. */
static int settle(struct launch *launch)
{
	int r = launch_settle(launch);

	if (r == 0 && launch->resolv.text &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	return r;
}

static int prepare(const struct spawn *s, struct launch *launch)
{
	struct likeness like;
	int r = look(s, &like);

	if (r < 0)
		return r;
	if (s->words.resolv) {
		launch->resolv.text = (char *)s->words.resolv;
		launch->resolv.len = strlen(s->words.resolv);
	}
	r = launch_authorise(launch);
	if (r == 0)
		r = stand(s);
	if (r == 0)
		r = launch_enter(launch);
	if (r == 0)
		r = become(s, &like);
	return r < 0 ? r : settle(launch);
}

/* --- as the client --------------------------------------------------------- */

static int stdio_take(const struct spawn *s)
{
	static const uint32_t closed[] = {
		PROTO_NO_STDIN,
		PROTO_NO_STDOUT,
		PROTO_NO_STDERR,
	};
	int terminal = s->fds[PROTO_FD_TERMINAL];

	if (terminal >= 0 && ioctl(terminal, TIOCSCTTY, 0) < 0)
		return -errno;
	for (int i = 0; i < 3; i++) {
		if (dup2(s->fds[i], i) < 0)
			return -errno;
		if (s->run->flags & closed[i])
			close(i);
	}
	return 0;
}

/* Nothing of the service's, a name service's descriptors included, goes on. */
static int fds_part(void)
{
	return syscall(SYS_close_range, STDERR_FILENO + 1, ~0U,
		       1U << 2 /* CLOSE_RANGE_CLOEXEC */) < 0
		       ? -errno
		       : 0;
}

static int signals_take(const struct proto_run *run)
{
	const struct sigaction normal = { .sa_handler = SIG_DFL };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t mask;

	sigemptyset(&mask);
	for (int i = 1; i <= SIGNALS; i++) {
		uint64_t bit = 1ULL << (i - 1);

		/* KILL, STOP and those of the C library's own refuse it. */
		sigaction(i, run->ignored & bit ? &ignore : &normal, NULL);
		if (run->blocked & bit)
			sigaddset(&mask, i);
	}
	return sigprocmask(SIG_SETMASK, &mask, NULL) < 0 ? -errno : 0;
}

static int child_run(const struct spawn *s)
{
	struct launch launch = {
		.uid = s->peer->uid,
		.name = s->words.name,
		.host = -1,
		.say = say,
	};
	int r;

	report_fd = s->report;
	if (setsid() < 0)
		return refuse(s->peer, -errno, "no session");
	r = prepare(s, &launch);
	if (r < 0)
		return r;
	r = stdio_take(s);
	if (r == 0)
		r = fds_part();
	if (r == 0)
		r = signals_take(s->run);
	if (r < 0)
		return refuse(s->peer, r, "cannot start your program");
	return exec_program(s->words.argv, s->words.envp);
}

pid_t spawn_program(const struct spawn *spawn)
{
	pid_t pid = fork();
	int r;

	if (pid < 0)
		return -errno;
	if (pid > 0)
		return pid;
	r = child_run(spawn);
	_exit(r < 0 ? EXEC_FAILED : r);
}
