/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_cred.c - root becomes a user; in a child, for there is no way back
 */
#include <errno.h>
#include <grp.h>
#include <linux/securebits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "lib/sys/cred.h"
#include "lib/sys/proc.h"

enum { USER = 12345, GROUP = 23456, CAP_NUMBER_CHOWN = 0 };

/* Runs @fn in a child; what it returns is the child's exit status. */
static int in_child(int (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int become_user(void)
{
	gid_t groups[] = { 7, 8 }, now[4];

	if (setgroups(2, groups) < 0 || cred_drop(USER, GROUP) < 0)
		return 1;
	if (getuid() != USER || geteuid() != USER || getegid() != GROUP)
		return 2;
	if (getgroups(4, now) != 2 || now[0] != 7 || now[1] != 8)
		return 3;
	if (proc_has_cap(CAP_NUMBER_CHOWN) || setuid(0) == 0 ||
	    setgid(0) == 0)
		return 4;
	return 0;
}

static int become_user_without_fixup(void)
{
	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) < 0)
		return 9;
	return become_user();
}

static int become_root(void)
{
	if (cred_drop(0, GROUP) < 0 || getegid() != GROUP)
		return 1;
	return proc_has_cap(CAP_NUMBER_CHOWN) ? 0 : 2;
}

static int become_nobody_knows_who(void)
{
	return cred_drop((uid_t)-1, GROUP) == -EINVAL &&
	       cred_drop(USER, (gid_t)-1) == -EINVAL && getuid() == 0 ? 0 : 1;
}

static int become_without_power(void)
{
	if (setuid(USER) < 0)
		return 9;
	return cred_drop(USER + 1, GROUP) < 0 ? 0 : 1;
}

static void test_drop(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(in_child(become_user), 0);
	assert_int_equal(in_child(become_user_without_fixup), 0);
	assert_int_equal(in_child(become_root), 0);
	assert_int_equal(in_child(become_nobody_knows_who), 0);
	assert_int_equal(in_child(become_without_power), 0);
}

static void test_users(void **state)
{
	(void)state;
	assert_true(cred_in_host_users() >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
