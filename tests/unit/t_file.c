/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_file.c - whose files are trusted, and that writing is all or nothing
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "lib/sys/file.h"

enum { USER = 12345 };	/* somebody who is not root */

static char place[64];
static int top = -1;	/* O_PATH of a directory of the test's own */

static int set_up(void **state)
{
	(void)state;
	snprintf(place, sizeof(place), "/tmp/t_file.XXXXXX");
	if (!mkdtemp(place) || chmod(place, 0755) < 0)
		return -1;
	top = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return top < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	close(top);
	snprintf(command, sizeof(command), "rm -rf %s", place);
	return system(command) == 0 ? 0 : -1;
}

static void make_file(const char *name, mode_t mode, const char *text)
{
	_cleanup_close_ int fd = openat(top, name, O_WRONLY | O_CREAT |
						O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
}

/* Opens as told, closes, and says only how it went. */
static int dir_code(const char *path)
{
	_cleanup_close_ int fd = file_open_dir(top, path);

	return fd < 0 ? fd : 0;
}

static int file_code(const char *name)
{
	_cleanup_close_ int fd = file_open_trusted(top, name);

	return fd < 0 ? fd : 0;
}

static void test_dirs(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(top, "a", 0755), 0);
	assert_int_equal(mkdirat(top, "a/b", 0700), 0);
	assert_int_equal(mkdirat(top, "a/b/c", 0755), 0);
	make_file("a/file", 0644, "");
	assert_int_equal(symlinkat("b", top, "a/link"), 0);
	assert_int_equal(dir_code("a/b/c"), 0);
	assert_int_equal(dir_code("a/x"), -ENOENT);
	assert_int_equal(dir_code("a/x/y"), -ENOENT);
	assert_int_equal(dir_code("a/file"), -ENOTDIR);
	assert_int_equal(dir_code("a/file/b"), -ENOTDIR);
	assert_int_equal(dir_code("a/link"), -ELOOP);
	assert_int_equal(dir_code("a/link/c"), -ELOOP);

	/* One bad directory on the way is enough. */
	assert_int_equal(fchmodat(top, "a/b", 0722, 0), 0);
	assert_int_equal(dir_code("a/b"), -EPERM);
	assert_int_equal(dir_code("a/b/c"), -EPERM);
	assert_int_equal(fchmodat(top, "a/b", 01777, 0), 0);
	assert_int_equal(dir_code("a/b/c"), -EPERM);
	assert_int_equal(fchmodat(top, "a/b", 0755, 0), 0);
	assert_int_equal(fchownat(top, "a/b", USER, 0, 0), 0);
	assert_int_equal(dir_code("a/b/c"), -EPERM);
	assert_int_equal(fchownat(top, "a/b", 0, USER, 0), 0);
	assert_int_equal(dir_code("a/b/c"), 0);
}

static void test_long_names(void **state)
{
	char name[600];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_true(dir_code(name) < 0);
	name[255] = '\0';
	assert_int_equal(dir_code(name), -ENOENT);
	assert_int_equal(mkdirat(top, name, 0755), 0);
	assert_int_equal(dir_code(name), 0);
}

static void test_files(void **state)
{
	_cleanup_close_ int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC,
					  0);
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	(void)state;
	make_file("good", 0644, "text");
	make_file("group", 0664, "text");
	make_file("others", 0646, "text");
	make_file("theirs", 0644, "text");
	make_file("secret", 0000, "text");
	assert_int_equal(fchownat(top, "theirs", USER, 0, 0), 0);
	assert_int_equal(symlinkat("good", top, "link"), 0);
	assert_int_equal(mkfifoat(top, "fifo", 0644), 0);
	assert_int_equal(mkdirat(top, "dir", 0755), 0);
	assert_int_equal(mknodat(top, "zero", S_IFCHR | 0644, 0x105), 0);
	snprintf(name.sun_path, sizeof(name.sun_path), "%s/socket", place);
	assert_int_equal(bind(sock, (struct sockaddr *)&name, sizeof(name)), 0);

	assert_int_equal(file_code("good"), 0);
	assert_int_equal(file_code("secret"), 0);
	assert_int_equal(file_code("absent"), -ENOENT);
	assert_int_equal(file_code("group"), -EPERM);
	assert_int_equal(file_code("others"), -EPERM);
	assert_int_equal(file_code("theirs"), -EPERM);
	assert_int_equal(file_code("link"), -ELOOP);
	assert_int_equal(file_code("dir"), -EISDIR);
	assert_int_equal(file_code("fifo"), -EINVAL);
	/* The second where the file system is mounted without devices. */
	assert_true(file_code("zero") == -EINVAL ||
		    file_code("zero") == -EACCES);
	assert_true(file_code("socket") < 0);
}

static void test_explain(void **state)
{
	static const int errors[] = {
		-ENOENT, -EPERM, -ELOOP, -ENOTDIR, -EISDIR, -EINVAL, -ENXIO,
		-EFBIG, -EBUSY, -EIO, -ENOMEM,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		assert_true(strlen(file_explain(errors[i])) > 5);
	assert_string_not_equal(file_explain(-EPERM), file_explain(-ELOOP));
}

static int read_code(const char *name, size_t max, char **text, size_t *len)
{
	_cleanup_close_ int fd = openat(top, name, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return file_read_all(fd, max, text, len);
}

static void test_read_all(void **state)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *none = NULL;
	size_t len = 99;

	(void)state;
	make_file("five", 0644, "12345");
	make_file("empty", 0644, "");
	assert_int_equal(read_code("five", 5, &text, &len), 0);
	assert_int_equal(len, 5);
	assert_string_equal(text, "12345");
	assert_int_equal(read_code("empty", 0, &none, &len), 0);
	assert_int_equal(len, 0);
	assert_string_equal(none, "");
	assert_int_equal(read_code("five", 4, &text, &len), -EFBIG);
	assert_string_equal(text, "12345");
}

/* The size that fstat(2) tells is not what is read: as from /proc. */
static void test_read_grown(void **state)
{
	_cleanup_close_ int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t len = 0;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(file_read_all(fd, 100000, &text, &len), -EBUSY);
	assert_null(text);
}

static void test_read_small(void **state)
{
	char text[8];

	(void)state;
	make_file("line", 0644, "12345\n");
	make_file("lines", 0644, "1\n\n");
	make_file("empty", 0644, "");
	make_file("long", 0644, "12345678");
	assert_int_equal(file_read_small(top, "line", text, sizeof(text)), 5);
	assert_string_equal(text, "12345");
	assert_int_equal(file_read_small(top, "lines", text, sizeof(text)), 2);
	assert_string_equal(text, "1\n");
	assert_int_equal(file_read_small(top, "empty", text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_int_equal(file_read_small(top, "long", text, sizeof(text)),
			 -EFBIG);
	assert_int_equal(file_read_small(top, "none", text, sizeof(text)),
			 -ENOENT);
}

static void has(const char *name, const char *want, mode_t mode)
{
	char text[64];
	struct stat st;

	assert_true(file_read_small(top, name, text, sizeof(text)) >= 0);
	assert_string_equal(text, want);
	assert_int_equal(fstatat(top, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode & 07777, mode);
}

static ino_t inode(const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(top, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_ino;
}

static int count_one(void *ctx, const char *name)
{
	(void)name;
	++*(int *)ctx;
	return 0;
}

static int entries(void)
{
	int n = 0;

	assert_int_equal(file_each(top, count_one, &n), 0);
	return n;
}

static void test_replace(void **state)
{
	mode_t mask = umask(077);

	(void)state;
	assert_int_equal(file_replace(top, "new", 0644, "one", 3), 0);
	has("new", "one", 0644);
	assert_int_equal(file_replace(top, "new", 0600, "three", 5), 0);
	has("new", "three", 0600);
	assert_int_equal(entries(), 1);
	/* A link is replaced, not followed. */
	assert_int_equal(symlinkat("new", top, "link"), 0);
	assert_int_equal(file_replace(top, "link", 0644, "x", 1), 0);
	has("new", "three", 0600);
	has("link", "x", 0644);
	umask(mask);
}

/* Writes in a child whose files may not grow beyond two bytes. */
static int cut_short(int (*write_it)(int dir, const char *name, mode_t mode,
				     const char *text, size_t len))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit two = { 2, 2 };

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &two);
		_exit(write_it(top, "file", 0644, "longer", 6) == -EFBIG);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status);
}

static void test_replace_fails(void **state)
{
	(void)state;
	make_file("file", 0644, "old");
	assert_true(cut_short(file_replace));
	has("file", "old", 0644);
	assert_int_equal(entries(), 1);
	assert_int_equal(mkdirat(top, "dir", 0755), 0);
	assert_true(file_replace(top, "dir", 0644, "x", 1) < 0);
	assert_int_equal(entries(), 2);
}

static void test_update(void **state)
{
	ino_t before;

	(void)state;
	assert_int_equal(file_update(top, "file", 0644, "one", 3), 1);
	before = inode("file");
	assert_int_equal(file_update(top, "file", 0644, "one", 3), 0);
	assert_int_equal(file_update(top, "file", 0644, "longer", 6), 1);
	has("file", "longer", 0644);
	assert_int_equal(file_update(top, "file", 0600, "s", 1), 1);
	has("file", "s", 0600);
	assert_int_equal(inode("file"), before);
	assert_int_equal(symlinkat("file", top, "link"), 0);
	assert_int_equal(file_update(top, "link", 0644, "x", 1), -ELOOP);
	assert_int_equal(mkfifoat(top, "fifo", 0644), 0);
	assert_true(file_update(top, "fifo", 0644, "x", 1) < 0);
	assert_int_equal(entries(), 3);
}

static void test_make_dir(void **state)
{
	struct stat st;
	mode_t mask = umask(077);

	(void)state;
	assert_int_equal(file_make_dir(top, "dir", 0755), 0);
	assert_int_equal(fstatat(top, "dir", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(file_make_dir(top, "dir", 0755), 0);
	umask(mask);
	assert_int_equal(fchmodat(top, "dir", 0777, 0), 0);
	assert_int_equal(file_make_dir(top, "dir", 0755), -EPERM);
	assert_int_equal(fchmodat(top, "dir", 0755, 0), 0);
	assert_int_equal(file_make_dir(top, "dir", 0700), -EPERM);
	assert_int_equal(fchownat(top, "dir", USER, 0, 0), 0);
	assert_int_equal(file_make_dir(top, "dir", 0755), -EPERM);
	make_file("file", 0644, "");
	assert_int_equal(file_make_dir(top, "file", 0755), -EPERM);
	assert_int_equal(symlinkat("/tmp", top, "link"), 0);
	assert_true(file_make_dir(top, "link", 0755) < 0);
	assert_int_equal(file_make_dir(top, "no/dir", 0755), -ENOENT);
}

static void test_lock(void **state)
{
	struct stat st;
	long long start;
	int first, second;

	(void)state;
	first = file_lock(top, "lock", 0);
	assert_true(first >= 0);
	assert_int_equal(fstat(first, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	start = file_now_ms();
	assert_int_equal(file_lock(top, "lock", 100), -ETIMEDOUT);
	assert_in_range(file_now_ms() - start, 100, 1000);
	assert_int_equal(file_lock(top, "lock", 0), -ETIMEDOUT);
	close(first);
	second = file_lock(top, "lock", 0);
	assert_true(second >= 0);
	close(second);
	assert_int_equal(symlinkat("lock", top, "link"), 0);
	assert_int_equal(file_lock(top, "link", 0), -ELOOP);
}

/* A process that dies takes its lock with it. */
static void test_lock_dies(void **state)
{
	_cleanup_close_ int lock = -1;
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		if (file_lock(top, "lock", 0) >= 0)
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	lock = file_lock(top, "lock", 0);
	assert_true(lock >= 0);
}

static int stop_at(void *ctx, const char *name)
{
	return strcmp(name, ctx) == 0 ? 7 : 0;
}

static void test_each(void **state)
{
	char name[32];

	(void)state;
	assert_int_equal(entries(), 0);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "file-%d-with-a-long-name", i);
		make_file(name, 0644, "");
	}
	make_file(".hidden", 0644, "");
	assert_int_equal(entries(), 301);
	assert_int_equal(file_each(top, stop_at, (char *)"file-7-with-a-long-name"),
			 7);
	assert_int_equal(file_each(-1, stop_at, (char *)"x"), -EBADF);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_dirs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_names, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
		cmocka_unit_test(test_explain),
		cmocka_unit_test_setup_teardown(test_read_all, set_up,
						tear_down),
		cmocka_unit_test(test_read_grown),
		cmocka_unit_test_setup_teardown(test_read_small, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_replace, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_replace_fails, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_update, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_make_dir, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_lock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lock_dies, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_each, set_up, tear_down),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
