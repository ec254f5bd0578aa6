/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * publish.c - ports of the host that lead to programs inside
 */
#include "runnsctl/unshare/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "runnsctl/forward/run.h"
#include "runnsctl/unshare/fds.h"

enum { SPEC_SIZE = 400 };

/* Where programs inside listen. */
static const char inside_host[] = "127.0.0.1";

const char *publish_parse(const char *text, struct forward_spec *spec)
{
	const char *last = strrchr(text, ':');
	BUF(full, SPEC_SIZE);

	if (!last)
		return "is not [ADDR:]HOST:PORT[/tcp|/udp]";
	buf_add(&full, text, (size_t)(last - text));
	buf_addf(&full, ":%s%s", inside_host, last);
	if (buf_status(&full) < 0)
		return "is too long";
	return forward_parse((struct slice){ full.text, full.len }, spec);
}

void publish_format(const struct forward_spec *spec,
		    char out[PUBLISH_TEXT_SIZE])
{
	char where[FORWARD_LISTEN_SIZE];

	forward_listen_format(spec, where);
	snprintf(out, PUBLISH_TEXT_SIZE, "%s:%u/%s", where, spec->host_port,
		 spec->udp ? "udp" : "tcp");
}

/* --- who carries it --------------------------------------------------------- */

/** struct carrier - its descriptors */
struct carrier {
	int userns;
	int netns;
	int end;
	int ready;
};

/* All others belong to who keeps the namespaces, and end things when closed. */
static int keep_own(const struct carrier *c)
{
	const int kept[] = { c->userns, c->netns, c->end, c->ready };

	return fds_keep_only(kept, ARRAY_SIZE(kept));
}

/*
 * Whoever is root inside could trace a process of that user namespace, and
 * this one has the host's files: unless it cannot be dumped (ptrace(2)).
 */
static int enter(const void *ctx)
{
	const struct carrier *c = ctx;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    setns(c->userns, CLONE_NEWUSER) < 0 ||
	    setns(c->netns, CLONE_NEWNET) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return fds_keep_only(NULL, 0);
}

static void report(const void *ctx, int err)
{
	const struct carrier *c = ctx;

	/* Nobody waits: then its end is near as well. */
	if (write(c->ready, &err, sizeof(err)) < 0)
		return;
	close(c->ready);
}

static void carry(const struct forward_spec *spec, const struct carrier *c)
{
	const struct forward_request request = {
		.far = { .enter = enter, .ctx = c },
		.end = &c->end,
		.report = report,
		.specs = spec,
		.n = 1,
	};

	/* Who asked for it reports what fails. */
	log_set_sink(NULL);
	_exit(keep_own(c) < 0 ? 1 : forward_run(&request));
}

/* --- all of them ------------------------------------------------------------ */

static bool is_same(const struct forward_spec *a, const struct forward_spec *b)
{
	char one[PUBLISH_TEXT_SIZE], other[PUBLISH_TEXT_SIZE];

	publish_format(a, one);
	publish_format(b, other);
	return strcmp(one, other) == 0;
}

static struct port *find(struct publish *p, const struct forward_spec *spec)
{
	for (size_t i = 0; i < p->n; i++) {
		if (is_same(&p->ports[i].spec, spec))
			return &p->ports[i];
	}
	return NULL;
}

static void forget(struct publish *p, struct port *port)
{
	*port = p->ports[--p->n];
}

static void end_carrier(pid_t pid)
{
	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Return: what report() was told, or -errno. */
static int await_report(int ready)
{
	int err;
	ssize_t n;

	do
		n = read(ready, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(err) ? err : -ECONNABORTED;
}

int publish_add(struct publish *p, const struct forward_spec *spec)
{
	struct carrier c = { .userns = p->userns,
			     .netns = p->netns,
			     .end = p->end };
	int ready[2];
	pid_t pid;
	int r;

	publish_reap(p);
	if (find(p, spec))
		return -EEXIST;
	if (p->n == PUBLISH_MAX)
		return -E2BIG;
	if (pipe2(ready, O_CLOEXEC) < 0)
		return -errno;
	c.ready = ready[1];
	pid = fork();
	if (pid == 0)
		carry(spec, &c);
	close(ready[1]);
	r = pid < 0 ? -errno : await_report(ready[0]);
	close(ready[0]);
	if (r == 0)
		p->ports[p->n++] = (struct port){ *spec, pid };
	else if (pid > 0)
		end_carrier(pid);
	return r;
}

int publish_remove(struct publish *p, const struct forward_spec *spec)
{
	struct port *port = find(p, spec);

	if (!port)
		return -ENOENT;
	end_carrier(port->pid);
	forget(p, port);
	return 0;
}

void publish_reap(struct publish *p)
{
	size_t i = 0;

	while (i < p->n) {
		if (waitpid(p->ports[i].pid, NULL, WNOHANG) == 0)
			i++;
		else
			forget(p, &p->ports[i]);
	}
}
