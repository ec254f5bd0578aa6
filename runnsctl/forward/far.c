/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * far.c - the end of a forward that is in the other namespace
 *
 * Makes sockets and looks names up for the end that started it, both as the
 * caller and with what the caller may.  It also is the process that
 * `runnsctl down` finds in the namespace.  It ends when its channel does.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "runnsctl/forward/channel.h"
#include "runnsctl/runnsctl.h"

static void close_all(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
}

/* As many as can be made; none is an error. */
static int sockets_send(const struct channel_ask *ask)
{
	struct channel_answer answer = { 0 };
	int fds[CHANNEL_FDS_MAX];
	size_t n;
	int r;

	for (n = 0; n < ask->n && n < CHANNEL_FDS_MAX; n++) {
		fds[n] = socket(ask->family,
				ask->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fds[n] < 0) {
			answer.error = n ? 0 : -errno;
			break;
		}
	}
	r = channel_send(CHANNEL_SOCKETS, &answer, sizeof(answer), fds, n);
	close_all(fds, n);
	return r;
}

static int sockets_serve(void)
{
	struct channel_ask ask;
	int fds[CHANNEL_FDS_MAX];
	size_t n;
	int r;

	r = channel_recv(CHANNEL_SOCKETS, &ask, sizeof(ask), fds, &n);
	close_all(fds, n);
	return r < 0 ? r : sockets_send(&ask);
}

static int names_serve(void)
{
	struct names_answer answer = { 0 };
	struct names_ask ask;
	int fds[CHANNEL_FDS_MAX];
	size_t n;
	int r;

	r = channel_recv(CHANNEL_NAMES, &ask, sizeof(ask), fds, &n);
	close_all(fds, n);
	if (r < 0 || names_look_up(CHANNEL_NAMES, &ask) == 0)
		return r;
	/* No thread: as when a name server is out of order. */
	answer.index = ask.index;
	answer.error = EAI_AGAIN;
	return channel_send(CHANNEL_NAMES, &answer, sizeof(answer), NULL, 0);
}

static int serve(void)
{
	struct pollfd fds[] = {
		{ .fd = CHANNEL_SOCKETS, .events = POLLIN },
		{ .fd = CHANNEL_NAMES, .events = POLLIN },
	};
	int r = 0;

	while (r == 0) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			r = errno == EINTR ? 0 : -errno;
			continue;
		}
		if (fds[0].revents)
			r = sockets_serve();
		if (r == 0 && fds[1].revents)
			r = names_serve();
	}
	return r;
}

int cmd_forward_far(const struct command *command, int argc, char **argv)
{
	struct channel_answer greeting = { 0 };
	int r;

	(void)command;
	(void)argc;
	(void)argv;
	/* What a terminal sends is for the other end to obey. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	r = channel_send(CHANNEL_SOCKETS, &greeting, sizeof(greeting), NULL, 0);
	if (r == 0)
		r = serve();
	if (r == -EPIPE)
		return EXIT_OK;
	cli_error("forward: %s", strerror(-r));
	return EXIT_FAILED;
}
