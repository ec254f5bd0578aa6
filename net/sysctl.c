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

#include "lib/base/buf.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"

#define SYSCTL_NET "/proc/sys/net/"
#define SYSCTL_PING SYSCTL_NET "ipv4/ping_group_range"
#define SYSCTL_PORTS SYSCTL_NET "ipv4/ip_unprivileged_port_start"

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
	ssize_t n = err ? err : file_read_small(AT_FDCWD, path.text, text,
						sizeof(text));

	if (n < 0)
		return (int)n;
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
	if (sysctl_get(family, device, key) == value)
		return 0;
	snprintf(text, sizeof(text), "%d\n", value);
	return file_write_small(AT_FDCWD, path.text, text);
}

void sysctl_inherit_read(struct sysctl_inherited *out)
{
	if (file_read_small(AT_FDCWD, SYSCTL_PING, out->ping_group_range,
			    sizeof(out->ping_group_range)) < 0)
		out->ping_group_range[0] = '\0';
	if (file_read_small(AT_FDCWD, SYSCTL_PORTS,
			    out->unprivileged_port_start,
			    sizeof(out->unprivileged_port_start)) < 0)
		out->unprivileged_port_start[0] = '\0';
}

static int sysctl_write(const char *path, const char *text)
{
	int err = *text ? file_write_small(AT_FDCWD, path, text) : 0;

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
	int err = sysctl_write(SYSCTL_PING, inherited->ping_group_range);
	size_t i;

	if (err == 0)
		err = sysctl_write(SYSCTL_PORTS,
				   inherited->unprivileged_port_start);
	for (i = 0; i < ARRAY_SIZE(v6) && err == 0; i++) {
		err = sysctl_set("ipv6", "default", v6[i].key, v6[i].value);
		/* A kernel without IPv6, or an old one. */
		if (err == -ENOENT)
			err = 0;
	}
	return err;
}
