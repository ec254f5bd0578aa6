/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keeper.c - who passes the namespaces of an instance on
 *
 * The keeper holds descriptors of all namespaces but one: with a descriptor of
 * the mount namespace it would never be gone.  For each who joins it opens
 * that one anew, by some process inside or with a descriptor.  A process is told to be inside by
 * its mount namespace alone, and that one to be ours by the user namespace
 * that owns it, which we hold and which therefore is never another one.
 */
#include "runnsctl/unshare/instance.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/base/buf.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"
#include "runnsctl/forward/channel.h"
#include "runnsctl/unshare/control.h"

enum { PATH_SIZE = 40, ASK_MS = 1000 };

/**
 * struct keeper - the keeper's own
 * @dev:	of the mount namespace
 * @ino:	of the mount namespace
 * @inside:	pidfd of the process in child_pid, or -1
 * @pid:	its number
 * @publish:	ports that lead inside
 */
struct keeper {
	struct instance *instance;
	uint64_t dev;
	uint64_t ino;
	int inside;
	pid_t pid;
	struct publish *publish;
};

static bool is_ours(const struct keeper *k, int mnt)
{
	_cleanup_close_ int owner = -1;
	struct stat st;

	if (fstat(mnt, &st) < 0 || st.st_dev != k->dev || st.st_ino != k->ino)
		return false;
	owner = ioctl(mnt, NS_GET_USERNS);
	return owner >= 0 &&
	       ns_same(owner, k->instance->ns.fd[NAMESPACE_USER]) == 1;
}

/* Return: the mount namespace of @pid if it is ours, else -ESRCH. */
static int open_mnt(const struct keeper *k, pid_t pid)
{
	_cleanup_close_ int mnt = -1;
	BUF(path, PATH_SIZE);

	buf_addf(&path, "/proc/%d/ns/mnt", (int)pid);
	mnt = open(path.text, O_RDONLY | O_CLOEXEC);
	return mnt >= 0 && is_ours(k, mnt) ? TAKE_FD(mnt) : -ESRCH;
}

static void note_pid(struct keeper *k)
{
	BUF(line, PATH_SIZE);

	buf_addf(&line, "%d\n", (int)k->pid);
	/* For people and nsenter(1) only. */
	if (file_replace(k->instance->dir, "child_pid", 0600, line.text,
			 line.len) < 0)
		unlinkat(k->instance->dir, "child_pid", 0);
}

/* The process that has the number now, which may be ours no more. */
static int take_inside(struct keeper *k, pid_t pid)
{
	_cleanup_close_ int inside = (int)syscall(SYS_pidfd_open, pid, 0);
	int mnt = inside < 0 ? -ESRCH : open_mnt(k, pid);

	if (mnt < 0)
		return mnt;
	base_close(&k->inside);
	k->inside = TAKE_FD(inside);
	k->pid = pid;
	note_pid(k);
	return mnt;
}

/* Return: what @try gives for the first process that it succeeds for. */
static int search(struct keeper *k, int (*try)(struct keeper *k, pid_t pid))
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int mnt = -ESRCH;

	if (!proc)
		return -errno;
	while (mnt < 0 && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			mnt = try(k, atoi(entry->d_name));
	closedir(proc);
	return mnt;
}

/* A descriptor of the mount namespace that a process outside holds. */
static int take_held(struct keeper *k, pid_t pid)
{
	const struct dirent *entry;
	BUF(path, PATH_SIZE);
	int mnt = -ESRCH;
	struct stat st;
	DIR *fds;

	buf_addf(&path, "/proc/%d/fd", (int)pid);
	fds = opendir(path.text);
	if (!fds)
		return -ESRCH;
	while (mnt < 0 && (entry = readdir(fds))) {
		/* Nothing else is opened: it could be a device, or block. */
		if (fstatat(dirfd(fds), entry->d_name, &st, 0) < 0 ||
		    st.st_dev != k->dev || st.st_ino != k->ino)
			continue;
		mnt = openat(dirfd(fds), entry->d_name, O_RDONLY | O_CLOEXEC);
		if (mnt >= 0 && !is_ours(k, mnt)) {
			close(mnt);
			mnt = -ESRCH;
		}
	}
	closedir(fds);
	return mnt;
}

/* Return: the mount namespace; -ESRCH if nobody is to be seen inside. */
static int find_mnt(struct keeper *k)
{
	int mnt = k->inside >= 0 ? open_mnt(k, k->pid) : -ESRCH;

	if (mnt >= 0 &&
	    syscall(SYS_pidfd_send_signal, k->inside, 0, NULL, 0) == 0)
		return mnt;
	base_close(&mnt);
	mnt = search(k, take_inside);
	return mnt >= 0 ? mnt : search(k, take_held);
}

static void answer_join(struct keeper *k, int client)
{
	struct control_answer answer = { 0 };
	struct namespaces all = k->instance->ns;
	int fds[NAMESPACES_MAX];
	size_t n = 0;
	int mnt = find_mnt(k);

	if (mnt < 0) {
		answer.error = mnt;
	} else {
		all.fd[NAMESPACE_MNT] = mnt;
		n = namespaces_pack(&all, fds, &answer.flags);
	}
	if (channel_send(client, &answer, sizeof(answer), fds, n) < 0)
		shutdown(client, SHUT_RDWR);
	base_close(&mnt);
}

static int change_port(struct keeper *k, const struct control_ask *words)
{
	struct forward_spec spec;

	if (memchr(words->text, 0, sizeof(words->text)) == NULL ||
	    publish_parse(words->text, &spec))
		return -EINVAL;
	return words->what == CONTROL_PUBLISH
		       ? publish_add(k->publish, &spec)
		       : publish_remove(k->publish, &spec);
}

static void answer_ports(struct keeper *k, int client)
{
	struct control_answer answer = { 0 };
	struct control_port port;
	int r;

	publish_reap(k->publish);
	answer.flags = (int)k->publish->n;
	r = channel_send(client, &answer, sizeof(answer), NULL, 0);
	for (size_t i = 0; r == 0 && i < k->publish->n; i++) {
		publish_format(&k->publish->ports[i].spec, port.text);
		r = channel_send(client, &port, sizeof(port), NULL, 0);
	}
}

static void answer_ask(struct keeper *k, int client,
		       const struct control_ask *words)
{
	struct control_answer answer = { 0 };

	switch (words->what) {
	case CONTROL_JOIN:
		answer_join(k, client);
		return;
	case CONTROL_PORTS:
		answer_ports(k, client);
		return;
	case CONTROL_PUBLISH:
	case CONTROL_UNPUBLISH:
		answer.error = change_port(k, words);
		break;
	default:
		answer.error = -EPROTO;
	}
	if (channel_send(client, &answer, sizeof(answer), NULL, 0) < 0)
		shutdown(client, SHUT_RDWR);
}

static bool is_owner(int client)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == geteuid() || peer.uid == 0);
}

static void answer_one(struct keeper *k)
{
	_cleanup_close_ int client =
		accept4(k->instance->control, NULL, NULL, SOCK_CLOEXEC);
	struct pollfd wait = { .fd = client, .events = POLLIN };
	struct control_ask words;
	int none[CHANNEL_FDS_MAX];
	size_t n;

	if (client < 0 || !is_owner(client) || poll(&wait, 1, ASK_MS) != 1)
		return;
	if (channel_recv(client, &words, sizeof(words), none, &n) == 0)
		answer_ask(k, client, &words);
	while (n > 0)
		close(none[--n]);
}

/* Return: whether there is still something to keep. */
static bool wait_once(struct keeper *k, int mark)
{
	struct pollfd wait[] = {
		{ .fd = mark, .events = POLLIN },
		{ .fd = k->instance->control, .events = POLLIN },
		{ .fd = k->inside, .events = POLLIN },
	};
	int mnt;

	if (poll(wait, ARRAY_SIZE(wait), -1) < 0)
		return errno == EINTR;
	if (wait[0].revents)
		return false;
	if (wait[1].revents)
		answer_one(k);
	if (wait[2].revents) {
		base_close(&k->inside);
		k->inside = -1;
		mnt = search(k, take_inside);
		base_close(&mnt);
	}
	return true;
}

void instance_serve(struct instance *instance,
		    const struct instance_inside *inside)
{
	struct keeper k = { .instance = instance,
			    .dev = inside->dev,
			    .ino = inside->ino,
			    .inside = -1,
			    .publish = inside->publish };
	int mnt = take_inside(&k, inside->pid);

	base_close(&mnt);
	while (wait_once(&k, inside->mark))
		;
	base_close(&k.inside);
	instance_remove(instance);
}
