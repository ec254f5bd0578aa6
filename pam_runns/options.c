/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.c - the words behind pam_runns.so in a PAM line
 */
#include "pam_runns/options.h"

#include <errno.h>
#include <string.h>

#include "lib/base/log.h"

enum { COMPLAINTS_MAX = 8 };	/* lines in the log for one bad PAM line */

static bool value_of(const char *arg, const char *key, const char **value)
{
	size_t len = strlen(key);

	if (strncmp(arg, key, len) != 0 || arg[len] != '=')
		return false;
	*value = arg + len + 1;
	return true;
}

static int option_set(struct options *out, const char *arg)
{
	if (strcmp(arg, "debug") == 0) {
		out->debug = true;
		return 0;
	}
	if (value_of(arg, "map", &out->map))
		return out->map[0] == '/' ? 0 : -EINVAL;
	if (value_of(arg, "conf", &out->conf))
		return out->conf[0] == '/' ? 0 : -EINVAL;
	if (value_of(arg, "rescue", &out->rescue))
		return out->rescue[0] ? 0 : -EINVAL;
	return -EINVAL;
}

int options_parse(int argc, const char **argv, struct options *out)
{
	int bad = 0;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < argc; i++) {
		if (option_set(out, argv[i]) == 0)
			continue;
		if (++bad <= COMPLAINTS_MAX)
			log_msg(LOG_ERR, "argument \"%s\" is not known, or "
				"its value is not usable", argv[i]);
	}
	return bad ? -EINVAL : 0;
}

bool options_rescues(const struct options *options, const char *user)
{
	const char *p = options->rescue;
	size_t len = strlen(user);

	while (p && *p) {
		size_t n = strcspn(p, ",");

		if (n == len && strncmp(p, user, n) == 0)
			return true;
		p += n + (p[n] == ',');
	}
	return false;
}
