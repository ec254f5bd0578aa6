/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.c - a program in a namespace, by the socket service
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "lib/base/log.h"
#include "lib/sys/ask.h"
#include "lib/sys/file.h"
#include "lib/sys/wire.h"
#include "runnsctl/pty.h"
#include "runnsctl/relay.h"
#include "runnsctl/request.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/service.h"
#include "runnsctl/standin.h"

enum { RESOLV_MAX = 65536, BUSY_TRIES = 100, BUSY_PAUSE_MS = 100 };

static const char *path_of(const char *path)
{
	return path ? path : WIRE_SOCKET;
}

static const char *explain(int err)
{
	switch (err) {
	case -EACCES:
		return "you are not in the group \"runns\"";
	case -ENOENT:
	case -ECONNREFUSED:
		return "the service does not run there: have root start "
		       "runns(8)";
	case -EPERM:
		return "not root's";
	default:
		return strerror(-err);
	}
}

static int fail(const struct launch *l, const char *hindrance, int err)
{
	if (hindrance)
		cli_error("%s: runns-helper gets no privilege: %s", l->what,
			  hindrance);
	cli_error("%s: %s: %s", l->what, path_of(l->socket), explain(err));
	return EXIT_OWN;
}

/*
 * Opened as the caller; the service never opens it.
 *
 * Return: 0 with *@text to be freed; -errno after a message.
 */
static int resolv_load(const struct launch *l, char **text)
{
	_cleanup_close_ int fd =
		open(l->resolv, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t len = 0;
	int r = fd < 0 ? -errno : file_read_all(fd, RESOLV_MAX, text, &len);

	if (r == 0 && strlen(*text) != len)
		r = -EINVAL;
	if (r < 0)
		cli_error("%s: %s: %s", l->what, l->resolv, strerror(-r));
	return r;
}

/* Return: a descriptor; -errno. */
static int connect_and_ask(const struct launch *l, const char *resolv,
			   const struct pty *pty, const sigset_t *mask)
{
	_cleanup_close_ int socket = wire_connect(path_of(l->socket));
	int r = socket;

	if (r >= 0)
		r = request_send(socket, l, resolv, pty, mask);
	return r < 0 ? r : TAKE_FD(socket);
}

/* Is the answer that the service has too much to do? */
static bool is_busy(int socket)
{
	struct proto_message m = { .kind = PROTO_BUSY };
	uint8_t want[PROTO_MAX], got[PROTO_MAX];
	ssize_t size = (ssize_t)proto_encode(&m, want);

	return recv(socket, got, sizeof(got), MSG_PEEK) == size &&
	       memcmp(got, want, (size_t)size) == 0;
}

/*
 * Waits for the first answer: whoever is told to try again does.
 *
 * Return: as connect_and_ask(), -EBUSY.
 */
static int request(const struct launch *l, const char *resolv,
		   const struct pty *pty, const sigset_t *mask)
{
	for (int i = 0; i < BUSY_TRIES; i++) {
		int socket = connect_and_ask(l, resolv, pty, mask);

		/* It has answered, and closed, before it was asked. */
		if (socket < 0 && socket != -EPIPE && socket != -ECONNRESET &&
		    socket != -EAGAIN)
			return socket;
		if (socket >= 0 && !is_busy(socket))
			return socket;
		base_close(&socket);
		poll(NULL, 0, BUSY_PAUSE_MS);
	}
	return -EBUSY;
}

/* Return: exit status; the program then runs, or has run. */
static int stand_in(const struct launch *l, const char *hindrance,
		    const char *resolv, const struct pty *pty)
{
	struct standin s = { .socket = -1, .detached = l->detach };
	int r = standin_signals(&s);

	if (r == 0)
		r = request(l, resolv, pty, &s.mask);
	if (r < 0)
		return fail(l, hindrance, r);
	s.socket = r;
	r = standin_run(&s);
	close(s.socket);
	return r;
}

/*
 * A child stands for the program, so that the relay finds what it knows.  In
 * a session of its own it gets no signal but from the relay, and it goes with
 * it: then the program is hung up on.
 */
static int run_on_pty(const struct launch *l, const char *hindrance,
		      const char *resolv, struct pty *pty)
{
	pid_t relay = getpid(), child = fork();

	if (child < 0)
		return fail(l, hindrance, -errno);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (setsid() < 0 || getppid() != relay)
			_exit(EXIT_OWN);
		/* Else nobody would ever have hung up. */
		close(pty->master);
		_exit(stand_in(l, hindrance, resolv, pty));
	}
	return relay_run(pty, child);
}

static bool on_terminal(void)
{
	return isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) ||
	       isatty(STDERR_FILENO);
}

static int run(const struct launch *l, const char *hindrance,
	       const char *resolv)
{
	struct pty pty = { .master = -1, .slave = -1 };
	int status, r = 0;

	if (l->pty || (!l->detach && on_terminal()))
		r = pty_open(&pty);
	if (r < 0)
		return fail(l, hindrance, r);
	if (pty.slave >= 0 && !l->detach)
		status = run_on_pty(l, hindrance, resolv, &pty);
	else
		status = stand_in(l, hindrance, resolv, &pty);
	if (status == EXIT_OK && l->pty && l->detach && pty_keep(&pty) < 0)
		status = EXIT_OWN;
	pty_close(&pty);
	return status;
}

/*
 * Before anything else is opened.  What is closed on execve(2) is none that
 * this process was started with: so request_send() knows them.
 */
static int stdio_hold(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int service_run(const struct launch *l, const char *hindrance)
{
	_cleanup_free_ char *resolv = NULL;
	int r = stdio_hold();

	if (r < 0)
		return fail(l, hindrance, r);

	if (l->verbose)
		log_msg(LOG_INFO, "%s: by the service at %s%s%s", l->what,
			path_of(l->socket), hindrance ? ": " : "",
			hindrance ? hindrance : "");
	if (l->resolv && resolv_load(l, &resolv) < 0)
		return EXIT_OWN;
	return run(l, hindrance, resolv);
}

/* --- list and stop ---------------------------------------------------------- */

static void show(const struct proto_message *m)
{
	if (m->kind == PROTO_TEXT)
		cli_error("%s", m->text);
	for (size_t i = 0; m->kind == PROTO_PIDS && i < m->n_pids; i++)
		printf("%u\n", m->pids[i]);
}

static int question(const char *path, enum proto_kind kind)
{
	int r = ask(path_of(path), kind, show);

	if (r < 0)
		cli_error("%s: %s", path_of(path), explain(r));
	return r == 0 ? EXIT_OK : EXIT_FAILED;
}

int service_list(const char *path)
{
	return question(path, PROTO_LIST);
}

int service_stop(const char *path)
{
	return question(path, PROTO_STOP);
}
