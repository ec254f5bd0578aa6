/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.c - one client of the socket service, in a process of its own
 *
 * Nothing that the client sends, or does not send, delays anybody else.  Once
 * the program has been started the worker, too, becomes the client for good:
 * the kernel then decides which signals he may send, and to whom.
 */
#include "helper/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <syslog.h>

#include "helper/attend.h"
#include "helper/confine.h"
#include "helper/likeness.h"
#include "helper/spawn.h"
#include "lib/policy/proto.h"
#include "lib/sys/ask.h"
#include "lib/sys/peer.h"
#include "lib/sys/wire.h"

enum { REQUEST_MS = 5000, STOP_MS = 10000 };

static int tell(const struct worker *w, const char *text)
{
	struct proto_message m = { .kind = PROTO_TEXT, .len = strlen(text) };

	memcpy(m.text, text, m.len + 1);
	return wire_send(w->socket, &m, NULL, 0);
}

static int end(const struct worker *w, uint32_t status)
{
	struct proto_message m = { .kind = PROTO_ENDED, .value = status };

	return wire_send(w->socket, &m, NULL, 0) < 0 ? EXIT_FAILURE
						     : EXIT_SUCCESS;
}

/* As wait(2) has the exit status of what RUNNS itself could not do. */
static int fail(const struct worker *w, const char *text)
{
	if (tell(w, text) < 0)
		return EXIT_FAILURE;
	return end(w, 125 << 8);
}

static int refuse(const struct worker *w, const struct peer *peer,
		  const char *why)
{
	char text[PROTO_TEXT_MAX];

	syslog(LOG_NOTICE, "uid %u, pid %d: refused: %s", peer->uid, peer->pid,
	       why);
	snprintf(text, sizeof(text), "refused: %s", why);
	return fail(w, text);
}

/* --- list and stop --------------------------------------------------------- */

static int list(const struct worker *w, const struct peer *peer)
{
	struct proto_message m = { .kind = PROTO_PIDS };

	for (size_t i = 0; i < w->n_slots; i++) {
		const struct slot *slot = &w->slots[i];
		pid_t program = atomic_load(&slot->program);

		if (program <= 0 || (peer->uid != 0 && slot->uid != peer->uid))
			continue;
		m.pids[m.n_pids++] = (uint32_t)program;
		if (m.n_pids < PROTO_PIDS_MAX)
			continue;
		if (wire_send(w->socket, &m, NULL, 0) < 0)
			return EXIT_FAILURE;
		m.n_pids = 0;
	}
	if (m.n_pids > 0 && wire_send(w->socket, &m, NULL, 0) < 0)
		return EXIT_FAILURE;
	return end(w, 0);
}

/* Answers when the service is gone. */
static int stop(const struct worker *w, const struct peer *peer)
{
	_cleanup_close_ int service = -1;

	if (peer->uid != 0)
		return refuse(w, peer, "only root may stop the service");
	service = (int)syscall(SYS_pidfd_open, w->service, 0);
	/* Else it has ended, and the pid may be another's. */
	if (service < 0 || getppid() != w->service)
		return end(w, 0);
	syslog(LOG_NOTICE, "stopped by pid %d", peer->pid);
	if (syscall(SYS_pidfd_send_signal, service, SIGTERM, NULL, 0) < 0 ||
	    ask_wait(service, STOP_MS) < 0)
		return fail(w, "the service does not stop");
	return end(w, 0);
}

/* --- run ------------------------------------------------------------------- */

/*
 * Read whole, once.  What is not a memfd has no seals, and what is sealed no
 * longer changes or waits for anybody.
 *
 * Return: memory that the caller frees, or NULL.
 */
static char *words_load(int fd, size_t *size)
{
	const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	struct stat st;
	char *text;

	if (fd < 0 || (fcntl(fd, F_GET_SEALS) & seals) != seals ||
	    fcntl(fd, F_GET_SEALS) < 0 || fstat(fd, &st) < 0 ||
	    st.st_size <= 0 || st.st_size > PROTO_WORDS_MAX)
		return NULL;
	*size = (size_t)st.st_size;
	text = malloc(*size);
	if (text && pread(fd, text, *size, 0) != (ssize_t)*size) {
		free(text);
		return NULL;
	}
	return text;
}

static int start(const struct worker *w, struct spawn *spawn, int *fds)
{
	struct attend a = { .socket = w->socket, .report = -1 };
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(w, "the service is out of descriptors");
	spawn->report = ends[1];
	a.report = ends[0];
	a.program = spawn_program(spawn);
	close(ends[1]);
	if (a.program < 0)
		return fail(w, "the service cannot start a process");
	atomic_store(&w->slot->program, a.program);
	/* Whoever reads what the program writes waits for its end. */
	for (size_t i = 0; i < PROTO_FDS_MAX; i++)
		base_close(&fds[i]);
	r = likeness_become(spawn->peer);
	if (r < 0) {
		kill(a.program, SIGKILL);
		return fail(w, "the service cannot become you");
	}
	a.detached = spawn->run->flags & PROTO_DETACH;
	return attend_run(&a);
}

static int run_words(const struct worker *w, struct spawn *spawn, int *fds,
		     size_t n_fds)
{
	const struct proto_run *run = spawn->run;
	_cleanup_free_ char **table = NULL;
	_cleanup_free_ char *text = NULL;
	size_t size = 0;

	if (n_fds != proto_fds(run))
		return refuse(w, spawn->peer, "not a request");
	text = words_load(fds[PROTO_FD_WORDS], &size);
	if (!text || proto_strings(run) > size)
		return refuse(w, spawn->peer, "not a request");
	table = calloc(proto_strings(run) + 2, sizeof(*table));
	if (!table)
		return fail(w, "the service is out of memory");
	if (proto_words_read(run, text, size, table, &spawn->words) < 0)
		return refuse(w, spawn->peer, "not a request");
	return start(w, spawn, fds);
}

static int serve(const struct worker *w, const struct peer *peer,
		 const struct proto_message *m, int *fds, size_t n_fds)
{
	struct spawn spawn = {
		.peer = peer,
		.run = &m->run,
		.fds = fds,
	};
	const char *why = confine_differs(peer, w->host);

	if (!why && !peer_lives(peer))
		why = "you have gone";
	if (why)
		return refuse(w, peer, why);
	switch (m->kind) {
	case PROTO_LIST:
		return list(w, peer);
	case PROTO_STOP:
		return stop(w, peer);
	case PROTO_RUN:
		return run_words(w, &spawn, fds, n_fds);
	default:
		return refuse(w, peer, "not a request");
	}
}

int worker_run(const struct worker *w)
{
	int fds[PROTO_FDS_MAX] = { -1, -1, -1, -1, -1 };
	struct proto_message m;
	struct peer peer;
	size_t n_fds = 0;
	int r = ask_wait(w->socket, REQUEST_MS);

	if (r == 0)
		r = wire_receive(w->socket, &m, fds, &n_fds);
	if (r == -EPROTONOSUPPORT)
		return fail(w,
			    "another version of the service runs: restart it");
	if (r == -ECONNRESET)
		return EXIT_FAILURE;
	if (r < 0) {
		syslog(LOG_NOTICE, "uid %u: refused: no request: %s",
		       w->slot->uid, strerror(-r));
		return fail(w, "refused: not a request");
	}
	r = peer_open(w->socket, &peer);
	if (r < 0) {
		syslog(LOG_NOTICE,
		       "uid %u: refused: it cannot be told what "
		       "it is: %s",
		       w->slot->uid, strerror(-r));
		return fail(w, "refused: it cannot be told what you are");
	}
	r = serve(w, &peer, &m, fds, n_fds);
	peer_close(&peer);
	return r;
}
