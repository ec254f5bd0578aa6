/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runns-helper.c - enter a network that the map allows, become the caller
 * again, start his program
 *
 * Set-user-ID root.  The order matters:
 *  1. descriptors 0 to 2 are taken, the caller's environment is put aside;
 *  2. what can be refused without privilege is refused;
 *  3. his limits are lifted, his file is read, the map is asked;
 *  4. he is shut out, and the namespace entered;
 *  5. the privilege is dropped, and that is proved;
 *  6. what is his is restored, and his program started.
 * Every failure ends the process.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "helper/caller.h"
#include "helper/launch.h"
#include "helper/privilege.h"
#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/session/turn.h"
#include "lib/session/veth.h"
#include "lib/sys/exec.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"

/**
 * struct words - the command line
 * @resolv_fd:	-1 if it was not given
 * @own_ns:	0 if it was not given
 * @command:	the rest of it
 */
struct words {
	const char *name;
	int resolv_fd;
	int own_ns;
	char **command;
};

/* Whatever argv[0] says. */
static const char self[] = "runns-helper";

/*
 * What is said while the caller is shut out waits until he is not: nobody may
 * have to read it, and the process would wait for ever, as root.
 */
static struct {
	bool held;
	size_t len;
	char text[4 * LOG_LINE_MAX];
} said;

static void said_release(void)
{
	said.held = false;
	dprintf(STDERR_FILENO, "%.*s", (int)said.len, said.text);
}

static void _printf_(1, 2) say(const char *fmt, ...)
{
	char safe[LOG_LINE_MAX];
	size_t room = sizeof(said.text) - said.len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	log_vescape(safe, sizeof(safe), fmt, ap);
	va_end(ap);
	if (!said.held) {
		dprintf(STDERR_FILENO, "%s: %s\n", self, safe);
		return;
	}
	n = snprintf(said.text + said.len, room, "%s: %s\n", self, safe);
	if (n > 0 && (size_t)n < room)
		said.len += (size_t)n;
}

static const char usage[] =
	"usage: runns-helper [-n NAME] [-R FD] [--] COMMAND [ARGUMENT...]\n"
	"       runns-helper --veth FD | -h | -V\n";
static const char options[] =
	"\nStarts a program in a network that runns.map(5) allows.\n\n"
	"  -n, --name NAME    the network; without it that of your sessions\n"
	"  -R, --resolv FD    descriptor of a resolv.conf(5) for the program\n"
	"      --veth FD      only connect a namespace of your own\n"
	"  -V, --version      show the version\n"
	"  -h, --help         show this help\n";

static int usage_error(const char *what, const char *word)
{
	say("%s%s", what, word);
	dprintf(STDERR_FILENO, "%s", usage);
	return EXEC_FAILED;
}

static int take_fd(int *out, const char *text)
{
	uint64_t fd;

	if (*out > 0)
		return usage_error("a descriptor is given twice: ", text);
	if (num_parse(text, strlen(text), INT32_MAX, &fd) < 0 || fd < 3)
		return usage_error("not a descriptor above 2: ", text);
	*out = (int)fd;
	return 0;
}

static int take_name(struct words *words, const char *text)
{
	if (words->name)
		return usage_error("-n is given twice", "");
	words->name = text;
	return 0;
}

/* Return: 0 to go on; -1 to end well; else the exit status. */
static int words_read(int argc, char **argv, struct words *words)
{
	static const struct option longs[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "resolv", required_argument, NULL, 'R' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option, r = 0;

	*words = (struct words){ .resolv_fd = -1 };
	if (argc == 3 && strcmp(argv[1], "--veth") == 0)
		return take_fd(&words->own_ns, argv[2]);
	opterr = 0;
	while (r == 0 && (option = getopt_long(argc, argv, "+:n:R:Vh", longs,
					       NULL)) != -1) {
		switch (option) {
		case 'n':
			r = take_name(words, optarg);
			break;
		case 'R':
			r = take_fd(&words->resolv_fd, optarg);
			break;
		case 'V':
			dprintf(STDOUT_FILENO, "runns-helper " PACKAGE_VERSION
				"\n");
			return -1;
		case 'h':
			dprintf(STDOUT_FILENO, "%s%s", usage, options);
			return -1;
		case ':':
			r = usage_error("an argument is missing after ",
					argv[optind - 1]);
			break;
		default:
			r = usage_error("unknown option ", argv[optind - 1]);
		}
	}
	words->command = argv + optind;
	if (r == 0 && !*words->command)
		r = usage_error("which command?", "");
	return r;
}

static int resolv_take(const struct words *words, struct launch *launch)
{
	int r;

	if (words->resolv_fd < 0)
		return 0;
	r = resolv_read(words->resolv_fd, launch->host, &launch->resolv);
	if (r < 0)
		say("the file of descriptor %d cannot be used: %s",
		    words->resolv_fd, strerror(-r));
	return r;
}

/*
 * Who could have /run full or read-only is root, who then has other troubles
 * than many launches.  Root is in nobody's way.
 */
static int take_turn(const struct launch *launch)
{
	int fd = launch->uid ? turn_take(launch->host, launch->uid) : -EROFS;

	if (fd >= 0 || fd == -EROFS || fd == -ENOSPC)
		return fd;
	say("cannot wait for earlier ones of yours: %s", strerror(-fd));
	return -ECANCELED;
}

/* Steps 4 and 5.  What was said is about his own program, or why not. */
static int enter_and_drop(struct launch *launch, struct caller *caller)
{
	_cleanup_close_ int turn = take_turn(launch);
	int r, dropped;

	if (turn == -ECANCELED)
		return turn;
	r = caller_shut_out(caller);
	if (r < 0) {
		say("cannot shut you out: %s", strerror(-r));
		return r;
	}
	said.held = true;
	r = launch->own_ns ? veth_connect(launch->own_ns, launch->uid,
					  launch->told) : launch_enter(launch);
	dropped = caller_let_in(caller);
	said_release();
	if (dropped < 0)
		say("cannot become you again: %s", strerror(-dropped));
	return dropped < 0 ? dropped : r;
}

/*
 * Steps 3 to 6 but for the last call.  A resolver of the caller's choice is
 * not for programs that gain privilege, such as sudo(8).
 */
static int prepare(const struct words *words, struct caller *caller,
		   struct launch *launch)
{
	int r = caller_shield(caller);

	if (r < 0) {
		say("cannot lift the limits: %s", strerror(-r));
		return r;
	}
	r = launch_authorise(launch);
	if (r == 0)
		r = resolv_take(words, launch);
	if (r == 0)
		r = enter_and_drop(launch, caller);
	if (r == 0)
		r = launch_settle(launch);
	if (r < 0)
		return r;
	if (launch->resolv.text && !launch->resolv.trusted &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0)
		r = caller_restore(caller);
	if (r < 0)
		say("cannot become you again: %s", strerror(-r));
	return r;
}

/*
 * A namespace of his own; nothing is started.  That it is his is proved while
 * he can still end us: the descriptor may be of a file that never answers.
 */
static int connect_own(struct launch *launch, struct caller *caller)
{
	int r = ns_verify_of_user(launch->own_ns, launch->uid);

	if (r < 0)
		say("descriptor %d is no network namespace of a user namespace "
		    "of yours: %s", launch->own_ns, strerror(-r));
	launch->host = r < 0 ? r : file_host_root();
	if (launch->host >= 0 && caller_shield(caller) == 0)
		r = enter_and_drop(launch, caller);
	else
		r = -ECANCELED;
	dprintf(r ? STDERR_FILENO : STDOUT_FILENO, "%s", launch->told);
	return r ? EXEC_FAILED : 0;
}

int main(int argc, char **argv)
{
	struct launch launch = { .host = -1, .say = say };
	const char *missing;
	struct caller caller;
	struct words words;
	int r;

	if (argc < 1 || caller_stdio() < 0)
		return EXEC_FAILED;
	/* It would say argv[0], which the caller chose. */
	openlog(self, LOG_PID, LOG_AUTHPRIV);
	r = caller_note(&caller, argc, argv);
	if (r < 0) {
		say("the environment cannot be read: %s", strerror(-r));
		return EXEC_FAILED;
	}
	r = words_read(argc, argv, &words);
	if (r != 0)
		return r < 0 ? 0 : r;
	missing = privilege_missing();
	if (missing) {
		say("%s", missing);
		return EXEC_FAILED;
	}
	launch.uid = caller.uid;
	launch.name = words.name;
	launch.own_ns = words.own_ns;
	if (launch.own_ns)
		return connect_own(&launch, &caller);
	if (prepare(&words, &caller, &launch) < 0)
		return EXEC_FAILED;
	return exec_program(words.command, caller.env);
}
