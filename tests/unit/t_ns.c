/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_ns.c - namespaces by descriptor: which are accepted, and going there
 *
 * The program has a network and mounts of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "lib/sys/ns.h"
#include "lib/sys/proc.h"

/* Away from the machine's own; ends with the test program. */
static int set_up(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("test", "/mnt", "tmpfs", 0, "mode=0755") < 0)
		return -1;
	return chdir("/mnt");
}

static int tear_down(void **state)
{
	(void)state;
	return chdir("/") == 0 && umount2("/mnt", MNT_DETACH) == 0 ? 0 : -1;
}

static void make_file(const char *name)
{
	_cleanup_close_ int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC,
				      0644);

	assert_true(fd >= 0);
}

static void bind_to(const char *what, const char *name)
{
	make_file(name);
	assert_int_equal(mount(what, name, NULL, MS_BIND, NULL), 0);
}

static int open_code(const char *name, enum ns_kind kind)
{
	_cleanup_close_ int fd = ns_open(AT_FDCWD, name, kind);

	return fd < 0 ? fd : 0;
}

static void test_open(void **state)
{
	(void)state;
	bind_to("/proc/thread-self/ns/net", "net");
	bind_to("/proc/thread-self/ns/uts", "uts");
	bind_to("/proc/version", "proc");
	make_file("file");
	assert_int_equal(symlink("net", "link"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(mkfifo("fifo", 0644), 0);
	assert_int_equal(mkdir("dir", 0755), 0);
	assert_int_equal(mknod("null", S_IFCHR | 0644, 0x103), 0);

	assert_int_equal(open_code("net", NS_NET), 0);
	assert_int_equal(open_code("net", NS_MNT), -EBADF);
	assert_int_equal(open_code("/proc/thread-self/ns/mnt", NS_MNT), -EBADF);
	assert_int_equal(open_code("none", NS_NET), -ENOENT);
	assert_int_equal(open_code("uts", NS_NET), -EBADF);
	assert_int_equal(open_code("proc", NS_NET), -EBADF);
	assert_int_equal(open_code("file", NS_NET), -EBADF);
	assert_int_equal(open_code("link", NS_NET), -EBADF);
	assert_int_equal(open_code("dangling", NS_NET), -EBADF);
	assert_int_equal(open_code("fifo", NS_NET), -EBADF);
	assert_int_equal(open_code("dir", NS_NET), -EBADF);
	assert_int_equal(open_code("null", NS_NET), -EBADF);
}

static void test_verify(void **state)
{
	_cleanup_close_ int net = ns_open_self(NS_NET);
	_cleanup_close_ int mnt = ns_open_self(NS_MNT);
	_cleanup_close_ int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(ns_verify(net, NS_NET), 0);
	assert_int_equal(ns_verify(mnt, NS_MNT), 0);
	assert_int_equal(ns_verify(net, NS_MNT), -EBADF);
	assert_int_equal(ns_verify(mnt, NS_NET), -EBADF);
	assert_int_equal(ns_verify(file, NS_NET), -EBADF);
	assert_true(ns_verify(-1, NS_NET) < 0);
}

/* A network namespace that a user's own user namespace owns. */
static void test_owner(void **state)
{
	int ready[2];
	char path[64], byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
			_exit(1);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	bind_to(path, "theirs");
	assert_int_equal(open_code("theirs", NS_NET), -EPERM);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
}

enum { SOMEBODY = 12345, SOMEBODY_ELSE = 12346 };

/* A namespace of @flags that @uid makes as an ordinary user; -1: refused. */
static int open_of_user(uid_t uid, int flags, const char *kind)
{
	char path[64], byte;
	int ready[2];
	int fd = -1;
	pid_t pid;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		if (setresgid(uid, uid, uid) < 0 ||
		    setresuid(uid, uid, uid) < 0 || unshare(flags) < 0 ||
		    write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, kind);
	if (read(ready[0], &byte, 1) == 1)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	return fd;
}

static void test_of_user(void **state)
{
	_cleanup_close_ int his = open_of_user(SOMEBODY, CLONE_NEWUSER |
					       CLONE_NEWNET, "net");
	_cleanup_close_ int roots = open_of_user(0, CLONE_NEWUSER |
						 CLONE_NEWNET, "net");
	_cleanup_close_ int user = open_of_user(SOMEBODY, CLONE_NEWUSER |
						CLONE_NEWNET, "user");
	_cleanup_close_ int uts = open_of_user(SOMEBODY, CLONE_NEWUSER |
					       CLONE_NEWUTS, "uts");
	/* A user namespace of his with the network that he is in. */
	_cleanup_close_ int shared = open_of_user(SOMEBODY, CLONE_NEWUSER,
						  "net");
	_cleanup_close_ int ours = ns_open_self(NS_NET);
	_cleanup_close_ int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int path = open("/proc/self/ns/net",
					O_PATH | O_CLOEXEC);

	(void)state;
	if (his < 0) {
		print_message("no user namespaces here\n");
		return;
	}
	assert_int_equal(ns_verify_of_user(his, SOMEBODY), 0);
	assert_int_equal(ns_verify_of_user(his, SOMEBODY_ELSE), -EPERM);
	assert_int_equal(ns_verify_of_user(his, 0), -EPERM);
	assert_int_equal(ns_verify_of_user(roots, 0), 0);
	assert_int_equal(ns_verify_of_user(roots, SOMEBODY), -EPERM);
	/* The initial user namespace is root's, and nobody's own. */
	assert_int_equal(ns_verify_of_user(ours, 0), -EPERM);
	assert_int_equal(ns_verify_of_user(ours, SOMEBODY), -EPERM);
	assert_int_equal(ns_verify_of_user(shared, SOMEBODY), -EPERM);
	assert_int_equal(ns_verify_of_user(user, SOMEBODY), -EBADF);
	assert_int_equal(ns_verify_of_user(uts, SOMEBODY), -EBADF);
	assert_int_equal(ns_verify_of_user(file, SOMEBODY), -EBADF);
	assert_int_equal(ns_verify_of_user(path, 0), -EBADF);
	assert_int_equal(ns_verify_of_user(-1, SOMEBODY), -EBADF);
}

static void test_same(void **state)
{
	_cleanup_close_ int a = ns_open_self(NS_NET);
	_cleanup_close_ int b = ns_open_self(NS_NET);
	_cleanup_close_ int mnt = ns_open_self(NS_MNT);
	_cleanup_close_ int other = -1;

	(void)state;
	assert_int_equal(ns_same(a, b), 1);
	assert_int_equal(ns_same(a, mnt), 0);
	assert_int_equal(ns_same(a, -1), -EBADF);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	other = ns_open_self(NS_NET);
	assert_int_equal(ns_same(a, other), 0);
}

static void test_of(void **state)
{
	_cleanup_close_ int thread = proc_open_thread();
	_cleanup_close_ int net = ns_open_of(-EINVAL, NS_NET);
	_cleanup_close_ int mnt = ns_open_of(-EINVAL, NS_MNT);
	_cleanup_close_ int net2 = ns_open_of(thread, NS_NET);
	_cleanup_close_ int mnt2 = ns_open_of(thread, NS_MNT);

	(void)state;
	assert_int_equal(ns_same(net, net2), 1);
	assert_int_equal(ns_same(mnt, mnt2), 1);
	assert_true(fcntl(net2, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(mnt2, F_GETFD) & FD_CLOEXEC);
}

static void test_join(void **state)
{
	_cleanup_close_ int old = ns_open_self(NS_NET);
	_cleanup_close_ int now = -1;
	_cleanup_close_ int new = -1;
	_cleanup_close_ int back = -1;
	uint64_t old_cookie, new_cookie, cookie;

	(void)state;
	assert_int_equal(ns_cookie(&old_cookie), 0);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	new = ns_open_self(NS_NET);
	assert_int_equal(ns_cookie(&new_cookie), 0);
	assert_true(old_cookie != new_cookie);

	/* Looking elsewhere does not move us. */
	assert_int_equal(ns_cookie_of(old, &cookie), 0);
	assert_true(cookie == old_cookie);
	/* The kernel either has no such number, or it is the cookie. */
	cookie = 0;
	if (ns_cookie_at(old, &cookie) != -EOPNOTSUPP)
		assert_true(cookie == old_cookie);
	now = ns_open_self(NS_NET);
	assert_int_equal(ns_same(now, new), 1);

	assert_int_equal(ns_join(old, NS_NET), 0);
	back = ns_open_self(NS_NET);
	assert_int_equal(ns_same(back, old), 1);
	assert_int_equal(ns_join(old, NS_MNT), -EINVAL);
	assert_true(ns_cookie_of(-1, &cookie) < 0);
}

/* A thread's own namespaces, not the first thread's. */
static void *elsewhere(void *arg)
{
	_cleanup_close_ int mine = -1;

	if (unshare(CLONE_NEWNET) < 0)
		return arg;
	mine = ns_open_self(NS_NET);
	return ns_same(mine, *(int *)arg) == 0 ? NULL : arg;
}

static void test_thread(void **state)
{
	_cleanup_close_ int first = ns_open_self(NS_NET);
	void *failed = &first;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, elsewhere, &first), 0);
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
}

static void test_loopback(void **state)
{
	_cleanup_close_ int fd = -1;
	struct ifreq ifr = { .ifr_name = "lo" };

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	assert_false(ifr.ifr_flags & IFF_UP);
	assert_int_equal(ns_loopback_up(), 0);
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	assert_true(ifr.ifr_flags & IFF_UP);
	assert_int_equal(ns_loopback_up(), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open), cmocka_unit_test(test_verify),
		cmocka_unit_test(test_owner), cmocka_unit_test(test_of_user),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_of), cmocka_unit_test(test_join),
		cmocka_unit_test(test_thread), cmocka_unit_test(test_loopback),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
