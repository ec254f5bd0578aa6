/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outer.c - the process that stays outside
 */
#include "runnsctl/unshare/outer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "lib/sys/ns.h"
#include "runnsctl/forward/channel.h"
#include "runnsctl/unshare/fds.h"
#include "runnsctl/unshare/mark.h"

enum outer_what { OUTER_MAP, OUTER_NETWORK, OUTER_STAY };

/**
 * struct outer_ask - what comes from inside, with descriptors
 * @flags:	of namespaces_pack()
 * @dev:	of the mount namespace
 * @ino:	of the mount namespace
 */
struct outer_ask {
	int32_t what;
	int32_t flags;
	uint64_t dev;
	uint64_t ino;
};

/** struct outer_answer - how it went; a message has been written by then */
struct outer_answer {
	int32_t error;
	char resolv[NETWORK_RESOLV_MAX];
};

/* --- outside -------------------------------------------------------------- */

/**
 * struct outside - the process's own
 * @socket:	to the one inside
 * @end:	as long as the other end is open, engines run
 * @mark:	polls when the namespaces are gone, or -1
 * @inner:	the process inside
 * @instance:	that is to be kept, or NULL
 * @dev:	of its mount namespace
 * @ino:	of its mount namespace
 */
struct outside {
	int socket;
	int end;
	int mark;
	pid_t inner;
	const struct ids *ids;
	struct network network;
	const struct ports *ports;
	struct publish publish;
	struct instance *instance;
	uint64_t dev;
	uint64_t ino;
};

/* Return: 0, or -errno after a message. */
static int publish_ports(struct outside *o)
{
	for (size_t i = 0; i < o->ports->n; i++) {
		const struct forward_spec *spec = &o->ports->list[i];
		char text[PUBLISH_TEXT_SIZE];
		int r = publish_add(&o->publish, spec);

		publish_format(spec, text);
		if (r < 0)
			return log_errno(r, "unshare: -p %s", text);
	}
	return 0;
}

static int start_network(struct outside *o, const int *fds, size_t n,
			 struct outer_answer *answer)
{
	if (n != 2)
		return -EPROTO;
	o->network.userns = fds[0];
	o->network.netns = fds[1];
	o->network.end = o->end;
	if (o->network.kind->start)
		answer->error = o->network.kind->start(&o->network);
	memcpy(answer->resolv, o->network.resolv, sizeof(answer->resolv));
	/* Kept, for ports that are published later. */
	o->publish.userns = fds[0];
	o->publish.netns = fds[1];
	o->publish.end = o->end;
	if (answer->error == 0)
		answer->error = publish_ports(o);
	return 0;
}

static int stay(struct outside *o, const struct outer_ask *ask, const int *fds,
		size_t n)
{
	struct namespaces ns;
	int r;

	if (n < 1)
		return -EPROTO;
	o->mark = fds[0];
	r = namespaces_unpack(&ns, fds + 1, n - 1, ask->flags);
	if (r < 0)
		return r;
	if (o->instance)
		o->instance->ns = ns;
	else
		namespaces_close(&ns);
	o->dev = ask->dev;
	o->ino = ask->ino;
	return 1;
}

/* Return: 0 to go on, 1 if nothing more will be asked, or -errno. */
static int answer_one(struct outside *o)
{
	struct outer_answer answer = { 0 };
	struct outer_ask ask;
	int fds[CHANNEL_FDS_MAX];
	size_t n;
	int r = channel_recv(o->socket, &ask, sizeof(ask), fds, &n);

	if (r < 0)
		return r;
	if (ask.what == OUTER_MAP)
		answer.error = ids_map_auto(o->ids, o->inner);
	else if (ask.what == OUTER_NETWORK)
		r = start_network(o, fds, n, &answer);
	else
		r = stay(o, &ask, fds, n);
	if (r >= 0 &&
	    channel_send(o->socket, &answer, sizeof(answer), NULL, 0) < 0)
		r = -EPIPE;
	return r;
}

/* Nothing of the caller's is kept open but what messages go to. */
static int detach(const struct outside *o)
{
	const struct instance *i = o->instance;
	const int kept[] = { o->socket, i ? i->dir : -1, i ? i->lock : -1,
			     i ? i->control : -1 };
	int r = fds_standard_null(STDIN_FILENO, STDOUT_FILENO);

	if (r == 0)
		r = fds_keep_only(kept, ARRAY_SIZE(kept));
	if (r == 0 && (setsid() < 0 || chdir("/") < 0))
		r = -errno;
	return r;
}

static void await_end(struct outside *o)
{
	struct pollfd wait = { .fd = o->mark, .events = POLLIN };

	if (o->instance) {
		instance_serve(o->instance, &(struct instance_inside){
						    .pid = o->inner,
						    .dev = o->dev,
						    .ino = o->ino,
						    .mark = o->mark,
						    .publish = &o->publish });
		return;
	}
	while (poll(&wait, 1, -1) < 0 && errno == EINTR)
		;
}

/* Return: 0 when the namespaces are gone, or -errno. */
static int outside_run(struct outside *o)
{
	const struct sigaction normal = { .sa_handler = SIG_DFL };
	int pipe[2];
	int r = detach(o);

	if (r == 0 && (sigaction(SIGCHLD, &normal, NULL) < 0 ||
		       pipe2(pipe, O_CLOEXEC) < 0))
		r = -errno;
	if (r < 0)
		return log_errno(r, "unshare: cannot stay outside");
	o->end = pipe[0];
	do
		r = answer_one(o);
	while (r == 0);
	if (r == 1)
		r = fds_standard_null(STDERR_FILENO, STDERR_FILENO);
	if (r < 0)
		return r;
	await_end(o);
	return 0;
}

static void outside(int socket, const struct unshare_request *request,
		    pid_t inner)
{
	struct instance instance = request->instance;
	struct outside o = { .socket = socket,
			     .mark = -1,
			     .inner = inner,
			     .ids = &request->ids,
			     .network = request->network,
			     .ports = &request->ports,
			     .instance = request->is_named ? &instance : NULL };
	int r = outside_run(&o);

	if (r < 0 && o.instance)
		instance_remove(o.instance);
	_exit(r < 0);
}

/* --- inside --------------------------------------------------------------- */

int outer_start(struct outer *outer, const struct unshare_request *request)
{
	pid_t inner = getpid();
	int ends[2];
	pid_t pid;

	outer->socket = -1;
	outer->stays = request->network.kind->start || request->ports.n ||
		       request->is_named;
	if (!outer->stays && !request->ids.is_auto)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return log_errno(-errno, "unshare: socketpair");
	pid = fork();
	if (pid < 0)
		return log_errno(-errno, "unshare: fork");
	if (pid == 0) {
		close(ends[0]);
		/* The program must not find a child that it never had. */
		if (fork() == 0)
			outside(ends[1], request, inner);
		_exit(0);
	}
	close(ends[1]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	outer->socket = ends[0];
	return 0;
}

/* Return: 0 with an answer, or -errno. */
static int ask(const struct outer *outer, const struct outer_ask *words,
	       const int *fds, size_t n, struct outer_answer *answer)
{
	int none[CHANNEL_FDS_MAX];
	int r = channel_send(outer->socket, words, sizeof(*words), fds, n);

	if (r == 0)
		r = channel_recv(outer->socket, answer, sizeof(*answer), none,
				 &n);
	return r;
}

int outer_map(const struct outer *outer)
{
	const struct outer_ask words = { .what = OUTER_MAP };
	struct outer_answer answer;
	int r = ask(outer, &words, NULL, 0, &answer);

	if (r < 0)
		return log_errno(r, "unshare: no map of ids");
	return answer.error;
}

int outer_network(const struct outer *outer, struct network *network)
{
	const struct outer_ask words = { .what = OUTER_NETWORK };
	_cleanup_close_ int userns = -1;
	_cleanup_close_ int netns = -1;
	struct outer_answer answer = { 0 };
	int r;

	if (!outer->stays)
		return 0;
	userns = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	if (userns < 0)
		return log_errno(-errno, "unshare: /proc/self/ns/user");
	netns = ns_open_self(NS_NET);
	if (netns < 0)
		return log_errno(netns, "unshare: /proc/self/ns/net");
	r = ask(outer, &words, (int[]){ userns, netns }, 2, &answer);
	if (r < 0)
		return log_errno(r, "unshare: no network %s",
				 network->kind->name);
	if (answer.error)
		return answer.error;
	memcpy(network->resolv, answer.resolv, sizeof(network->resolv));
	return 0;
}

static int ask_to_stay(const struct outer *outer, int mark, int dir,
		       const struct namespaces *ns)
{
	struct outer_ask words = { .what = OUTER_STAY };
	struct outer_answer answer;
	int fds[1 + NAMESPACES_MAX] = { mark };
	struct stat st;
	size_t n;
	int flags;

	if (fstatat(dir, "mnt", &st, 0) < 0)
		return -errno;
	n = namespaces_pack(ns, fds + 1, &flags);
	words.flags = flags;
	words.dev = st.st_dev;
	words.ino = st.st_ino;
	return ask(outer, &words, fds, 1 + n, &answer);
}

int outer_stay(const struct outer *outer, int dir, int flags)
{
	_cleanup_close_ int mark = -1;
	struct namespaces ns;
	int r;

	if (!outer->stays)
		return 0;
	mark = mark_place();
	if (mark < 0)
		return log_errno(mark, "unshare: cannot mark the namespace");
	r = namespaces_open_self(&ns, dir, flags & ~CLONE_NEWNS);
	if (r == 0)
		r = ask_to_stay(outer, mark, dir, &ns);
	namespaces_close(&ns);
	return r < 0 ? log_errno(r, "unshare: nobody stays outside") : 0;
}
