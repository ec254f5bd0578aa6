/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.c - the host's namespaces, and our directories below /run/runns
 */
#include "net/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/policy/name.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"

int host_explain(int err, const char *(*explain)(int err), const char *what)
{
	log_msg(LOG_ERR, "%s: %s", what, explain(err));
	return err;
}

static int host_join(enum ns_kind kind, const char *what)
{
	_cleanup_close_ int here = ns_open_self(kind);
	_cleanup_close_ int host = ns_open_host(kind);
	int same;

	if (here < 0 || host < 0)
		return log_errno(here < 0 ? here : host,
				 "cannot see the host's %s namespace "
				 "(is /proc mounted?)", what);
	/* Owned by another than the initial user namespace: a container. */
	same = ns_verify(host, kind);
	if (same < 0)
		return log_errno(same, "the host's %s namespace is not the "
				 "initial user namespace's: RUNNS builds "
				 "networks outside of containers only", what);
	same = ns_same(here, host);
	if (same == 1)
		return 0;
	if (same == 0)
		same = ns_join(host, kind);
	if (same < 0)
		return log_errno(same, "cannot enter the host's %s namespace",
				 what);
	return 0;
}

int host_enter(void)
{
	int err;

	if (geteuid() != 0 || getuid() != 0)
		return log_errno(-EPERM, "only root can do this; "
				 "try it with sudo");
	err = host_join(NS_NET, "network");
	if (err == 0)
		err = host_join(NS_MNT, "mount");
	if (err)
		return err;
	if (chdir("/") < 0)
		return log_errno(-errno, "cannot change to /");
	return 0;
}

/* In the order in which they are made. */
static const struct host_dir {
	const char *name;
	const char *path;
	mode_t mode;
	size_t at;	/* of its descriptor in struct host */
} host_dirs[] = {
	{ "net", "/" PATH_RUN_NET, 0700, offsetof(struct host, net) },
	{ "lock", "/" PATH_RUN_LOCK, 0700, offsetof(struct host, lock) },
	{ "pool", "/" PATH_RUN_POOL, 0700, offsetof(struct host, pool) },
	{ "views", "/" PATH_RUN_VIEWS, 0700, offsetof(struct host, views) },
	{ "request", "/" PATH_RUN_REQUEST, 0700, offsetof(struct host, request) },
	{ "failed", "/" PATH_RUN_FAILED, 0700, offsetof(struct host, failed) },
	{ "uplink", "/" PATH_RUN "/uplink", 0700, offsetof(struct host, uplink) },
	{ "vpn", "/" PATH_RUN_VPN, 0711, offsetof(struct host, vpn) },
	{ "empty", "/" PATH_RUN_EMPTY, 0555, 0 },
};

/*
 * Read too: some of them are listed.  Mostly it is there and as it should be;
 * all else is for file_make_dir() to judge.
 */
static int host_open_one(int run, const struct host_dir *dir, int *fd)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	struct stat st;
	int err;

	*fd = openat(run, dir->name, flags);
	if (*fd >= 0 && fstat(*fd, &st) == 0 && st.st_uid == 0 &&
	    st.st_gid == 0 && st.st_mode == (S_IFDIR | dir->mode))
		return 0;
	base_close(fd);
	err = file_make_dir(run, dir->name, dir->mode);
	*fd = err ? -1 : openat(run, dir->name, flags);
	if (err == 0 && *fd < 0)
		err = -errno;
	return err;
}

static int host_open_dirs(struct host *h)
{
	_cleanup_close_ int top = file_open_dir(h->root, "run");
	_cleanup_close_ int run = -1;
	size_t i;
	int err = top < 0 ? top : file_make_dir(top, "runns", 0755);

	if (err)
		return host_explain(err, file_explain, "/run/runns");
	run = file_open_dir(top, "runns");
	if (run < 0)
		return host_explain(run, file_explain, "/run/runns");
	for (i = 0; i < ARRAY_SIZE(host_dirs); i++) {
		int none = -1;
		int *fd = host_dirs[i].at ?
			(int *)((char *)h + host_dirs[i].at) : &none;

		err = host_open_one(run, &host_dirs[i], fd);
		base_close(&none);
		if (err)
			return host_explain(err, file_explain,
					    host_dirs[i].path);
	}
	return 0;
}

int host_open(struct host *h)
{
	*h = (struct host)HOST_CLOSED;
	h->root = file_host_root();
	if (h->root < 0)
		return log_errno(h->root, "cannot open the host's root");
	h->ns = ns_open_self(NS_NET);
	if (h->ns < 0)
		return log_errno(h->ns, "cannot open the host's network "
				 "namespace");
	return host_open_dirs(h);
}

void host_close(struct host *h)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(host_dirs); i++) {
		if (host_dirs[i].at)
			base_close((int *)((char *)h + host_dirs[i].at));
	}
	base_close(&h->ns);
	base_close(&h->root);
	*h = (struct host)HOST_CLOSED;
}

int host_lock(const struct host *h, const char *what, const char *name,
	      int timeout_ms)
{
	BUF(file, NAME_SIZE + 16);
	int fd;

	buf_addf(&file, "%s%s", what, name);
	fd = buf_status(&file);
	if (fd == 0)
		fd = file_lock(h->lock, file.text, timeout_ms);
	if (fd == -ETIMEDOUT)
		return log_errno(fd, "another runns-net holds "
				 "/run/runns/lock/%s for too long", file.text);
	if (fd < 0)
		return log_errno(fd, "cannot lock /run/runns/lock/%s",
				 file.text);
	return fd;
}
