/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.c - clients of the socket service, each in a process of its own
 *
 * The one process that all depend on does nothing but count: it reads nothing
 * that a client sends, and never waits for one.
 */
#include "helper/service.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "helper/worker.h"
#include "lib/base/log.h"
#include "lib/sys/peer.h"
#include "lib/sys/wire.h"

enum {
	SLOTS = 1024,	     /* clients at once ... */
	SLOTS_PER_UID = 256, /* ... of one user */
	SLOTS_OF_ROOT = 16,  /* that are kept for root */
	PAUSE_MS = 100,	     /* when the kernel has no more of something */
};

/**
 * struct service - the whole state
 * @used:	slots that are taken
 */
struct service {
	int listener;
	int host;
	int signals;
	struct slot *slots;
	size_t used;
};

static int take_signals(void)
{
	static const int wanted[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP };
	sigset_t set, all;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		sigaddset(&set, wanted[i]);
	sigfillset(&all);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0 || sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		return -errno;
	return fd;
}

/* Return: a slot for one more of his, NULL if there are enough. */
static struct slot *slot_find(const struct service *s, uid_t uid)
{
	size_t his = 0, limit = uid == 0 ? SLOTS : SLOTS_PER_UID;
	struct slot *room = NULL;

	if (uid != 0 && s->used >= SLOTS - SLOTS_OF_ROOT)
		return NULL;
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &s->slots[i];

		if (!slot->worker)
			room = room ? room : slot;
		else if (slot->uid == uid)
			his++;
	}
	return his < limit ? room : NULL;
}

static void refuse_busy(int socket)
{
	const struct proto_message m = { .kind = PROTO_BUSY };

	if (wire_send(socket, &m, NULL, 0) < 0)
		return;
}

static int become_worker(const struct service *s, struct slot *slot, int socket,
			 pid_t service)
{
	const struct worker w = {
		.socket = socket,
		.host = s->host,
		.slots = s->slots,
		.n_slots = SLOTS,
		.slot = slot,
		.service = service,
	};

	/* Else the socket would seem to be served when the service is gone. */
	close(s->listener);
	close(s->signals);
	return worker_run(&w);
}

static void serve(struct service *s, int socket)
{
	pid_t service = getpid();
	struct slot *slot;
	uid_t uid;
	pid_t pid;

	if (peer_uid(socket, &uid) < 0)
		return;
	slot = slot_find(s, uid);
	if (!slot) {
		refuse_busy(socket);
		return;
	}
	slot->uid = uid;
	atomic_store(&slot->program, 0);
	pid = fork();
	if (pid == 0)
		_exit(become_worker(s, slot, socket, service));
	if (pid < 0) {
		refuse_busy(socket);
		return;
	}
	slot->worker = pid;
	s->used++;
}

static void accept_one(struct service *s)
{
	_cleanup_close_ int socket =
		accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);

	if (socket >= 0) {
		serve(s, socket);
		return;
	}
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	log_errno(-errno, "accept");
	poll(NULL, 0, PAUSE_MS);
}

static void reap(struct service *s)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		for (size_t i = 0; i < SLOTS; i++) {
			if (s->slots[i].worker != pid)
				continue;
			s->slots[i].worker = 0;
			atomic_store(&s->slots[i].program, 0);
			s->used--;
		}
	}
}

/* Return: whether one says stop. */
static bool read_signals(struct service *s)
{
	struct signalfd_siginfo info;
	bool stop = false;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		stop = stop || info.ssi_signo != SIGCHLD;
	reap(s);
	return stop;
}

static int loop(struct service *s)
{
	struct pollfd p[] = { { s->signals, POLLIN, 0 },
			      { s->listener, POLLIN, 0 } };

	for (;;) {
		if (poll(p, ARRAY_SIZE(p), -1) < 0 && errno != EINTR)
			return log_errno(-errno, "poll");
		if (p[0].revents && read_signals(s))
			return 0;
		if (p[1].revents)
			accept_one(s);
	}
}

int service_run(int listener, int host)
{
	struct service s = { .listener = listener, .host = host };
	size_t size = SLOTS * sizeof(*s.slots);

	s.slots = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s.slots == MAP_FAILED)
		return log_errno(-errno, "no memory for clients");
	s.signals = take_signals();
	return s.signals < 0 ? log_errno(s.signals, "signals") : loop(&s);
}
