/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.c - carry forwards out
 *
 * Nothing here has any privilege.  The only thing that needs one, to enter
 * the other namespace, is asked of runns-helper, which asks the map; so a
 * forward leads nowhere that a program of the caller's could not go itself.
 */
#include "runnsctl/forward/run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "runnsctl/forward/relay.h"
#include "runnsctl/runnsctl.h"

enum {
	FDS_WANTED = 65536,
	SIGNAL_MS = 50,
	FDS_KEPT = 96, /* channels, sockets in advance, the library */
};

/* Sets how many descriptors there may be; reports if they are too few. */
static int room_init(struct relay *relay)
{
	struct rlimit limit;
	size_t kept;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		limit.rlim_cur = limit.rlim_max = 1024;
	if (limit.rlim_cur < FDS_WANTED && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < FDS_WANTED ? limit.rlim_max
							     : FDS_WANTED;
		if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
			getrlimit(RLIMIT_NOFILE, &limit);
	}
	relay->pipes.max = limit.rlim_cur / 16 < PIPES_SPARE_MAX
				   ? limit.rlim_cur / 16
				   : PIPES_SPARE_MAX;
	kept = FDS_KEPT + 2 * relay->pipes.max + relay->n_forwards;
	if (limit.rlim_cur < 2 * kept) {
		cli_error("forward: %llu open files are allowed, too few",
			  (unsigned long long)limit.rlim_cur);
		return -EMFILE;
	}
	relay->room = limit.rlim_cur - kept;
	return 0;
}

static void relay_tick(struct loop *loop)
{
	struct relay *relay = LOOP_OWNER(loop, struct relay, loop);

	tcp_tick(relay);
	for (size_t i = 0; i < relay->n_forwards; i++)
		udp_tick(&relay->forwards[i]);
	relay_resume(relay);
}

/* Nothing is ever sent here unasked, so this is its end. */
static void far_ready(struct watch *watch, uint32_t events)
{
	(void)events;
	relay_lost(LOOP_OWNER(watch, struct relay, far_watch));
}

void relay_lost(struct relay *relay)
{
	/* A signal that was sent to both of us gets here a moment later. */
	if (relay->loop.ended ||
	    loop_await(&relay->loop, -1, SIGNAL_MS) == -EINTR)
		return;
	cli_error("forward: the end in the other network is gone");
	loop_end(&relay->loop, EXIT_FAILED);
}

static int relay_forwards(struct relay *relay,
			  const struct forward_request *request)
{
	for (size_t i = 0; i < request->n; i++) {
		struct forward *f = &relay->forwards[i];
		struct addr addr;
		int r;

		f->relay = relay;
		f->spec = request->specs[i];
		f->index = (uint32_t)i;
		f->fd = -1;
		if (addr_parse((struct slice){ f->spec.host,
					       strlen(f->spec.host) },
			       &addr) == 0) {
			f->host = HOST_KNOWN;
			f->host_until_ms = UINT64_MAX;
			f->addrs[0] = addr;
			f->n_addrs = 1;
		}
		r = forward_listen(f);
		if (r < 0)
			return r;
	}
	return 0;
}

static void end_ready(struct watch *watch, uint32_t events)
{
	(void)events;
	loop_end(&LOOP_OWNER(watch, struct relay, end_watch)->loop, EXIT_OK);
}

static void report(const struct forward_request *request, int err)
{
	if (request->report)
		request->report(request->far.ctx, err);
}

static void say_ready(const struct forward_request *request)
{
	const char *netns = request->far.netns ? request->far.netns :
						 "the network";
	char where[FORWARD_LISTEN_SIZE];

	for (size_t i = 0; i < request->n; i++) {
		const struct forward_spec *s = &request->specs[i];
		bool brackets = strchr(s->host, ':') != NULL;

		forward_listen_format(s, where);
		cli_error("forwarding %s%s%s to %s%s%s%s%s:%u%s",
			  request->reverse ? netns : "",
			  request->reverse ? " " : "", where,
			  request->reverse ? "" : netns,
			  request->reverse ? "" : " ", brackets ? "[" : "",
			  s->host, brackets ? "]" : "", s->host_port,
			  s->udp ? "/udp" : "");
	}
}

static int relay_run(struct relay *relay, const struct forward_request *request)
{
	struct side *far = request->reverse ? &relay->listen : &relay->connect;
	int r;

	relay->far_watch.ready = far_ready;
	relay->names_watch.ready = names_ready;
	r = loop_add(&relay->loop, far->sockets, EPOLLRDHUP, &relay->far_watch);
	if (r == 0)
		r = loop_add(&relay->loop, relay->connect.names, EPOLLIN,
			     &relay->names_watch);
	relay->end_watch.ready = end_ready;
	if (r == 0 && request->end)
		r = loop_add(&relay->loop, *request->end, EPOLLIN,
			     &relay->end_watch);
	if (r < 0) {
		cli_error("forward: %s", strerror(-r));
		return EXIT_FAILED;
	}
	r = relay_forwards(relay, request);
	report(request, r);
	if (r < 0)
		return relay->loop.ended ? relay->loop.status : EXIT_FAILED;
	if (request->verbose)
		say_ready(request);
	r = loop_run(&relay->loop);
	if (r >= 0)
		return r;
	cli_error("forward: %s", strerror(-r));
	return EXIT_FAILED;
}

static int sides_open(struct relay *relay,
		      const struct forward_request *request, pid_t *pid)
{
	struct side *far = request->reverse ? &relay->listen : &relay->connect;
	struct side *near = request->reverse ? &relay->connect : &relay->listen;
	int r;

	r = side_near(near, &relay->loop);
	if (r == 0)
		r = side_far(far, &relay->loop, &request->far, pid);
	return r;
}

/* It keeps nothing, so it need not be asked. */
static void far_stop(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Reports why the far end could not be started. */
static int relay_start(struct relay *relay,
		       const struct forward_request *request, pid_t *pid)
{
	int r = sides_open(relay, request, pid);

	if (r == 0)
		return relay_run(relay, request);
	if (r == -EINTR)
		return EXIT_OK;
	cli_error("forward: %s",
		  r == -EPIPE ? "the other network could not be entered"
			      : strerror(-r));
	return EXIT_FAILED;
}

int forward_run(const struct forward_request *request)
{
	struct relay relay = { .verbose = request->verbose };
	_cleanup_free_ struct forward *forwards = NULL;
	int status = EXIT_FAILED;
	pid_t pid = -1;
	int r;

	forwards = calloc(request->n, sizeof(*forwards));
	r = forwards ? loop_init(&relay.loop) : -ENOMEM;
	if (r < 0) {
		cli_error("forward: %s", strerror(-r));
		return EXIT_FAILED;
	}
	relay.loop.tick = relay_tick;
	relay.forwards = forwards;
	relay.n_forwards = request->n;
	if (room_init(&relay) == 0)
		status = relay_start(&relay, request, &pid);
	far_stop(pid);
	loop_close(&relay.loop);
	return status;
}
