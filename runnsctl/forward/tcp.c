/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tcp.c - connections
 *
 * Both sockets of a connection are watched for edges, once and for all; at
 * each edge what can be moved is moved, in both directions.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>

#include "runnsctl/forward/relay.h"

enum {
	ACCEPT_MAX = 64,    /* at a time */
	CONN_FDS = 6,	    /* two sockets and a pipe each way */
	CONNECT_MS = 10000, /* while there is another address to try */
	EDGES = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
};

/**
 * struct conn - a connection
 * @addrs:	of the host when the client came
 * @tried:	how many of them
 * @deadline_ms: when the next one is tried; in the list of the relay
 */
struct conn {
	struct relay *relay;
	struct forward *forward;
	struct task task;
	struct watch client_watch;
	struct watch server_watch;
	int client;
	int server;
	struct lane up;
	struct lane down;
	bool connected;
	bool dead;
	struct addr addrs[NAMES_ADDRS_MAX];
	size_t n_addrs;
	size_t tried;
	bool listed;
	uint64_t deadline_ms;
	struct conn *older;
	struct conn *newer;
};

/* --- those that may have to try another address --------------------------- */

static void connecting_add(struct conn *c)
{
	struct relay *relay = c->relay;

	c->deadline_ms = relay->loop.now_ms + CONNECT_MS;
	c->listed = true;
	c->newer = NULL;
	c->older = relay->connecting_last;
	if (c->older)
		c->older->newer = c;
	else
		relay->connecting = c;
	relay->connecting_last = c;
	relay->loop.waiting++;
}

static void connecting_remove(struct conn *c)
{
	struct relay *relay = c->relay;

	if (!c->listed)
		return;
	c->listed = false;
	if (c->older)
		c->older->newer = c->newer;
	else
		relay->connecting = c->newer;
	if (c->newer)
		c->newer->older = c->older;
	else
		relay->connecting_last = c->older;
	relay->loop.waiting--;
}

/* --- the end -------------------------------------------------------------- */

/* The other end is told that the connection is lost, not that it is over. */
static void close_reset(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void conn_bury(struct conn *c)
{
	connecting_remove(c);
	lane_close(&c->up, &c->relay->pipes);
	lane_close(&c->down, &c->relay->pipes);
	relay_give(c->relay, CONN_FDS);
	c->dead = true;
	/* Events of it may be at hand. */
	loop_defer(&c->relay->loop, &c->task);
}

static void conn_abort(struct conn *c)
{
	close_reset(TAKE_FD(c->client));
	close_reset(TAKE_FD(c->server));
	conn_bury(c);
}

static void conn_finish(struct conn *c)
{
	close(TAKE_FD(c->client));
	close(TAKE_FD(c->server));
	conn_bury(c);
}

/* --- moving --------------------------------------------------------------- */

/*
 * What the server has said goes first, and once more when the client's
 * direction has failed: a server may answer and close before it has read all.
 */
static void conn_pump(struct conn *c)
{
	struct pipes *pipes = &c->relay->pipes;
	int down, up;

	down = lane_pump(&c->down, pipes, c->server, c->client);
	up = lane_pump(&c->up, pipes, c->client, c->server);
	if (up < 0 && down >= 0)
		down = lane_pump(&c->down, pipes, c->server, c->client);
	if (down < 0 || up < 0)
		conn_abort(c);
	else if (c->down.shut && c->up.shut)
		conn_finish(c);
	else if (down > 0 || up > 0)
		loop_defer(&c->relay->loop, &c->task);
}

static void conn_task(struct task *task)
{
	struct conn *c = LOOP_OWNER(task, struct conn, task);

	if (c->dead)
		free(c);
	else
		conn_pump(c);
}

/* --- connecting ----------------------------------------------------------- */

static int socket_set(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) < 0)
		return -errno;
	return 0;
}

static int conn_try(struct conn *c, const struct addr *addr)
{
	struct sockaddr_storage to;
	_cleanup_close_ int fd = -1;
	socklen_t len;
	int r;

	fd = side_socket(&c->relay->connect,
			 addr->family == 6 ? AF_INET6 : AF_INET, SOCK_STREAM);
	if (fd < 0)
		return fd;
	r = socket_set(fd);
	if (r < 0)
		return r;
	len = side_sockaddr(addr, c->forward->spec.host_port, &to);
	if (connect(fd, (struct sockaddr *)&to, len) < 0 &&
	    errno != EINPROGRESS)
		return -errno;
	r = loop_add(&c->relay->loop, fd, EDGES, &c->server_watch);
	if (r < 0)
		return r;
	c->server = TAKE_FD(fd);
	return 0;
}

/* Tries the next address, and the one behind it if that fails at once. */
static void conn_connect(struct conn *c, int why)
{
	while (c->tried < c->n_addrs) {
		why = conn_try(c, &c->addrs[c->tried++]);
		if (why < 0)
			continue;
		if (c->tried < c->n_addrs)
			connecting_add(c);
		return;
	}
	forward_say(c->forward, "%s", strerror(-why));
	conn_abort(c);
}

static void conn_retry(struct conn *c, int why)
{
	connecting_remove(c);
	close(TAKE_FD(c->server));
	conn_connect(c, why);
}

static void server_ready(struct watch *watch, uint32_t events)
{
	struct conn *c = LOOP_OWNER(watch, struct conn, server_watch);
	socklen_t len = sizeof(int);
	int err = 0;

	if (c->dead)
		return;
	if (!c->connected) {
		if (!(events & (EPOLLOUT | EPOLLERR | EPOLLHUP)))
			return;
		if (getsockopt(c->server, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
			err = errno;
		if (err != 0) {
			conn_retry(c, -err);
			return;
		}
		c->connected = true;
		connecting_remove(c);
	}
	conn_pump(c);
}

static void client_ready(struct watch *watch, uint32_t events)
{
	struct conn *c = LOOP_OWNER(watch, struct conn, client_watch);

	if (c->dead)
		return;
	if (c->connected)
		conn_pump(c);
	else if (events & (EPOLLERR | EPOLLHUP))
		conn_abort(c);
}

void tcp_tick(struct relay *relay)
{
	struct conn *c;

	while ((c = relay->connecting) && c->deadline_ms <= relay->loop.now_ms)
		conn_retry(c, -ETIMEDOUT);
}

/* --- clients -------------------------------------------------------------- */

/* Return: a connection that owns @client, or NULL. */
static struct conn *conn_new(struct forward *f, int client)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->relay = f->relay;
	c->forward = f;
	c->task.run = conn_task;
	c->client_watch.ready = client_ready;
	c->server_watch.ready = server_ready;
	c->client = client;
	c->server = -1;
	lane_init(&c->up);
	lane_init(&c->down);
	memcpy(c->addrs, f->addrs, sizeof(c->addrs));
	c->n_addrs = f->n_addrs;
	return c;
}

static void client_take(struct forward *f, int client, bool known)
{
	struct conn *c = known && socket_set(client) == 0 ? conn_new(f, client)
							  : NULL;

	if (!c) {
		close_reset(client);
		relay_give(f->relay, CONN_FDS);
		return;
	}
	if (loop_add(&f->relay->loop, client, EDGES, &c->client_watch) < 0)
		conn_abort(c);
	else
		conn_connect(c, 0);
}

/* Return: true if another client may be waiting. */
static bool client_accept(struct forward *f)
{
	int known = forward_host(f);
	int client;

	if (known == 0 || !relay_take(f, CONN_FDS))
		return false;
	client = accept4(f->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client >= 0) {
		client_take(f, client, known > 0);
		return true;
	}
	relay_give(f->relay, CONN_FDS);
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return errno != EAGAIN;
	/* Without descriptors or memory: later. */
	forward_say(f, "%s", strerror(errno));
	forward_pause(f);
	return false;
}

void tcp_ready(struct watch *watch, uint32_t events)
{
	struct forward *f = LOOP_OWNER(watch, struct forward, watch);
	unsigned int n = 0;

	(void)events;
	while (n < ACCEPT_MAX && !f->paused && client_accept(f))
		n++;
}
