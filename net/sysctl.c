/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl.c - the few settings below /proc/sys/net that networks need
 */
#include "net/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "lib/base/buf.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"

#define SYSCTL_NET "sys/net/"
#define SYSCTL_PING SYSCTL_NET "ipv4/ping_group_range"
#define SYSCTL_PORTS SYSCTL_NET "ipv4/ip_unprivileged_port_start"

/*
 * The kernel caches names of settings below one directory for all namespaces
 * together, in a list that is searched: with thousands of namespaces each
 * access to /proc/sys/net takes milliseconds.  A proc(5) of our own, mounted
 * nowhere, begins with an empty cache.  Kernels that cannot do that, or have
 * one cache for all (before 5.8), get the usual one.
 */
static int sysctl_proc = -1;
static unsigned int sysctl_uses;

enum { SYSCTL_USES_MAX = 100 };	/* namespaces, until a new one is mounted */

static int sysctl_mount(void)
{
	_cleanup_close_ int fs = fsopen("proc", FSOPEN_CLOEXEC);

	if (fs >= 0 && fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		return fsmount(fs, FSMOUNT_CLOEXEC, 0);
	return -1;
}

static int sysctl_root(void)
{
	if (sysctl_proc < 0)
		sysctl_proc = sysctl_mount();
	if (sysctl_proc < 0)
		sysctl_proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return sysctl_proc < 0 ? -errno : sysctl_proc;
}

static int sysctl_read(const char *path, char *out, size_t size)
{
	int root = sysctl_root();

	return root < 0 ? root :
			  (int)file_read_small(root, path, out, size);
}

static int sysctl_write(const char *path, const char *text)
{
	int root = sysctl_root();

	return root < 0 ? root : file_write_small(root, path, text);
}

static int sysctl_path(struct buf *b, const char *family, const char *device,
		       const char *key)
{
	buf_addf(b, SYSCTL_NET "%s/conf/%s/%s", family, device, key);
	return buf_status(b);
}

int sysctl_get(const char *family, const char *device, const char *key)
{
	BUF(path, 128);
	char text[16];
	uint64_t value;
	int err = sysctl_path(&path, family, device, key);
	int n = err ? err : sysctl_read(path.text, text, sizeof(text));

	if (n < 0)
		return n;
	err = num_parse(text, (size_t)n, INT_MAX, &value);
	return err ? err : (int)value;
}

int sysctl_set(const char *family, const char *device, const char *key,
	       int value)
{
	BUF(path, 128);
	char text[16];
	int err = sysctl_path(&path, family, device, key);

	if (err)
		return err;
	snprintf(text, sizeof(text), "%d\n", value);
	err = sysctl_write(path.text, text);
	/* It may be read-only, and right. */
	if (err && sysctl_get(family, device, key) == value)
		err = 0;
	return err;
}

void sysctl_inherit_read(struct sysctl_inherited *out)
{
	if (sysctl_read(SYSCTL_PING, out->ping_group_range,
			sizeof(out->ping_group_range)) < 0)
		out->ping_group_range[0] = '\0';
	if (sysctl_read(SYSCTL_PORTS, out->unprivileged_port_start,
			sizeof(out->unprivileged_port_start)) < 0)
		out->unprivileged_port_start[0] = '\0';
}

/* What the kernel here does not have cannot differ there. */
static int sysctl_inherit(const char *path, const char *text)
{
	char now[64];
	int err;

	if (!*text)
		return 0;
	if (sysctl_read(path, now, sizeof(now)) >= 0 && strcmp(now, text) == 0)
		return 0;
	err = sysctl_write(path, text);
	return err == -ENOENT ? 0 : err;
}

int sysctl_inside(const struct sysctl_inherited *inherited)
{
	static const struct {
		const char *key;
		int value;
	} v6[] = {
		{ "accept_ra", 0 },
		{ "autoconf", 0 },
		{ "addr_gen_mode", 1 },	/* no link-local address either */
	};
	size_t i;
	int err;

	if (++sysctl_uses % SYSCTL_USES_MAX == 0) {
		base_close(&sysctl_proc);
		sysctl_proc = -1;
	}
	err = sysctl_inherit(SYSCTL_PING, inherited->ping_group_range);
	if (err == 0)
		err = sysctl_inherit(SYSCTL_PORTS,
				     inherited->unprivileged_port_start);
	for (i = 0; i < ARRAY_SIZE(v6) && err == 0; i++) {
		err = sysctl_set("ipv6", "default", v6[i].key, v6[i].value);
		/* A kernel without IPv6, or an old one. */
		if (err == -ENOENT)
			err = 0;
	}
	return err;
}
