/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lane.c - one direction of a connection: bytes from a socket to a socket
 */
#include "runnsctl/forward/lane.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/types.h>

enum {
	/*
	 * A pipe that holds more is faster, but what a user's pipes may hold
	 * together is limited, and his other programs need some too.
	 */
	LARGE_BYTES = 1024 * 1024,
	LARGE_PIPES = 16,
	TURN_ROUNDS = 16,
};

void lane_init(struct lane *lane)
{
	*lane = (struct lane){ .pipe = { -1, -1 } };
}

static void pipe_close(const int fds[2], struct pipes *pipes)
{
	close(fds[0]);
	close(fds[1]);
	pipes->open--;
}

void lane_close(struct lane *lane, struct pipes *pipes)
{
	if (lane->pipe[0] >= 0)
		pipe_close(lane->pipe, pipes);
	lane_init(lane);
}

static int pipe_take(struct lane *lane, struct pipes *pipes)
{
	if (lane->pipe[0] >= 0)
		return 0;
	if (pipes->n > 0) {
		pipes->n--;
		lane->pipe[0] = pipes->fds[pipes->n][0];
		lane->pipe[1] = pipes->fds[pipes->n][1];
		return 0;
	}
	if (pipe2(lane->pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
		lane->pipe[0] = lane->pipe[1] = -1;
		return -errno;
	}
	/* A size that is refused is no loss. */
	if (++pipes->open <= LARGE_PIPES)
		(void)fcntl(lane->pipe[1], F_SETPIPE_SZ, LARGE_BYTES);
	return 0;
}

/* Only an empty pipe may serve another connection. */
static void pipe_give(struct lane *lane, struct pipes *pipes)
{
	if (lane->pipe[0] < 0 || lane->held > 0)
		return;
	if (pipes->n < pipes->max) {
		pipes->fds[pipes->n][0] = lane->pipe[0];
		pipes->fds[pipes->n][1] = lane->pipe[1];
		pipes->n++;
	} else {
		pipe_close(lane->pipe, pipes);
	}
	lane->pipe[0] = lane->pipe[1] = -1;
}

static ssize_t move_bytes(int from, int to, size_t n)
{
	ssize_t moved;

	do
		moved = splice(from, NULL, to, NULL, n,
			       SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	while (moved < 0 && errno == EINTR);
	return moved < 0 ? -errno : moved;
}

/*
 * Fills the pipe only when it is empty: -EAGAIN then always means that the
 * sender has nothing, never that the pipe is full.
 * Return: 1 if the pipe holds something, 0 at the sender's end, or -errno.
 */
static int lane_fill(struct lane *lane, int from)
{
	ssize_t n;

	if (lane->held > 0)
		return 1;
	n = move_bytes(from, lane->pipe[1], LARGE_BYTES);
	if (n <= 0)
		return (int)n;
	lane->held = (size_t)n;
	return 1;
}

static int lane_drain(struct lane *lane, int to)
{
	while (lane->held > 0) {
		ssize_t n = move_bytes(lane->pipe[0], to, lane->held);

		if (n <= 0)
			return n ? (int)n : -EIO;
		lane->held -= (size_t)n;
	}
	return 0;
}

static int lane_move(struct lane *lane, int from, int to)
{
	int r;

	for (int i = 0; i < TURN_ROUNDS; i++) {
		r = lane_fill(lane, from);
		if (r == 0) {
			lane->shut = true;
			/* Whoever has gone needs not be told. */
			shutdown(to, SHUT_WR);
			return 0;
		}
		if (r > 0)
			r = lane_drain(lane, to);
		if (r < 0)
			return r == -EAGAIN ? 0 : r;
	}
	return 1;
}

int lane_pump(struct lane *lane, struct pipes *pipes, int from, int to)
{
	int r;

	if (lane->shut)
		return 0;
	r = pipe_take(lane, pipes);
	if (r < 0)
		return r;
	r = lane_move(lane, from, to);
	pipe_give(lane, pipes);
	return r;
}
