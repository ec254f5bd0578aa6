/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forward.c - one forward: its listening socket and the host it leads to
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "runnsctl/forward/relay.h"
#include "runnsctl/runnsctl.h"

enum {
	HOST_KEEP_MS = 5000,
	HOST_RETRY_MS = 1000,
};

void forward_say(const struct forward *f, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (!f->relay->verbose)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cli_error("forward: %s port %u: %s", f->spec.host, f->spec.host_port,
		  text);
}

void forward_pause(struct forward *f)
{
	if (f->paused)
		return;
	f->paused = true;
	/* Each second somebody sees whether it can go on. */
	f->relay->loop.waiting++;
	if (loop_change(&f->relay->loop, f->fd, 0, &f->watch) < 0)
		loop_end(&f->relay->loop, EXIT_FAILED);
}

static void forward_resume(struct forward *f)
{
	if (!f->paused || f->host == HOST_ASKED)
		return;
	f->paused = false;
	f->relay->loop.waiting--;
	if (loop_change(&f->relay->loop, f->fd, EPOLLIN, &f->watch) < 0)
		loop_end(&f->relay->loop, EXIT_FAILED);
}

bool relay_take(struct forward *f, size_t n)
{
	if (f->relay->room < n) {
		forward_pause(f);
		return false;
	}
	f->relay->room -= n;
	return true;
}

void relay_give(struct relay *relay, size_t n)
{
	relay->room += n;
	relay_resume(relay);
}

void relay_resume(struct relay *relay)
{
	for (size_t i = 0; i < relay->n_forwards; i++)
		forward_resume(&relay->forwards[i]);
}

/* --- the host ------------------------------------------------------------- */

static int host_ask(struct forward *f)
{
	struct names_ask ask = {
		.index = f->index,
		.type = f->spec.udp ? SOCK_DGRAM : SOCK_STREAM,
	};
	int r;

	memcpy(ask.host, f->spec.host, sizeof(ask.host));
	r = side_look_up(&f->relay->connect, &ask);
	if (r < 0) {
		forward_say(f, "%s", strerror(-r));
		return -EHOSTUNREACH;
	}
	f->host = HOST_ASKED;
	forward_pause(f);
	return 0;
}

int forward_host(struct forward *f)
{
	uint64_t now = f->relay->loop.now_ms;

	if (f->host == HOST_ASKED)
		return 0;
	if (f->host == HOST_UNKNOWN || now >= f->host_until_ms)
		return host_ask(f);
	return f->host == HOST_KNOWN ? 1 : -EHOSTUNREACH;
}

static void host_answer(struct forward *f, const struct names_answer *answer)
{
	uint64_t now = f->relay->loop.now_ms;

	if (answer->error == 0 && answer->n <= NAMES_ADDRS_MAX) {
		f->host = HOST_KNOWN;
		f->host_until_ms = now + HOST_KEEP_MS;
		f->n_addrs = answer->n;
		memcpy(f->addrs, answer->addrs, sizeof(f->addrs));
	} else {
		/* Those who wait are turned away before it is tried again. */
		f->host = HOST_FAILED;
		f->host_until_ms = now + HOST_RETRY_MS;
		forward_say(f, "%s", gai_strerror(answer->error));
	}
	forward_resume(f);
}

void names_ready(struct watch *watch, uint32_t events)
{
	struct relay *relay = LOOP_OWNER(watch, struct relay, names_watch);
	struct names_answer answer;
	int fds[CHANNEL_FDS_MAX];
	size_t n;

	(void)events;
	if (channel_recv(relay->connect.names, &answer, sizeof(answer), fds,
			 &n) < 0) {
		relay_lost(relay);
		return;
	}
	if (answer.index < relay->n_forwards)
		host_answer(&relay->forwards[answer.index], &answer);
}

/* --- listening ------------------------------------------------------------ */

/* "*" means both families wherever the kernel has both. */
static int listen_socket(struct forward *f)
{
	int type = f->spec.udp ? SOCK_DGRAM : SOCK_STREAM;
	int fd;

	if (f->spec.any)
		f->spec.addr = (struct addr){ .family = 6 };
	fd = side_socket(&f->relay->listen,
			 f->spec.addr.family == 6 ? AF_INET6 : AF_INET, type);
	if (fd >= 0 || !f->spec.any || fd != -EAFNOSUPPORT)
		return fd;
	f->spec.addr.family = 4;
	return side_socket(&f->relay->listen, AF_INET, type);
}

static int listen_options(const struct forward *f, int fd)
{
	int on = 1, v6only = !f->spec.any;

	if (f->spec.addr.family == 6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only)) <
		    0)
		return -errno;
	if (!f->spec.udp &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -errno;
	return 0;
}

static int listen_open(struct forward *f)
{
	struct sockaddr_storage addr;
	socklen_t len;
	int r;

	f->fd = listen_socket(f);
	if (f->fd < 0)
		return f->fd;
	r = listen_options(f, f->fd);
	if (r < 0)
		return r;
	len = side_sockaddr(&f->spec.addr, f->spec.port, &addr);
	if (bind(f->fd, (struct sockaddr *)&addr, len) < 0)
		return -errno;
	if (f->spec.udp)
		r = udp_init(f);
	else if (listen(f->fd, SOMAXCONN) < 0)
		r = -errno;
	if (r < 0)
		return r;
	f->watch.ready = f->spec.udp ? udp_ready : tcp_ready;
	return loop_add(&f->relay->loop, f->fd, EPOLLIN, &f->watch);
}

int forward_listen(struct forward *f)
{
	char where[FORWARD_LISTEN_SIZE];
	int r = listen_open(f);

	if (r == 0)
		return 0;
	forward_listen_format(&f->spec, where);
	if (!f->relay->loop.ended)
		cli_error("forward: cannot listen on %s: %s", where,
			  strerror(-r));
	return r;
}
