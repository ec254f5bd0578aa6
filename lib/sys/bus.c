/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bus.c - services that look names up for whoever asks over the system bus
 */
#include "lib/sys/bus.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/policy/busmsg.h"
#include "lib/sys/file.h"
#include "lib/sys/nss.h"

#define BUS_SOCKET "run/dbus/system_bus_socket"
#define DENIED "org.freedesktop.DBus.Error.AccessDenied"

enum {
	REPLY_SIZE = 8192,
	LIMIT_MS = 1000,
	SERIAL_HELLO = 1,
	SERIAL_PING = 2,
	/* Of the process that tries. */
	EXIT_DENIED = 0,
	EXIT_ANSWERS = 1,
};

/* struct bus_service - one of them, and what shows that it is running */
struct bus_service {
	const char *sign;
	const char *name;
	const char *why;
};

static const struct bus_service services[] = {
	{ "run/systemd/resolve", "org.freedesktop.resolve1",
	  "systemd-resolved answers over the system bus on the host's "
	  "networks" },
	{ "run/avahi-daemon", "org.freedesktop.Avahi",
	  "avahi-daemon answers over the system bus on the host's networks" },
};

/* struct inbox - what has come and is not read yet */
struct inbox {
	int socket;
	long long deadline;
	char bytes[REPLY_SIZE];
	size_t have;
};

/* Wait for more; 0 or -errno. */
static int inbox_fill(struct inbox *in)
{
	struct pollfd p = { .fd = in->socket, .events = POLLIN };
	long long left = in->deadline - file_now_ms();
	ssize_t n;

	if (left <= 0 || in->have == sizeof(in->bytes))
		return -ETIMEDOUT;
	if (poll(&p, 1, (int)left) <= 0)
		return -ETIMEDOUT;
	n = recv(in->socket, in->bytes + in->have,
		 sizeof(in->bytes) - in->have, MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 && errno != EAGAIN ? -errno : -ECONNRESET;
	in->have += (size_t)n;
	return 0;
}

static void inbox_drop(struct inbox *in, size_t n)
{
	in->have -= n;
	memmove(in->bytes, in->bytes + n, in->have);
}

static int bus_send(int socket, const struct buf *b)
{
	ssize_t n;

	if (buf_status(b) < 0)
		return -EMSGSIZE;
	n = send(socket, b->text, b->len, MSG_NOSIGNAL | MSG_DONTWAIT);
	return n < 0 ? -errno : (size_t)n == b->len ? 0 : -EMSGSIZE;
}

/* EXTERNAL: who we are the bus knows from the socket. */
static int bus_authenticate(struct inbox *in)
{
	char uid[16];
	char *end;
	int r;
	BUF(b, 128);

	buf_addc(&b, '\0');
	buf_adds(&b, "AUTH EXTERNAL ");
	snprintf(uid, sizeof(uid), "%u", geteuid());
	for (const char *p = uid; *p; p++)
		buf_addf(&b, "%02x", (unsigned char)*p);
	buf_adds(&b, "\r\n");
	r = bus_send(in->socket, &b);
	while (r == 0 && !(end = memchr(in->bytes, '\n', in->have)))
		r = inbox_fill(in);
	if (r < 0)
		return r;
	if (in->have < 3 || memcmp(in->bytes, "OK ", 3) != 0)
		return -EACCES;
	inbox_drop(in, (size_t)(end + 1 - in->bytes));
	b.len = 0;
	buf_adds(&b, "BEGIN\r\n");
	return bus_send(in->socket, &b);
}

/* The answer to the question; others are passed over. */
static int bus_receive(struct inbox *in, struct busmsg *out)
{
	int r = 0;

	for (;;) {
		ssize_t size = busmsg_size(in->bytes, in->have);

		if (size < 0)
			return (int)size;
		if (size == 0 || (size_t)size > in->have) {
			r = inbox_fill(in);
			if (r < 0)
				return r;
			continue;
		}
		r = busmsg_parse(in->bytes, (size_t)size, out);
		if (r < 0 || out->answers == SERIAL_PING)
			return r;
		inbox_drop(in, (size_t)size);
	}
}

static int bus_ask(const char *name)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX,
					     .sun_path = BUS_SOCKET };
	struct inbox in = { .deadline = file_now_ms() + LIMIT_MS };
	struct busmsg answer;
	int r;
	BUF(b, 512);

	in.socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   0);
	if (in.socket < 0 ||
	    connect(in.socket, (const struct sockaddr *)&address,
		    sizeof(address)) < 0)
		return -errno;
	busmsg_call(&b, SERIAL_HELLO, "org.freedesktop.DBus",
		    "/org/freedesktop/DBus", "Hello");
	busmsg_call(&b, SERIAL_PING, name, "/", "Ping");
	r = bus_authenticate(&in);
	if (r == 0)
		r = bus_send(in.socket, &b);
	if (r == 0)
		r = bus_receive(&in, &answer);
	if (r < 0)
		return r;
	return answer.type == BUSMSG_ERROR && slice_is(answer.error, DENIED) ?
		       EXIT_DENIED :
		       EXIT_ANSWERS;
}

/*
 * The bus decides by the effective ids.  The others stay: a process that is
 * his he could stop, and with it who waits for it.
 */
static int become(const struct nss_user *user)
{
	if (geteuid() != 0)
		return 0;
	if (initgroups(user->name, user->gid) < 0 ||
	    setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(0, user->uid, 0) < 0)
		return -errno;
	return 0;
}

static bool is_denied(int host, const char *name, const struct nss_user *user)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fchdir(host) == 0 && become(user) == 0 &&
				      bus_ask(name) == EXIT_DENIED ?
			      EXIT_DENIED :
			      EXIT_ANSWERS);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) &&
	       WEXITSTATUS(status) == EXIT_DENIED;
}

static bool is_there(int host, const char *path)
{
	return faccessat(host, path, F_OK, 0) == 0;
}

const char *bus_answers(int host, uid_t uid)
{
	struct nss_user user;

	if (!is_there(host, BUS_SOCKET))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		const struct bus_service *s = &services[i];

		if (!is_there(host, s->sign))
			continue;
		if (nss_user_by_uid(uid, &user) < 0 ||
		    !is_denied(host, s->name, &user))
			return s->why;
	}
	return NULL;
}
