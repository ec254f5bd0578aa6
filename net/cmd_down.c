/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_down.c - take networks down: what `up` made, and nothing else
 *
 * The name goes first, so that nobody can enter any more; then it is looked
 * once more whether somebody did in the meantime.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/session/usage.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"
#include "net/bin.h"
#include "net/build.h"
#include "net/cmd.h"
#include "net/crew.h"
#include "net/hook.h"
#include "net/leftover.h"
#include "net/linger.h"
#include "net/veth_user.h"
#include "net/vpn_start.h"

enum {
	DOWN_NAMED = 10,	/* processes named in a message */
	DOWN_TERM_MS = 5000,	/* between TERM and KILL */
	DOWN_KILL_MS = 2000,
	DOWN_POLL_US = 20000,
};

/**
 * struct down_look - who is inside?
 * @ns:		the network's namespace
 * @helper:	what looks after its VPN, and enters for a moment; not counted
 * @program:	its BIN, which ends with it: nor are those of its session
 */
struct down_look {
	int ns;
	const char *name;
	pid_t helper;
	pid_t program;
};

static bool down_counts(const struct down_look *look, pid_t pid)
{
	return pid != look->helper &&
	       !(look->program && getsid(pid) == look->program);
}

struct down_busy {
	const struct down_look *look;
	struct buf *text;
	unsigned int n;
};

static int down_name(void *ctx, const struct usage_process *p)
{
	struct down_busy *busy = ctx;

	if (!down_counts(busy->look, p->pid))
		return 0;
	if (busy->n++ < DOWN_NAMED)
		buf_addf(busy->text, "%s%d (%s, uid %u)",
			 busy->n > 1 ? ", " : "", (int)p->pid, p->name,
			 (unsigned int)p->uid);
	return 0;
}

/* -EBUSY with the processes named, if there are any. */
static int down_refuse(const struct down_look *look)
{
	BUF(text, 600);
	struct down_busy busy = { .look = look, .text = &text };
	const char *name = look->name;
	int err = usage_walk(look->ns, NS_NET, down_name, &busy);

	if (err)
		return log_errno(err, "cannot look for processes in %s", name);
	if (busy.n == 0)
		return 0;
	return log_errno(-EBUSY, "%s: %u process%s inside: %s%s; end them, "
			 "or use --kill", name, busy.n,
			 busy.n == 1 ? " is" : "es are", text.text,
			 busy.n > DOWN_NAMED ? ", ..." : "");
}

static int down_other(void *ctx, const struct usage_process *p)
{
	const struct down_look *look = ctx;

	return down_counts(look, p->pid);
}

/* 1, 0 or -errno */
static int down_any(const struct down_look *look)
{
	return usage_walk(look->ns, NS_NET, down_other, (void *)look);
}

struct down_signal {
	int ns;
	int signal;
};

/*
 * By descriptor, after a look at who it is: the number may be another's now.
 * A process of the host's with only a thread inside is left alone.
 */
static int down_signal(void *ctx, const struct usage_process *p)
{
	const struct down_signal *s = ctx;
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	_cleanup_close_ int net = -1;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)p->pid);
	net = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && net >= 0 && ns_same(net, s->ns) == 1)
		(void)syscall(SYS_pidfd_send_signal, fd, s->signal, NULL, 0);
	return 0;
}

static int down_signal_all(const struct down_look *look, int signal,
			   int wait_ms)
{
	struct down_signal s = { .ns = look->ns, .signal = signal };
	long long deadline = file_now_ms() + wait_ms;
	int any = usage_walk(look->ns, NS_NET, down_signal, &s);

	while (any == 0) {
		any = down_any(look);
		if (any != 1 || file_now_ms() >= deadline)
			break;
		any = 0;
		usleep(DOWN_POLL_US);
	}
	return any;
}

static int down_kill(const struct down_look *look)
{
	int any = down_any(look);

	if (any == 1)
		any = down_signal_all(look, SIGTERM, DOWN_TERM_MS);
	if (any == 1)
		any = down_signal_all(look, SIGKILL, DOWN_KILL_MS);
	if (any < 0)
		return log_errno(any, "cannot look for processes in %s",
				 look->name);
	return any ? down_refuse(look) : 0;
}

static int down_publish(void *ctx)
{
	return handle_publish(ctx);
}

/* Somebody slipped in between the look and the removal of the name. */
static int down_restore(const struct host *h, int ns, const struct record *r)
{
	int err = build_inside(h, ns, down_publish, (void *)r->name);
	struct bin_seen bin;

	if (err)
		return log_errno(err, "cannot publish %s again", r->name);
	bin_read(h, r->name, &bin);
	if (bin.state[0])
		log_msg(LOG_WARNING, "%s: its program was ended: 'runnsctl up "
			"%s' starts it again", r->name, r->name);
	if (link_kind(r->link)->give_back)
		log_msg(LOG_WARNING, "%s: its device was given back: 'runnsctl "
			"up %s' moves it in again", r->name, r->name);
	return -EBUSY;
}

static int down_unpublish(const struct host *h, const struct down_look *look,
			  const struct record *r, bool kill)
{
	/* A record without a name says enough to whoever finishes this. */
	int err = handle_remove(r->name);

	if (err)
		return log_errno(err, "cannot remove /run/netns/%s", r->name);
	if (kill)
		return down_kill(look);
	if (down_refuse(look))
		return down_restore(h, look->ns, r);
	return 0;
}

static int down_any_child(void *ctx, const char *child)
{
	(void)ctx;
	(void)child;
	return 1;
}

static int down_child(void *ctx, const char *child)
{
	struct buf *text = ctx;

	buf_addf(text, "%s%s", text->len ? ", " : "", child);
	return 0;
}

/* Networks that hang on it would have no way out any more. */
static int down_refuse_children(const struct host *h, const struct record *r)
{
	BUF(text, 600);
	int err = outer_children(h, r->name, r->cookie, down_child, &text);

	if (err)
		return log_errno(err, "cannot look for networks that hang on "
				 "%s", r->name);
	if (!text.len)
		return 0;
	return log_errno(-EBUSY, "%s: networks hang on it: %s; take them down "
			 "first", r->name, text.text);
}

static void down_look(const struct host *h, int ns, const struct record *r,
		      struct down_look *look)
{
	struct bin_seen bin;

	bin_read(h, r->name, &bin);
	*look = (struct down_look){
		.ns = ns, .name = r->name,
		.helper = vpn_supervisor(h, r->name), .program = bin.pid,
	};
}

/* 1: somebody uses it; 0; -errno, logged. */
static int down_in_use(const struct host *h, const struct down_look *look,
		       const struct record *r)
{
	int err = down_any(look);

	if (err == 0)
		err = outer_children(h, r->name, r->cookie, down_any_child,
				     NULL);
	return err < 0 ? log_errno(err, "cannot look for processes in %s",
				   r->name) : err;
}

/* Its own program goes when nobody else is there; what fled from it stays. */
static int down_empty(const struct host *h, struct down_look *look, bool kill)
{
	int err = kill ? down_kill(look) : down_refuse(look);

	if (err == 0)
		err = bin_stop(h, look->name);
	look->program = 0;
	return err;
}

/* A network that stands. */
static int down_standing(const struct host *h, int ns,
			 const struct record *r, bool kill, bool idle_only)
{
	struct down_look look;
	int err;

	down_look(h, ns, r, &look);
	err = idle_only ? down_in_use(h, &look, r) : 0;
	if (err)
		return err < 0 ? err : 0;
	err = down_refuse_children(h, r);
	if (err)
		return err;
	err = down_empty(h, &look, kill);
	/* The name keeps the namespace, and this its device, until then. */
	if (err == 0)
		err = link_kind_give_back(h, r, ns);
	if (err == 0)
		err = down_unpublish(h, &look, r, kill);
	if (err == 0)
		hook_down(h, r, ns);
	if (err == 0)
		err = r->parent[0] ? 0 : leftover_note(r->outside);
	if (err == 0)
		err = build_remove(h, r);
	if (err == 0)
		linger_keep_ns(fcntl(ns, F_DUPFD_CLOEXEC, 3));
	return err;
}

/* Its records were deleted: the device tells what must be known. */
static int down_lost(const struct host *h, int ns, struct record *r,
		     bool kill, bool idle_only)
{
	int err = ns_cookie_of(ns, &r->cookie);

	/* For whoever finishes this if we are killed. */
	if (err == 0)
		err = record_write(h, r);
	if (err)
		log_msg(LOG_DEBUG, "no new record of %s", r->name);
	return down_standing(h, ns, r, kill, idle_only);
}

static int down_not_ours(const char *name)
{
	return log_errno(-EPERM, "%s: RUNNS did not make this namespace and "
			 "leaves it alone; 'ip netns delete %s' removes it",
			 name, name);
}

int down_one(const struct host *h, const char *name, bool kill, bool idle_only)
{
	_cleanup_close_ int ns = handle_open(h->root, name);
	struct record r;
	int recorded = record_read(h, name, &r);
	int ours;

	if (ns < 0 && ns != -ENOENT && ns != -EBADF)
		return host_explain(ns, handle_explain, name);
	if (recorded && recorded != -ENOENT && recorded != -EINVAL)
		return log_errno(recorded, "cannot read the record of %s",
				 name);
	if (recorded == 0 && r.rootless)
		return idle_only ? 0 : veth_user_down(h, &r);
	if (recorded && ns == -ENOENT)
		return gc_one(h, name);
	if (recorded)
		ours = ns < 0 ? -ENOENT : build_find_lost(h, name, ns, &r);
	if (recorded && ours == 0)
		return down_lost(h, ns, &r, kill, idle_only);
	if (recorded)
		return ours == -EBUSY ? ours : down_not_ours(name);
	ours = ns < 0 ? 0 : build_is_ours(&r, ns);
	if (ours < 0)
		return log_errno(ours, "cannot look into %s", name);
	if (ours)
		return down_standing(h, ns, &r, kill, idle_only);
	return ns >= 0 ? down_not_ours(name) : gc_one(h, name);
}

/* Whoever takes those down at the same time may be slower. */
static void down_await_children(const struct host *h, const char *name,
				unsigned int seconds)
{
	long long deadline = file_now_ms() + seconds * 1000LL;
	struct record r;

	while (record_read(h, name, &r) == 0 &&
	       outer_children(h, name, r.cookie, down_any_child, NULL) == 1 &&
	       file_now_ms() < deadline)
		usleep(DOWN_POLL_US);
}

static int down_locked(const struct host *h, const struct options *o,
		       const char *name)
{
	_cleanup_close_ int lock = -1;

	if (!name_is_valid((struct slice){ name, strlen(name) }))
		return log_errno(-EINVAL, "not a name for a network");
	if (o->dry_run) {
		printf("%s: remove the name, the firewall's element, the files "
		       "and the record\n", name);
		return 0;
	}
	if (o->wait)
		down_await_children(h, name, o->wait_s);
	lock = host_lock(h, "net.", name, HOST_LOCK_MS);
	return lock < 0 ? lock : down_one(h, name, o->kill, false);
}

/**
 * struct down_all - all networks, each after those that hang on it
 * @depth:	of the one in question; more than profile_check() lets through
 *		means records that make no sense
 */
struct down_all {
	const struct host *h;
	const struct options *o;
	unsigned int depth;
	bool failed;
};

static int down_each(void *ctx, const char *name)
{
	struct down_all *all = ctx;
	struct record r;

	if (all->depth < PROFILE_PARENTS_MAX &&
	    record_read(all->h, name, &r) == 0) {
		all->depth++;
		if (outer_children(all->h, name, r.cookie, down_each, all) < 0)
			all->failed = true;
		all->depth--;
	}
	if (down_locked(all->h, all->o, name))
		all->failed = true;
	return 0;
}

static int down_member(void *ctx, const char *name)
{
	struct down_all *all = ctx;

	all->failed = false;
	down_each(all, name);
	return all->failed ? -EIO : 0;
}

static int down_add(void *ctx, const char *name)
{
	return crew_add(ctx, name);
}

static int down_all(struct down_all *all)
{
	const struct options *o = all->o;
	struct crew crew = { .h = all->h, .what = "down", .work = down_member,
			     .ctx = all, .quiet = o->quiet || o->dry_run,
			     .in_order = o->dry_run };
	int err = record_each(all->h, down_add, &crew);

	if (err == 0)
		err = crew_run(&crew);
	crew_free(&crew);
	return err;
}

int cmd_down(const struct host *h, const struct options *o, char **names,
	     int n)
{
	struct down_all all = { .h = h, .o = o };
	bool failed = o->all && down_all(&all) != 0;
	int i;

	for (i = 0; i < n; i++) {
		if (down_locked(h, o, names[i]))
			failed = true;
	}
	return failed ? EXIT_FAILED : 0;
}
