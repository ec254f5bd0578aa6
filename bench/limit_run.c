/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * limit_run.c - the least that a program in a namespace can cost a user
 *
 *	limit_run HANDLE [-v VIEW] PROGRAM [ARGUMENT...]
 *
 * To be made set-user-ID root.  Does only the system calls that the job needs
 * and judges nothing: a measure for runns-helper, of no other use.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static void join(const char *handle, int kind)
{
	int fd = open(handle, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, kind) < 0)
		err(125, "%s", handle);
}

int main(int argc, char **argv)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	int i = 2;

	if (argc < 3)
		errx(125, "usage: limit_run HANDLE [-v VIEW] PROGRAM...");
	join(argv[1], CLONE_NEWNET);
	if (argc > 4 && strcmp(argv[2], "-v") == 0) {
		join(argv[3], CLONE_NEWNS);
		i = 4;
	}
	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		err(125, "cannot drop");
	execvp(argv[i], argv + i);
	err(127, "%s", argv[i]);
}
