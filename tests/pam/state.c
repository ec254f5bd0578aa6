/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state.c - what is to be seen of the program of a test, and judging it
 *
 * state: a line KEY=VALUE ...; save: remember it; same: compare with it;
 * expect=NAME: learn on the host what members of NAME must see, or of the
 * names before; judge: the last call of open left this thread inside one of
 * these, complete, or failed and left it as saved; judge=away: or inside any
 * other namespace; judge=close: as saved, or the call failed; mem, time;
 * mark: tell inject; alloc=N, alloc=N+, alloc=off.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "lib/base/buf.h"
#include "tests/pam/harness.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

extern char **environ;

/**
 * struct seen - what a place shows
 */
struct seen {
	uint64_t cookie;
	char resolv[512];
	char devices[1024];
};

enum { EXPECTED_MAX = 4 };

static struct seen *expected[EXPECTED_MAX];
static size_t n_expected;

/* --- descriptors --- */

static void fds_read(void (*fn)(void *ctx, int fd), void *ctx)
{
	DIR *dir = opendir("/proc/thread-self/fd");
	struct dirent *entry;

	if (!dir)
		die("list the descriptors");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.' &&
		    atoi(entry->d_name) != dirfd(dir))
			fn(ctx, atoi(entry->d_name));
	}
	closedir(dir);
}

static void fd_note(void *ctx, int fd)
{
	bool *open_now = ctx;

	if (fd < HARNESS_FDS)
		open_now[fd] = true;
}

void state_fds(bool open_now[HARNESS_FDS])
{
	memset(open_now, 0, HARNESS_FDS * sizeof(*open_now));
	fds_read(fd_note, open_now);
}

static void fd_add(void *ctx, int fd)
{
	struct stat st;

	/* The C library makes the socket of its log anew when it likes. */
	if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
		buf_addf(ctx, "%d:socket;", fd);
	else if (fstat(fd, &st) == 0)
		buf_addf(ctx, "%d:%jx:%ju;", fd, (uintmax_t)st.st_dev,
			 (uintmax_t)st.st_ino);
}

/* --- the state line --- */

static uint64_t cookie_here(void)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie,
				 &len) < 0)
		die("read the cookie");
	return cookie;
}

static void add_link(struct buf *b, const char *key, const char *path)
{
	char text[1024];
	ssize_t n = readlink(path, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	buf_addf(b, "%s=%s ", key, n < 0 ? strerror(errno) : text);
}

static void add_inode(struct buf *b, const char *key, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		buf_addf(b, "%s=%jx:%ju ", key, (uintmax_t)st.st_dev,
			 (uintmax_t)st.st_ino);
}

static void add_status(struct buf *b)
{
	static const char *const keys[] = {
		"Umask:", "Threads:", "SigBlk:", "SigIgn:", "SigCgt:",
		"SigPnd:", "CapEff:", "Uid:",
	};
	FILE *f = fopen("/proc/thread-self/status", "re");
	char line[512];

	if (!f)
		die("read the status");
	while (fgets(line, sizeof(line), f)) {
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			char *value = line + strlen(keys[i]);

			if (strncmp(line, keys[i], strlen(keys[i])) != 0)
				continue;
			value += strspn(value, " \t");
			value[strcspn(value, "\t\n")] = '\0';
			line[strlen(keys[i]) - 1] = '\0';
			buf_addf(b, "%s=%s ", line, value);
		}
	}
	fclose(f);
}

static void add_rest(struct buf *b)
{
	uint64_t hash = 14695981039346656037U;
	struct itimerval timer = { 0 };
	siginfo_t info;

	for (char **e = environ; e && *e; e++) {
		for (const char *p = *e; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 1099511628211U;
	}
	getitimer(ITIMER_REAL, &timer);
	buf_addf(b, "env=%" PRIx64 " locale=%s timer=%d kids=%s ", hash,
		 setlocale(LC_ALL, NULL), timer.it_value.tv_sec != 0,
		 waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) <
				 0 ? "none" : "some");
}

static void state_write(struct buf *b)
{
	buf_addf(b, "cookie=%" PRIu64 " ", cookie_here());
	add_link(b, "net", "/proc/thread-self/ns/net");
	add_link(b, "mnt", "/proc/thread-self/ns/mnt");
	add_link(b, "cwd", "/proc/thread-self/cwd");
	add_inode(b, "cwdino", ".");
	add_link(b, "root", "/proc/thread-self/root");
	add_inode(b, "rootino", "/");
	add_status(b);
	add_rest(b);
	buf_adds(b, "fds=");
	fds_read(fd_add, b);
	buf_addc(b, ' ');
}

static int do_state(struct harness *h, const char *value)
{
	BUF(b, HARNESS_TEXT);

	(void)h;
	state_write(&b);
	say("%s%s%s", *value ? value : "state", ": ", b.text);
	return 0;
}

static int do_save(struct harness *h, const char *value)
{
	struct buf b;

	(void)value;
	buf_init(&b, h->saved, sizeof(h->saved));
	state_write(&b);
	state_fds(h->saved_fd);
	return buf_status(&b);
}

/* The first word that differs, of those that are not in @but. */
static bool differs(const char *was, const char *is, const char *but,
		    char *out, size_t size)
{
	while (*was || *is) {
		size_t wn = strcspn(was, " "), in = strcspn(is, " ");
		size_t key = strcspn(was, "=");
		char name[32];

		snprintf(name, sizeof(name), " %.*s ", (int)(key % 28), was);
		if ((wn != in || memcmp(was, is, wn) != 0) &&
		    !strstr(but, name)) {
			snprintf(out, size, "was %.*s, is %.*s", (int)wn, was,
				 (int)in, is);
			return true;
		}
		was += wn + (was[wn] == ' ');
		is += in + (is[in] == ' ');
	}
	return false;
}

static int do_same(struct harness *h, const char *value)
{
	char what[HARNESS_TEXT];
	BUF(b, HARNESS_TEXT);

	(void)value;
	state_write(&b);
	if (differs(h->saved, b.text, "", what, sizeof(what))) {
		h->bad = true;
		say("same=no: %s", what);
	} else {
		say("same=yes");
	}
	return 0;
}

/* --- what a place shows --- */

static void text_read(const char *path, char *out, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

	if (n < 0)
		snprintf(out, size, "(%s)", strerror(errno));
	else
		out[n] = '\0';
}

static void seen_read(struct seen *seen)
{
	struct dirent **entries = NULL;
	struct buf b;
	int n = scandir("/sys/class/net", &entries, NULL, alphasort);

	seen->cookie = cookie_here();
	text_read("/etc/resolv.conf", seen->resolv, sizeof(seen->resolv));
	buf_init(&b, seen->devices, sizeof(seen->devices));
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.')
			buf_addf(&b, "%s ", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

/*
 * A child goes there by itself: what it finds is the measure.
 */
static void expect_child(const char *name, struct seen *out)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0 || unshare(CLONE_NEWNS) < 0)
		die("go there");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
	    mount("sysfs", "/sys", "sysfs", 0, NULL) < 0)
		die("mount /sys there");
	seen_read(out);
	snprintf(path, sizeof(path), "/etc/netns/%s/resolv.conf", name);
	text_read(path, out->resolv, sizeof(out->resolv));
}

static int do_expect(struct harness *h, const char *value)
{
	struct seen *seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	(void)h;
	if (seen == MAP_FAILED || n_expected == EXPECTED_MAX)
		return -ENOMEM;
	pid = fork();
	if (pid == 0) {
		expect_child(value, seen);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return -ESRCH;
	expected[n_expected++] = seen;
	return 0;
}

static const char *place_is_wrong(void)
{
	struct seen seen;
	size_t i = 0;

	seen_read(&seen);
	while (i < n_expected && seen.cookie != expected[i]->cookie)
		i++;
	if (i == n_expected)
		return "the network namespace is wrong";
	if (strcmp(seen.resolv, expected[i]->resolv) != 0)
		return "/etc/resolv.conf is wrong";
	if (strcmp(seen.devices, expected[i]->devices) != 0)
		return "/sys/class/net is wrong";
	return NULL;
}

/* Which namespace it is nobody can tell: it comes and goes. */
static const char *place_is_hosts(const struct harness *h)
{
	struct seen seen;
	char host[sizeof(seen.resolv)];

	seen_read(&seen);
	text_read("/proc/1/root/etc/resolv.conf", host, sizeof(host));
	if (strtoull(h->saved + strlen("cookie="), NULL, 10) == seen.cookie)
		return "the network namespace is the old one";
	return strcmp(seen.resolv, host) == 0 ? "/etc/resolv.conf is the host's" :
						NULL;
}

static const char *inside_is_wrong(const struct harness *h, bool away,
				   const char *state, char what[HARNESS_TEXT])
{
	const char *wrong = away ? place_is_hosts(h) : place_is_wrong();
	static const char but[] =
		" cookie  net  mnt  rootino  cwdino  fds ";
	static bool open_now[HARNESS_FDS];
	int more = 0;

	if (wrong)
		return wrong;
	state_fds(open_now);
	for (int fd = 0; fd < HARNESS_FDS; fd++)
		more += open_now[fd] - h->saved_fd[fd];
	if (more > 4)
		return "more than four descriptors are open";
	return differs(h->saved, state, but, what, HARNESS_TEXT) ? what : NULL;
}

static int do_judge(struct harness *h, const char *value)
{
	bool closing = strcmp(value, "close") == 0;
	bool success = h->last == PAM_SUCCESS;
	char what[HARNESS_TEXT] = "";
	const char *wrong = NULL;
	BUF(b, HARNESS_TEXT);

	state_write(&b);
	if (closing && !success) {
		say("judge=error");
		return 0;
	}
	if (!closing && success)
		wrong = inside_is_wrong(h, strcmp(value, "away") == 0, b.text,
					what);
	else if (differs(h->saved, b.text, "", what, sizeof(what)))
		wrong = what;
	if (wrong)
		h->bad = true;
	if (wrong)
		say("judge=BAD: after code %d: %s", h->last, wrong);
	else
		say("judge=ok %s", closing ? "back" :
		    success ? "inside" : "refused");
	return 0;
}

/* --- figures --- */

static void fd_count(void *ctx, int fd)
{
	(void)fd;
	++*(int *)ctx;
}

static int do_mem(struct harness *h, const char *value)
{
	struct mallinfo2 info = mallinfo2();
	char statm[128] = "";
	long total = 0, resident = 0;
	int fds = 0;

	(void)h;
	fds_read(fd_count, &fds);
	text_read("/proc/self/statm", statm, sizeof(statm));
	sscanf(statm, "%ld %ld", &total, &resident);
	say("%s: heap=%zu chunks=%zu rss=%ld vm=%ld fds=%d",
	    *value ? value : "mem", info.uordblks, info.hblks, resident, total,
	    fds);
	return 0;
}

static int do_time(struct harness *h, const char *value)
{
	(void)value;
	say("us=%ld", h->last_us);
	return 0;
}

/* --- injections --- */

static int do_mark(struct harness *h, const char *value)
{
	(void)h, (void)value;
	raise(SIGUSR2);
	return 0;
}

static int do_alloc(struct harness *h, const char *value)
{
	long nth = atol(value);

	(void)h;
	if (!alloc_arm)
		return -ENOSYS;
	if (strcmp(value, "off") == 0)
		say("allocations=%ld", alloc_arm(0, false));
	else
		alloc_arm(nth, strchr(value, '+') != NULL);
	return 0;
}

const struct step steps_state[] = {
	{ "state", do_state }, { "save", do_save }, { "same", do_same },
	{ "expect", do_expect }, { "judge", do_judge }, { "mem", do_mem },
	{ "time", do_time }, { "mark", do_mark }, { "alloc", do_alloc },
	{ NULL, NULL },
};
