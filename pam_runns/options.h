/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the words behind pam_runns.so in a PAM line
 */
#ifndef RUNNS_OPTIONS_H
#define RUNNS_OPTIONS_H

#include <stdbool.h>

#include "lib/base/base.h"

/**
 * struct options - all point into argv
 * @debug:	log what is decided and done
 * @map:	map=FILE, or NULL
 * @conf:	conf=FILE for the builder, or NULL
 * @rescue:	rescue=NAME,... or NULL
 */
struct options {
	bool debug;
	const char *map;
	const char *conf;
	const char *rescue;
};

/**
 * options_parse() - read the arguments
 *
 * Return: 0, or -EINVAL (logged): an argument that is not known may be one
 * on whose effect somebody relies.
 */
int options_parse(int argc, const char **argv, struct options *out)
	_must_check_;

/** options_rescues() - is @user named by rescue=? */
bool options_rescues(const struct options *options, const char *user);

#endif
