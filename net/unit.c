/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit.c - the systemd unit that a network may have been built by
 */
#include "net/unit.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/policy/name.h"
#include "lib/sys/proc.h"

enum { SYSTEMCTL_MS = 5000 };

/* systemd keeps a link for every unit that is active. */
#define ACTIVE_PREFIX "/run/systemd/units/invocation:"

void unit_forget(const char *name)
{
	char unit[sizeof("runns@.service") + NAME_SIZE];
	char link[sizeof(ACTIVE_PREFIX) + sizeof(unit)];
	char text[64];
	const char *const argv[] = {
		"/usr/bin/systemctl", "--quiet", "--no-ask-password",
		"--no-block", "stop", unit, NULL,
	};
	struct proc_child child = {
		.argv = argv, .timeout_ms = SYSTEMCTL_MS, .out_fd = -1,
	};
	int status;

	snprintf(unit, sizeof(unit), "runns@%s.service", name);
	snprintf(link, sizeof(link), ACTIVE_PREFIX "%s", unit);
	if (!proc_systemd_is_init() || readlink(link, text, sizeof(text)) < 0)
		return;
	status = proc_run(&child);
	if (status != 0)
		log_msg(LOG_WARNING, "%s: cannot stop %s (%d)", name, unit,
			status);
}
