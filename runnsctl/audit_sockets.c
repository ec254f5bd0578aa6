/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit_sockets.c - processes inside that talk with programs outside
 *
 * By UNIX sockets, which know no walls between networks: the bus, X11, agents,
 * resolvers.  A desktop could not do without most of them, so they are looked
 * for only where that is asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"
#include "runnsctl/audit.h"
#include "runnsctl/unix_sockets.h"

enum { TOLD_MAX = 32 };

/**
 * struct sockets - a process that is looked at
 * @inside:	sockets of its network
 * @hosts:	those of the host
 * @told:	names that were reported of it already
 */
struct sockets {
	struct audit *audit;
	const struct place *place;
	const struct proc_row *row;
	struct unix_sockets inside;
	const struct unix_sockets *hosts;
	int fds;
	const char *told[TOLD_MAX];
	size_t n_told;
};

/* Is it a thing that names are looked up by?  Then it matters most. */
static const char *what_is(const char *name)
{
	static const struct {
		const char *part;
		const char *what;
	} known[] = {
		{ "/nscd/", "a resolver" },
		{ "/systemd/resolve/", "a resolver" },
		{ "/sss/pipes/", "a resolver" },
		{ "/dbus/system_bus_socket", "the system bus" },
		{ "/bus", "a user's bus" },
		{ "/.X11-unix/", "an X11 display" },
		{ "/wayland-", "a Wayland display" },
		{ "agent", "an agent" },
		{ "/dev-log", "the log" },
		{ "/dev/log", "the log" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (strstr(name, known[i].part))
			return known[i].what;
	return "a program";
}

static bool was_told(struct sockets *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_told; i++)
		if (strcmp(s->told[i], name) == 0)
			return true;
	if (s->n_told < TOLD_MAX)
		s->told[s->n_told++] = name;
	return false;
}

static void report(struct sockets *s, const struct unix_socket *peer)
{
	const struct finding finding = {
		.check = "sockets",
		.why = "what that program does for it, it does with the "
		       "network that it is in itself",
		.mend = "hide the socket's directory from the network's "
			"members, or start such a program inside, where that "
			"matters",
		.process = s->row,
		.expected = s->place->name,
	};
	char name[4 * UNIX_NAME_SIZE] = "a socket without a name";

	if (peer->name[0])
		log_escape(name, sizeof(name), peer->name,
			   strlen(peer->name));
	audit_report(s->audit, &finding,
		     "process %d (%s) of %s in %s is connected with %s "
		     "outside: %s", (int)s->row->pid, s->row->name,
		     users_name(&s->audit->users, s->row->uid), s->place->name,
		     what_is(peer->name), name);
}

/* The other end, if the host's program has it. */
static const struct unix_socket *find_outside(const struct sockets *s,
					      uint32_t ino)
{
	const struct unix_socket *peer = unix_sockets_find(&s->inside, ino);

	if (!peer)
		return unix_sockets_find(s->hosts, ino);
	if (!peer->name[0] || unix_sockets_listens(&s->inside, peer->name) ||
	    !unix_sockets_listens(s->hosts, peer->name))
		return NULL;
	return peer;
}

static int look_at_fd(void *ctx, const char *name)
{
	struct sockets *s = ctx;
	const struct unix_socket *own, *peer;
	char text[64];
	ssize_t len = readlinkat(s->fds, name, text, sizeof(text) - 1);
	uint64_t ino;

	if (len < 10 || memcmp(text, "socket:[", 8) != 0 ||
	    num_parse(text + 8, (size_t)len - 9, UINT32_MAX, &ino) < 0)
		return 0;
	own = unix_sockets_find(&s->inside, (uint32_t)ino);
	peer = own && own->peer ? find_outside(s, own->peer) : NULL;
	if (peer && !was_told(s, peer->name))
		report(s, peer);
	return 0;
}

static void look_at(struct sockets *s)
{
	char path[32];
	_cleanup_close_ int fds = -1;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)s->row->pid);
	fds = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->fds = fds;
	s->n_told = 0;
	/* It may have ended. */
	if (fds >= 0 && file_each(fds, look_at_fd, s) < 0)
		audit_unseen(s->audit, "descriptors of process %d",
			     (int)s->row->pid);
}

/* Root's own are where he put them. */
static bool is_asked(const struct audit *a, const struct proc_row *row)
{
	const char *user = users_name(&a->users, row->uid);

	return (row->uid != 0 || a->n_names) && user && audit_asked(a, user);
}

static void look_into(struct audit *a, const struct place *place,
		      const struct unix_sockets *hosts)
{
	struct sockets s = { .audit = a, .place = place, .hosts = hosts };
	bool read = false;
	int err = 0;
	size_t i;

	for (i = 0; i < a->procs.n && err == 0; i++) {
		s.row = &a->procs.list[i];
		if (s.row->net != place->net || !is_asked(a, s.row))
			continue;
		if (!read)
			err = unix_sockets_read(place->fd, &s.inside);
		read = true;
		if (err == 0)
			look_at(&s);
	}
	if (err)
		audit_unseen(a, "sockets of %s: %s", place->name,
			     strerror(-err));
	unix_sockets_free(&s.inside);
}

void audit_sockets(struct audit *a)
{
	const struct place *end = a->places.list + a->places.n, *place;
	_cleanup_close_ int host = ns_open_host(NS_NET);
	struct unix_sockets hosts;
	int err;

	if (!a->with_sockets)
		return;
	err = !a->places.all ? -EPERM :
	      host < 0	     ? host : unix_sockets_read(host, &hosts);
	if (err) {
		audit_unseen(a, "sockets that reach outside: %s",
			     strerror(-err));
		return;
	}
	for (place = a->places.list; place < end; place++) {
		/* Of several names, the first. */
		if (place > a->places.list && place[-1].net == place->net)
			continue;
		if (place->net != a->places.host)
			look_into(a, place, &hosts);
	}
	unix_sockets_free(&hosts);
}
