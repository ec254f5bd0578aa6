/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runns.c - the socket service: starts programs in networks that the map
 * allows, for those whose set-user-ID programs gain nothing
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/listen.h"
#include "helper/service.h"
#include "lib/base/log.h"
#include "lib/sys/ask.h"
#include "lib/sys/cred.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"
#include "lib/sys/wire.h"

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE };

enum { OPT_STOP = 256, OPT_LIST };

/**
 * struct words - the command line
 * @action:	0, OPT_STOP or OPT_LIST
 */
struct words {
	const char *path;
	bool foreground;
	int action;
};

static void log_write(void *ctx, int priority, const char *line)
{
	(void)ctx;
	syslog(priority, "%s", line);
	dprintf(STDERR_FILENO, "runns: %s\n", line);
}

static const char usage[] = "usage: runns [-f] [-s SOCKET]\n"
			    "       runns [-s SOCKET] --stop | --list\n"
			    "       runns -h | -V\n";
static const char options[] =
	"\nStarts programs in networks that runns.map(5) allows, for runnsctl.\n\n"
	"  -f, --foreground     do not detach\n"
	"  -s, --socket SOCKET  listen there, not on " WIRE_SOCKET "\n"
	"      --stop           stop the service that listens there\n"
	"      --list           show the processes that it has started\n"
	"  -V, --version        show the version\n"
	"  -h, --help           show this help\n";

static int usage_error(const char *what, const char *word)
{
	log_msg(LOG_ERR, "%s%s", what, word);
	dprintf(STDERR_FILENO, "%s", usage);
	return EXIT_USAGE;
}

/* Return: -1 to go on; else the exit status. */
static int take(struct words *words, int option, const char *word)
{
	switch (option) {
	case 'f':
		words->foreground = true;
		return -1;
	case 's':
		words->path = optarg;
		return -1;
	case OPT_STOP:
	case OPT_LIST:
		if (words->action && words->action != option)
			return usage_error("--stop or --list?", "");
		words->action = option;
		return -1;
	case 'V':
		dprintf(STDOUT_FILENO, "runns " PACKAGE_VERSION "\n");
		return EXIT_OK;
	case 'h':
		dprintf(STDOUT_FILENO, "%s%s", usage, options);
		return EXIT_OK;
	case ':':
		return usage_error("an argument is missing after ", word);
	default:
		return usage_error("unknown option ", word);
	}
}

static int words_read(int argc, char **argv, struct words *words)
{
	static const struct option longs[] = {
		{ "foreground", no_argument, NULL, 'f' },
		{ "socket", required_argument, NULL, 's' },
		{ "stop", no_argument, NULL, OPT_STOP },
		{ "list", no_argument, NULL, OPT_LIST },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option, r = -1;

	opterr = 0;
	while (r < 0 &&
	       (option = getopt_long(argc, argv, ":fs:Vh", longs, NULL)) != -1)
		r = take(words, option, argv[optind - 1]);
	if (r < 0 && optind < argc)
		r = usage_error("what for? ", argv[optind]);
	return r;
}

/* --- stop and list ---------------------------------------------------------- */

static void show(const struct proto_message *m)
{
	if (m->kind == PROTO_TEXT)
		log_msg(LOG_ERR, "%s", m->text);
	for (size_t i = 0; m->kind == PROTO_PIDS && i < m->n_pids; i++)
		dprintf(STDOUT_FILENO, "%u\n", m->pids[i]);
}

static int question(const struct words *words)
{
	int r = ask(words->path,
		    words->action == OPT_STOP ? PROTO_STOP : PROTO_LIST, show);

	if (r < 0)
		log_errno(r, "%s", words->path);
	return r == 0 ? EXIT_OK : EXIT_FAILED;
}

/* --- the service ------------------------------------------------------------ */

static int stdio_fill(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return log_errno(-errno, "/dev/null");
	} while (fd <= STDERR_FILENO && fcntl(fd, F_SETFD, 0) == 0);
	close(fd);
	return 0;
}

static int host_join(enum ns_kind kind)
{
	_cleanup_close_ int ns = ns_open_host(kind);

	return ns < 0 ? ns : ns_join(ns, kind);
}

/* Where clients are measured from: the host, and nothing of who started us. */
static int settle(int *host)
{
	static char *nothing[] = { NULL };
	int r;

	if (geteuid() != 0 || getuid() != 0 || cred_in_host_users() != 1)
		return log_errno(-EPERM, "only root can be the service");
	r = host_join(NS_NET);
	if (r == 0)
		r = host_join(NS_MNT);
	if (r < 0)
		return log_errno(r, "cannot go to the host's namespaces");
	environ = nothing;
	umask(022);
	if (chdir("/") < 0)
		return log_errno(-errno, "/");
	*host = file_host_root();
	return *host < 0 ? log_errno(*host, "/proc/1/root") : 0;
}

static int detach(void)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid = null < 0 ? -1 : fork();

	if (pid > 0)
		_exit(EXIT_OK);
	if (pid < 0 || setsid() < 0)
		return log_errno(-errno, "cannot detach");
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		dup2(null, i);
	return 0;
}

static int serve(const struct words *words)
{
	bool given;
	int host = -1, listener = listen_given(environ), r;

	given = listener != -ENOENT;
	if (given && listener < 0)
		return EXIT_FAILED;
	if (settle(&host) < 0)
		return EXIT_FAILED;
	if (!given)
		listener = listen_make(words->path, host);
	if (listener < 0)
		return EXIT_FAILED;
	if (!given && !words->foreground && detach() < 0)
		return EXIT_FAILED;
	log_msg(LOG_INFO, "ready");
	r = service_run(listener, host);
	/* While it is ours: the next may have it as soon as it is closed. */
	if (!given)
		unlink(words->path);
	close(listener);
	return r < 0 ? EXIT_FAILED : EXIT_OK;
}

int main(int argc, char **argv)
{
	static const struct log_sink sink = { .write = log_write };
	struct words words = { .path = WIRE_SOCKET };
	int r;

	log_set_sink(&sink);
	openlog("runns", LOG_PID, LOG_AUTHPRIV);
	if (stdio_fill() < 0)
		return EXIT_FAILED;
	r = words_read(argc, argv, &words);
	if (r >= 0)
		return r;
	return words.action ? question(&words) : serve(&words);
}
