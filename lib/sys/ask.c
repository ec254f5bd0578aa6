/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.c - short questions to the socket service
 */
#include "lib/sys/ask.h"

#include <errno.h>
#include <poll.h>

#include "lib/sys/file.h"
#include "lib/sys/wire.h"

enum { ANSWER_MS = 15000 };

int ask_wait(int socket, int timeout_ms)
{
	long long end = file_now_ms() + timeout_ms;
	struct pollfd p = { socket, POLLIN, 0 };
	long long left = timeout_ms;
	int n;

	do {
		n = poll(&p, 1, (int)left);
		left = end - file_now_ms();
	} while (n < 0 && errno == EINTR && left > 0);
	if (n < 0)
		return -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

/* Return: as ask(), or -EAGAIN if more is to come. */
static int answer_take(const struct proto_message *m,
		       void (*take)(const struct proto_message *m))
{
	if (m->kind == PROTO_ENDED)
		return m->value ? 1 : 0;
	if (m->kind == PROTO_BUSY)
		return -EBUSY;
	if (m->kind == PROTO_TEXT || m->kind == PROTO_PIDS)
		take(m);
	return -EAGAIN;
}

int ask(const char *path, enum proto_kind kind,
	void (*take)(const struct proto_message *m))
{
	struct proto_message m = { .kind = kind };
	_cleanup_close_ int socket = wire_connect(path);
	int fds[PROTO_FDS_MAX], r;
	size_t n_fds;

	if (socket < 0)
		return socket;
	r = wire_send(socket, &m, NULL, 0);
	if (r == 0)
		r = -EAGAIN;
	while (r == -EAGAIN) {
		r = ask_wait(socket, ANSWER_MS);
		if (r == 0)
			r = wire_receive(socket, &m, fds, &n_fds);
		if (r == 0 && n_fds > 0)
			return -EPROTO;
		if (r == 0)
			r = answer_take(&m, take);
	}
	return r;
}
