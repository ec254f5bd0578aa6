/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * openvpn_conf.h - the configuration that openvpn gets to see
 */
#ifndef RUNNS_NET_OPENVPN_CONF_H
#define RUNNS_NET_OPENVPN_CONF_H

#include <stdbool.h>

#include "net/host.h"

enum { OPENVPN_SECRET_MAX = 256 };

/**
 * struct openvpn_conf - what was made of a file
 * @fd:		memfd with a configuration that needs no other file and runs
 *		nothing
 * @user:	what to say when it asks; "" if the file does not tell
 * @password:	likewise
 * @pass:	of the private key
 */
struct openvpn_conf {
	int fd;
	char user[OPENVPN_SECRET_MAX];
	char password[OPENVPN_SECRET_MAX];
	char pass[OPENVPN_SECRET_MAX];
};

/**
 * openvpn_conf_make() - read the configuration at @path
 * @path:	absolute; it, and every file that it names, must be root's alone
 *		to change
 * @scripts:	leave hooks and plugins in it
 * @out:	openvpn_conf_free() in any case
 * @why:	set on failure: what is wrong, for `status'; with file and line
 *
 * Keys and certificates are put into the text, so that a program without
 * privilege can read them, and nothing else.
 *
 * Return: 0 or -errno.
 */
int openvpn_conf_make(const struct host *h, const char *path, bool scripts,
		      struct openvpn_conf *out, char why[400]) _must_check_;

/** openvpn_conf_free() - close it and wipe the secrets */
void openvpn_conf_free(struct openvpn_conf *c);

#endif
