/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_proc.c - programs that a guest starts: their verdict, and what the program
 * that it is a guest of notices of them
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "lib/sys/file.h"
#include "lib/sys/proc.h"

enum { OUT_SIZE = 4096, LATE_MS = 300 };

static char out[OUT_SIZE];
static volatile sig_atomic_t handled;

/* Runs a line of shell; what it says is in @out. */
static int shell(const char *line, int timeout_ms)
{
	const char *const argv[] = { "/bin/sh", "-c", line, NULL };
	_cleanup_close_ int fd = memfd_create("out", MFD_CLOEXEC);
	struct proc_child child = {
		.argv = argv, .timeout_ms = timeout_ms, .out_fd = fd,
	};
	ssize_t n;
	int r;

	assert_true(fd >= 0);
	r = proc_run(&child);
	n = pread(fd, out, sizeof(out) - 1, 0);
	assert_true(n >= 0);
	out[n] = '\0';
	return r;
}

static void test_verdict(void **state)
{
	const char *const none[] = { "/nonexistent", NULL };
	const char *const dir[] = { "/tmp", NULL };
	struct proc_child child = { .argv = none, .timeout_ms = 5000,
				    .out_fd = -1 };

	(void)state;
	assert_int_equal(shell("exit 0", 5000), 0);
	assert_int_equal(shell("exit 77", 5000), 77);
	assert_int_equal(shell("exit 255", 5000), 255);
	assert_int_equal(shell("kill -TERM $$", 5000), 128 + SIGTERM);
	assert_int_equal(shell("kill -KILL $$", 5000), 128 + SIGKILL);
	assert_int_equal(proc_run(&child), 127);
	child.argv = dir;
	assert_int_equal(proc_run(&child), 126);
}

static void test_output(void **state)
{
	(void)state;
	assert_int_equal(shell("echo one; echo two >&2", 5000), 0);
	assert_string_equal(out, "one\ntwo\n");
	assert_int_equal(shell("read x; echo \"<$x>\"", 5000), 0);
	assert_string_equal(out, "<>\n");
}

static void test_surroundings(void **state)
{
	mode_t mask = umask(0);

	(void)state;
	setenv("SECRET", "canary", 1);
	assert_int_equal(shell("umask; pwd; ls /proc/self/fd | wc -l; env | "
			       "grep -c canary; grep -E 'SigBlk|SigIgn' "
			       "/proc/self/status | tr -d '0\\t\\n'", 5000), 0);
	assert_string_equal(out, "0022\n/\n4\n0\nSigBlk:SigIgn:");
	umask(mask);
}

static void test_descriptors(void **state)
{
	int fds[3];

	(void)state;
	/* Not closed on exec, and beyond any limit. */
	fds[0] = open("/dev/null", O_RDONLY);
	fds[1] = dup2(fds[0], 17);
	fds[2] = dup2(fds[0], 1000);
	assert_true(fds[0] >= 0);
	assert_int_equal(shell("ls /proc/self/fd | wc -l", 5000), 0);
	assert_string_equal(out, "4\n");
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}

static void test_late(void **state)
{
	static const char *const lines[] = {
		"sleep 100", "kill -STOP $$", "trap '' TERM INT; sleep 100",
		"sleep 100 & sleep 100 & wait",
	};
	long long start;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		start = file_now_ms();
		assert_int_equal(shell(lines[i], LATE_MS), -ETIMEDOUT);
		assert_in_range(file_now_ms() - start, LATE_MS - 10, 3000);
	}
}

/* Of what hung nothing goes on: the pipe's other ends are all closed. */
static void test_late_children(void **state)
{
	char path[64], line[160], byte;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/t_proc.%d", (int)getpid());
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	snprintf(line, sizeof(line), "exec 3>%s; sleep 100 & sleep 100", path);
	assert_int_equal(shell(line, LATE_MS), -ETIMEDOUT);
	for (int i = 0; i < 100 && read(fd, &byte, 1) != 0; i++)
		usleep(10000);
	assert_int_equal(read(fd, &byte, 1), 0);
	close(fd);
	unlink(path);
}

static void reap(int sig)
{
	(void)sig;
	handled++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void test_callers_children(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(shell("exit 3", 5000), 3);
	handled = 0;
	signal(SIGCHLD, reap);
	assert_int_equal(shell("exit 4", 5000), 4);
	assert_int_equal(handled, 0);
	signal(SIGCHLD, SIG_DFL);

	/* A child of the caller's own is not taken from it. */
	pid = fork();
	if (pid == 0)
		_exit(9);
	assert_int_equal(shell("exit 5", 5000), 5);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 9);
	assert_int_equal(waitpid(-1, &status, WNOHANG | __WALL), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_mask(void **state)
{
	sigset_t mine, now;

	(void)state;
	sigemptyset(&mine);
	sigaddset(&mine, SIGUSR1);
	sigprocmask(SIG_SETMASK, &mine, NULL);
	assert_int_equal(shell("exit 0", 5000), 0);
	sigprocmask(SIG_SETMASK, NULL, &now);
	assert_true(sigismember(&now, SIGUSR1));
	assert_false(sigismember(&now, SIGUSR2));
	sigemptyset(&mine);
	sigprocmask(SIG_SETMASK, &mine, NULL);
}

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* Threads that have only just begun once made the child wait for ever. */
static void test_threads(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, sleeper, NULL),
				 0);
		assert_int_equal(shell("exit 6", 5000), 6);
	}
}

static int id_of_child(uint64_t *id)
{
	uint64_t *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(proc_self_id(shared) < 0);
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	*id = *shared;
	munmap(shared, sizeof(*shared));
	return status;
}

static void test_self_id(void **state)
{
	uint64_t mine, again, child, other;

	(void)state;
	assert_int_equal(proc_self_id(&mine), 0);
	assert_int_equal(proc_self_id(&again), 0);
	assert_true(mine == again);
	assert_int_equal(id_of_child(&child), 0);
	assert_int_equal(id_of_child(&other), 0);
	assert_true(child != mine);
	assert_true(other != mine && other != child);
}

static void *id_of_thread(void *arg)
{
	_cleanup_close_ int thread = proc_open_thread();

	return proc_self_id_by(thread, arg) < 0 ? arg : NULL;
}

/* By whatever thread it is asked for, a process has one number. */
static void test_self_id_by(void **state)
{
	_cleanup_close_ int thread = proc_open_thread();
	uint64_t want, is;
	pthread_t other;
	void *failed;

	(void)state;
	assert_int_equal(proc_self_id(&want), 0);
	assert_int_equal(proc_self_id_by(thread, &is), 0);
	assert_true(is == want);
	assert_int_equal(proc_self_id_by(-EINVAL, &is), 0);
	assert_true(is == want);
	assert_int_equal(pthread_create(&other, NULL, id_of_thread, &is), 0);
	assert_int_equal(pthread_join(other, &failed), 0);
	assert_null(failed);
	assert_true(is == want);
}

static void test_caps(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	assert_true(proc_has_cap(CAP_SYS_ADMIN));
	assert_true(proc_has_cap(CAP_SYSLOG));	/* above 31 */
	pid = fork();
	if (pid == 0) {
		if (setresuid(12345, 12345, 12345) < 0)
			_exit(2);
		_exit(proc_has_cap(CAP_SYS_ADMIN) || proc_has_cap(CAP_SYSLOG));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdict), cmocka_unit_test(test_output),
		cmocka_unit_test(test_surroundings),
		cmocka_unit_test(test_descriptors), cmocka_unit_test(test_late),
		cmocka_unit_test(test_late_children),
		cmocka_unit_test(test_callers_children),
		cmocka_unit_test(test_mask), cmocka_unit_test(test_self_id),
		cmocka_unit_test(test_self_id_by),
		cmocka_unit_test(test_caps), cmocka_unit_test(test_threads),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
