/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_script.h - the user's script that sets a VPN's device up
 */
#ifndef ROOTLESS_ATTACH_SCRIPT_H
#define ROOTLESS_ATTACH_SCRIPT_H

#include "rootless/inside.h"

/**
 * struct attach_script - what to start, and where
 * @path:	as vpnc-script(8) wants it; looked for in PATH without a slash
 * @device:	becomes TUNDEV
 * @stop:	when it can be read, a script with reason "connect" is ended
 * @where:	its namespaces
 * @mntns:	its mount namespace, or -1
 */
struct attach_script {
	const char *path;
	const char *device;
	int stop;
	struct inside where;
	int mntns;
};

/**
 * attach_script_run() - start it and wait for its end
 * @reason:	becomes the variable of this name
 *
 * It gets the environment of the VPN's program, and the capabilities over the
 * network inside.  One that does not end within half a minute is killed.
 *
 * Return: 0 if it ended with 0; -EINTR after @stop; -ECHILD, logged.
 */
int attach_script_run(const struct attach_script *s, const char *reason)
	_must_check_;

#endif
