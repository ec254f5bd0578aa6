/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * side.c - one of the two namespaces that a forward joins
 */
#include "config.h"

#include "runnsctl/forward/side.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>

#include "runnsctl/launch.h"
#include "runnsctl/runnsctl.h"

enum { ANSWER_MS = 30000 };

static const char self[] = RUNNS_BINDIR "/runnsctl";

int side_near(struct side *side, struct loop *loop)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	*side = (struct side){
		.loop = loop,
		.sockets = -1,
		.names = pair[0],
		.ask = pair[1],
	};
	return 0;
}

/* The helper asks the map; what it starts is the caller again. */
static void far_exec(const struct far_place *place)
{
	char *program[] = { (char *)self, (char *)"__forward-far", NULL };
	struct launch launch = {
		.what = "forward",
		.name = place->netns,
		.program = program,
	};

	if (place->enter)
		_exit(place->enter(place->ctx) < 0 ?
			      EXIT_FAILED :
			      cmd_forward_far(NULL, 0, NULL));
	_exit(launch_run(&launch));
}

static void far_child(const struct far_place *place, int sockets, int names)
{
	loop_unblock_signals();
	/* Above the two numbers that they are about to become. */
	sockets = fcntl(sockets, F_DUPFD_CLOEXEC, 3);
	names = fcntl(names, F_DUPFD_CLOEXEC, 3);
	if (sockets >= 0 && names >= 0 && dup2(sockets, CHANNEL_SOCKETS) >= 0 &&
	    dup2(names, CHANNEL_NAMES) >= 0)
		far_exec(place);
	_exit(EXIT_FAILED);
}

static int far_greeting(struct side *side)
{
	struct channel_answer greeting;
	int fds[CHANNEL_FDS_MAX];
	size_t n;
	int r;

	r = loop_await(side->loop, side->sockets, -1);
	if (r == 0)
		r = channel_recv(side->sockets, &greeting, sizeof(greeting),
				 fds, &n);
	return r;
}

int side_far(struct side *side, struct loop *loop,
	     const struct far_place *place, pid_t *pid)
{
	_cleanup_close_ int far_sockets = -1, far_names = -1;
	int sockets[2], names[2];

	*side = (struct side){
		.loop = loop,
		.is_far = true,
		.sockets = -1,
		.names = -1,
		.ask = -1,
	};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return -errno;
	side->sockets = sockets[0];
	far_sockets = sockets[1];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, names) < 0)
		return -errno;
	side->names = names[0];
	far_names = names[1];
	*pid = fork();
	if (*pid < 0)
		return -errno;
	if (*pid == 0)
		far_child(place, far_sockets, far_names);
	/* Else our own copies would keep the channel open. */
	close(TAKE_FD(far_sockets));
	close(TAKE_FD(far_names));
	return far_greeting(side);
}

void side_close(struct side *side)
{
	int *const fds[] = { &side->sockets, &side->names, &side->ask };

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (*fds[i] >= 0)
			close(TAKE_FD(*fds[i]));
}

static int far_ask(struct side *side, const struct channel_ask *ask,
		   struct stock *stock)
{
	struct channel_answer answer;
	int r;

	r = channel_send(side->sockets, ask, sizeof(*ask), NULL, 0);
	if (r == 0)
		r = loop_await(side->loop, side->sockets, ANSWER_MS);
	if (r == 0)
		r = channel_recv(side->sockets, &answer, sizeof(answer),
				 stock->fds, &stock->n);
	if (r == 0)
		return stock->n ? 0 : answer.error ? answer.error : -EMFILE;
	/* An answer that came later would be taken for the next one. */
	if (r != -EINTR && !side->loop->ended)
		cli_error("forward: the end in the other network: %s",
			  r == -EPIPE ? "it is gone" : strerror(-r));
	loop_end(side->loop, EXIT_FAILED);
	return r;
}

/* Connections come in numbers: sockets for them are asked for in advance. */
int side_socket(struct side *side, int family, int type)
{
	struct stock one = { .n = 0 };
	struct stock *stock =
		type != SOCK_STREAM ? &one : &side->stocks[family == AF_INET6];
	int fd, r;

	if (!side->is_far) {
		fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		return fd < 0 ? -errno : fd;
	}
	if (stock->n == 0) {
		struct channel_ask ask = {
			.family = family,
			.type = type,
			.n = stock == &one ? 1 : CHANNEL_FDS_MAX,
		};

		r = far_ask(side, &ask, stock);
		if (r < 0)
			return r;
	}
	return stock->fds[--stock->n];
}

int side_look_up(struct side *side, const struct names_ask *ask)
{
	if (side->is_far)
		return channel_send(side->names, ask, sizeof(*ask), NULL, 0);
	return names_look_up(side->ask, ask);
}

socklen_t side_sockaddr(const struct addr *addr, uint16_t port,
			struct sockaddr_storage *out)
{
	struct sockaddr_in *in = (void *)out;
	struct sockaddr_in6 *in6 = (void *)out;

	memset(out, 0, sizeof(*out));
	if (addr->family == 4) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, addr->bytes, sizeof(in->sin_addr));
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, addr->bytes, sizeof(in6->sin6_addr));
	return sizeof(*in6);
}
