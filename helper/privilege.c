/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * privilege.c - is this process what a set-user-ID program should be?
 *
 * The kernel withholds privilege without a word (execve(2)), so the cause is
 * looked for afterwards.
 */
#include "helper/privilege.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "lib/sys/cred.h"
#include "lib/sys/file.h"
#include "lib/sys/proc.h"

enum { STATUS_SIZE = 4096 };

static const char self[] = "/proc/self/exe";

static bool is_traced(void)
{
	char text[STATUS_SIZE];
	const char *line;

	if (file_read_small(AT_FDCWD, "/proc/self/status", text,
			    sizeof(text)) < 0)
		return false;
	line = strstr(text, "\nTracerPid:\t");
	return line && line[strlen("\nTracerPid:\t")] != '0';
}

static const char *not_root(void)
{
	struct statvfs fs;
	struct stat st;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return "gains no privilege here: the process has NoNewPrivs "
		       "(no_new_privs, prctl(2)) set; the runns service can "
		       "start programs for such";
	if (statvfs(self, &fs) == 0 && fs.f_flag & ST_NOSUID)
		return "gains no privilege here: it lies on a file system "
		       "that is mounted nosuid";
	if (stat(self, &st) == 0 && (st.st_uid != 0 || !(st.st_mode & S_ISUID)))
		return "is not set-user-ID root: install it with mode 4755, "
		       "owner root";
	if (is_traced())
		return "gains no privilege while it is traced";
	return "was given no privilege by the kernel: another process may "
	       "share its working directory (clone(2), CLONE_FS)";
}

const char *privilege_missing(void)
{
	int host = cred_in_host_users();

	if (host < 0)
		return "cannot tell its user namespace: is /proc mounted?";
	if (host == 0)
		return "has no privilege in a user namespace";
	if (geteuid() != 0)
		return not_root();
	/* To drop it takes these; enter() says what else is missing. */
	if (!proc_has_cap(CAP_SETUID))
		return "lacks CAP_SETUID";
	return proc_has_cap(CAP_SETGID) ? NULL : "lacks CAP_SETGID";
}
