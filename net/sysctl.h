/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl.h - the few settings below /proc/sys/net that networks need
 *
 * They are those of the network namespace that the thread is in.
 */
#ifndef RUNNS_NET_SYSCTL_H
#define RUNNS_NET_SYSCTL_H

#include "lib/base/base.h"

/**
 * sysctl_get() - read /proc/sys/net/@family/conf/@device/@key as a number
 *
 * Return: its value, 0 or more; -ENOENT; -errno.
 */
int sysctl_get(const char *family, const char *device, const char *key)
	_must_check_;

/** sysctl_set() - write it, unless it is so already; 0 or -errno */
int sysctl_set(const char *family, const char *device, const char *key,
	       int value) _must_check_;

/**
 * struct sysctl_inherited - what a new namespace sets to other values
 *
 * Text as read; "" for what the kernel does not have.
 */
struct sysctl_inherited {
	char ping_group_range[64];
	char unprivileged_port_start[16];
};

/** sysctl_inherit_read() - take the values of where the thread is */
void sysctl_inherit_read(struct sysctl_inherited *out);

/**
 * sysctl_inside() - what holds in every namespace of ours
 *
 * The inherited values; no router is believed and no address is made up by
 * the kernel on devices that come later.
 *
 * Return: 0 or -errno.
 */
int sysctl_inside(const struct sysctl_inherited *inherited) _must_check_;

#endif
