/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * launch.c - a program in a namespace, by runns-helper
 *
 * Without --pty and --detach the calling process itself becomes the helper
 * and then the program: nothing stands between, so that exit status, signals
 * and job control need no help.  Scripts do this often: only the few system
 * calls that find out whether the helper can work come before it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "lib/base/log.h"
#include "runnsctl/launch.h"
#include "runnsctl/pty.h"
#include "runnsctl/relay.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/service.h"
#include "runnsctl/start.h"

static const char helper_path[] = RUNNS_BINDIR "/runns-helper";
static const char own_path[] = RUNNS_BINDIR "/runnsctl";

/* Words before the program's own: 6 for the helper, 4 for __start. */
enum { WORDS_BEFORE = 10, NUMBER_SIZE = 12 };

/**
 * struct words - a command line, and the numbers in it
 */
struct words {
	char **list;
	size_t n;
	char resolv[NUMBER_SIZE];
	char report[NUMBER_SIZE];
	char terminal[NUMBER_SIZE];
};

static void word_add(struct words *w, const char *word)
{
	/* execv(3) does not write to them. */
	w->list[w->n++] = (char *)word;
}

static const char *number(char out[NUMBER_SIZE], int value)
{
	snprintf(out, NUMBER_SIZE, "%d", value);
	return out;
}

static void words_start(struct words *w, const struct start *start)
{
	word_add(w, own_path);
	word_add(w, "__start");
	word_add(w, number(w->report, start->report));
	word_add(w, start->terminal < 0 ? "-" :
					  number(w->terminal, start->terminal));
}

/* Return: 0 with memory in @w->list that the caller frees, or -ENOMEM. */
static int words_make(struct words *w, const struct launch *l, int resolv,
		      const struct start *start)
{
	char **word = l->program;
	size_t n = 0;

	while (word[n])
		n++;
	w->list = calloc(WORDS_BEFORE + n + 1, sizeof(*w->list));
	if (!w->list)
		return -ENOMEM;
	word_add(w, "runns-helper");
	if (l->name) {
		word_add(w, "-n");
		word_add(w, l->name);
	}
	if (resolv >= 0) {
		word_add(w, "-R");
		word_add(w, number(w->resolv, resolv));
	}
	word_add(w, "--");
	if (start)
		words_start(w, start);
	for (; *word; word++)
		word_add(w, *word);
	return 0;
}

static int own_failure(const struct launch *l, int err)
{
	cli_error("%s: %s", l->what, strerror(-err));
	return EXIT_OWN;
}

/*
 * The file, opened as the caller, for the helper to read and to close.  Above
 * 2, since the helper takes a standard descriptor for the program's.
 *
 * Return: descriptor without close-on-exec that the caller closes, or -1
 * after a message.
 */
static int resolv_open(const struct launch *l)
{
	/* Neither a FIFO nor a terminal gets the chance to matter. */
	_cleanup_close_ int fd = open(l->resolv, O_RDONLY | O_CLOEXEC |
						 O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int keep;

	if (fd < 0 || fstat(fd, &st) < 0) {
		cli_error("%s: %s: %s", l->what, l->resolv, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		cli_error("%s: %s: is not a regular file", l->what, l->resolv);
		return -1;
	}
	keep = fcntl(fd, F_DUPFD, STDERR_FILENO + 1);
	if (keep < 0)
		cli_error("%s: %s: %s", l->what, l->resolv, strerror(errno));
	return keep;
}

/* Why the helper would not get its rights here; NULL if nothing is known. */
static const char *helper_hindrance(void)
{
	struct statvfs fs;
	struct stat st;

	if (geteuid() == 0)
		return NULL;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return "NoNewPrivs is set here";
	if (stat(helper_path, &st) < 0)
		return errno == ENOENT ? "it is not installed" :
					 "it cannot be reached";
	if (!(st.st_mode & S_ISUID) || st.st_uid != 0)
		return "it has lost its set-user-ID bit";
	if (statvfs(helper_path, &fs) == 0 && (fs.f_flag & ST_NOSUID))
		return "its file system is mounted nosuid";
	return NULL;
}

static int exec_failure(const struct launch *l, int err)
{
	cli_error("%s: %s: %s", l->what, helper_path, strerror(-err));
	return EXIT_OWN;
}

/* The calling process becomes the program. */
static int launch_plain(const struct launch *l, int resolv)
{
	struct words w = { 0 };
	int r = words_make(&w, l, resolv, NULL);

	if (r < 0)
		return own_failure(l, r);
	execv(helper_path, w.list);
	r = -errno;
	free(w.list);
	return exec_failure(l, r);
}

/* The program runs: what is left to do for it. */
static int launch_attend(const struct launch *l, struct pty *pty, pid_t child)
{
	int r;

	if (!l->detach)
		return relay_run(pty, child);
	r = l->pty ? pty_keep(pty) : 0;
	return r < 0 ? own_failure(l, r) : EXIT_OK;
}

static int launch_child(const struct launch *l, int resolv, struct pty *pty)
{
	struct start start = { .report = -1, .terminal = pty->slave };
	struct words w = { 0 };
	int r = start_prepare(&start);

	if (r == 0)
		r = words_make(&w, l, resolv, &start);
	if (r == 0)
		r = start_child(&start, helper_path, w.list);
	free(w.list);
	start_release(&start);
	if (r < 0)
		return own_failure(l, r);
	if (r > 0)
		return r;
	return launch_attend(l, pty, start.child);
}

static int launch_apart(const struct launch *l, int resolv)
{
	struct pty pty = { .master = -1, .slave = -1 };
	int r = start_fill_stdio();
	int status;

	if (r == 0 && l->pty)
		r = pty_open(&pty);
	if (r < 0)
		return own_failure(l, r);
	status = launch_child(l, resolv, &pty);
	pty_close(&pty);
	return status;
}

int launch_run(const struct launch *l)
{
	const char *hindrance = helper_hindrance();
	_cleanup_close_ int resolv = -1;

	if (hindrance || l->socket)
		return service_run(l, hindrance);
	if (l->verbose)
		log_msg(LOG_INFO, "%s: by %s", l->what, helper_path);
	if (l->resolv) {
		resolv = resolv_open(l);
		if (resolv < 0)
			return EXIT_OWN;
	}
	return l->pty || l->detach ? launch_apart(l, resolv) :
				     launch_plain(l, resolv);
}
