/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell.c - the caller's shell
 */
#include "runnsctl/shell.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

const char *shell_find(void)
{
	const char *shell = getenv("SHELL");
	const struct passwd *pw;

	if (shell && shell[0])
		return shell;
	pw = getpwuid(getuid());
	if (!pw)
		return NULL;
	/* As passwd(5) has it. */
	return pw->pw_shell && pw->pw_shell[0] ? pw->pw_shell : "/bin/sh";
}
